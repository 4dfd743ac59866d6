/** Folders per system, and companions of a project. */
import { describe, expect, it } from 'vitest';
import {
  backupFolder,
  featureCacheFolder,
  nameOf,
  portablePath,
  syncedFolderService,
  userDataFolder,
} from '../../main/platform/paths.ts';

describe('userDataFolder', () => {
  it.each([
    ['linux', {}, '/home/ann/.local/share/vislex'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/vislex'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ann/.local/share/vislex'],
    ['darwin', {}, '/home/ann/Library/Application Support/Vislex'],
    ['win32', { LOCALAPPDATA: '/Local' }, '/Local/Vislex'],
    ['linux', { VISLEX_DATA: '/mine' }, '/mine'],
  ] as const)('on %s with %o is %s', (platform, env, folder) => {
    expect(userDataFolder({ platform, env, home: '/home/ann' })).toBe(folder);
  });
});

describe('a path', () => {
  it('gives its companions and its portable form', () => {
    expect(featureCacheFolder('/a/p.vislex')).toBe('/a/p.vislex.cache');
    expect(backupFolder('/a/p.vislex')).toBe('/a/p.vislex-backups');
    expect(nameOf('/a/cats and dogs.vislex')).toBe('cats and dogs');
    expect(portablePath('/a/b', '/a/b/c/d.jpg')).toBe('c/d.jpg');
  });

  it.each([
    ['/home/ann/Dropbox/p.vislex', 'Dropbox'],
    ['/Users/ann/OneDrive - Clinic/x/p.vislex', 'OneDrive'],
    ['/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/p.vislex', 'iCloud Drive'],
    ['/home/ann/my-dropbox-notes/p.vislex', undefined],
  ])('%s is watched by %s', (path, service) => {
    expect(syncedFolderService(path)).toBe(service);
  });
});
