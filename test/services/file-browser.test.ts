/** The file browser: folders first, what a kind looks for, links that loop, folders that cannot be read. */
import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { FileKind, FolderListing } from '../../preload/contract/index.ts';
import { listFolder } from '../../main/services/file-browser.ts';
import { createFilesHandlers } from '../../main/services/procedures/files.ts';
import { inTempFolder } from '../support/temp-project.ts';
import { TESTER } from '../support/tiny-application.ts';
import { put, refusalOf } from '../support/tiny-project.ts';

const places = (folder: string) => ({ homeFolder: folder, workingFolder: dirname(folder) });

const list = (folder: string, kind: FileKind = 'image', path: string | null = folder): Promise<FolderListing> =>
  listFolder(path, kind, places(folder));

const names = ({ entries }: FolderListing): string[] => entries.map(({ name }) => name);

it('lists folders first and then the files that a kind looks for, by name and number', () =>
  inTempFolder(async (folder) => {
    for (const name of [
      '10.jpg',
      '2.JPG',
      'model.onnx',
      'names.txt',
      'names.json',
      'a.vislex',
      '.hidden.png',
      'readme',
    ]) {
      put(join(folder, name), 'x');
    }
    for (const name of ['zebra', 'Ant', '.git']) mkdirSync(join(folder, name));
    expect(names(await list(folder, 'image'))).toEqual(['Ant', 'zebra', '2.JPG', '10.jpg']);
    expect(names(await list(folder, 'model'))).toEqual(['Ant', 'zebra', 'model.onnx']);
    expect(names(await list(folder, 'labels'))).toEqual(['Ant', 'zebra', 'names.json', 'names.txt']);
    expect(names(await list(folder, 'project'))).toEqual(['Ant', 'zebra', 'a.vislex']);
    expect(names(await list(folder, 'newProject'))).toEqual(['Ant', 'zebra', 'a.vislex']);
    const { entries } = await list(folder, 'imageFolder');
    expect(entries.map(({ kind }) => kind)).toEqual(['folder', 'folder']);
    const image = (await list(folder, 'image')).entries.at(-1)!;
    expect(image).toMatchObject({ kind: 'file', sizeBytes: 1, path: join(realpathSync(folder), '10.jpg') });
    expect(Date.parse(image.modifiedAt!)).toBeGreaterThan(0);
  }));

it('starts at home, knows its places, and the top has no parent', () =>
  inTempFolder(async (folder) => {
    const home = await list(folder, 'image', null);
    expect(home.folder).toBe(realpathSync(folder));
    expect(home.parent).toBe(realpathSync(dirname(folder)));
    expect(home.roots.map(({ path }) => path)).toEqual(expect.arrayContaining([folder, dirname(folder)]));
    expect((await list(folder, 'image', '/')).parent).toBeNull();
  }));

it('follows links to where they really lead, and comes to an end in loops', () =>
  inTempFolder(async (folder) => {
    const real = realpathSync(folder);
    mkdirSync(join(folder, 'photos'));
    put(join(folder, 'photos', 'a.png'), 'x');
    symlinkSync(join(folder, 'photos'), join(folder, 'linked'));
    symlinkSync(folder, join(folder, 'photos', 'up'));
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
    expect(names(await list(folder))).toEqual(['linked', 'photos']);
    expect((await list(folder, 'image', join(folder, 'linked', 'up', 'linked'))).folder).toBe(join(real, 'photos'));
    expect(await refusalOf(list(folder, 'image', join(folder, 'loop')))).toMatchObject({ name: 'FileError' });
    expect(await refusalOf(list(folder, 'image', join(folder, 'dangling')))).toMatchObject({ code: 'missing' });
  }));

it('refuses what is no folder, in words that say what to do', () =>
  inTempFolder(async (folder) => {
    put(join(folder, 'a.png'), 'x');
    const cases = [
      [join(folder, 'a.png'), /is a file, not a folder\. Choose the folder it lies in/],
      [join(folder, 'none'), /There is no file or folder at .*none/],
      [join(folder, 'a.png', 'below'), /is a file, not a folder\. Check the path/],
      [`${folder}/a\0b`, /cannot hold the character NUL/],
    ] as const;
    for (const [path, message] of cases) {
      const refusal = await refusalOf(list(folder, 'image', path));
      expect(refusal).toMatchObject({ name: 'FileError', code: 'missing', message: expect.stringMatching(message) });
    }
  }));

// Root may read every folder.
it.skipIf(process.getuid?.() === 0)('says that a folder may not be read', () =>
  inTempFolder(async (folder) => {
    const locked = join(folder, 'locked');
    mkdirSync(locked, { mode: 0o000 });
    expect(names(await list(folder))).toEqual(['locked']);
    const refusal = await refusalOf(list(folder, 'image', locked));
    expect(refusal).toMatchObject({ code: 'no-permission', message: expect.stringContaining('You may not read') });
    chmodSync(locked, 0o700);
  }),
);

it('cuts a folder of thousands, folders kept', () =>
  inTempFolder(async (folder) => {
    for (let index = 0; index < 2_100; index++) writeFileSync(join(folder, `${index}.png`), '');
    mkdirSync(join(folder, 'zz'));
    const listing = await list(folder);
    expect(listing.entries.length).toBe(2_000);
    expect(listing.isCut).toBe(true);
    expect(names(listing).slice(0, 3)).toEqual(['zz', '0.png', '1.png']);
  }));

it('asks with the host’s dialog where there is one, and says where there is none', async () => {
  const asked: unknown[] = [];
  const pick = (kind: FileKind, suggestedName: string | undefined) => {
    asked.push([kind, suggestedName]);
    return Promise.resolve('/chosen.vislex');
  };
  const withDialogs = createFilesHandlers({ pick }, places('/'));
  const input = { kind: 'newProject', suggestedName: 'birds.vislex' } as const;
  expect(await withDialogs['files.pick'](input, TESTER)).toEqual({ path: '/chosen.vislex' });
  expect(asked).toEqual([['newProject', 'birds.vislex']]);
  const none = Promise.resolve().then(() => createFilesHandlers({}, places('/'))['files.pick'](input, TESTER));
  expect(await refusalOf(none)).toMatchObject({ name: 'CallError', code: 'not-here' });
});
