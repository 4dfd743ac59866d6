/** The file browser's decisions: what is listed first, and where typed text leads. */
import { expect, test } from 'vitest';
import {
  breadcrumbs,
  filterEntries,
  newProjectPath,
  typedPath,
  type FileEntry,
} from '../../../renderer/panels/file-entries.ts';
import { fileName, folderName, projectName, shortPath } from '../../../renderer/state/file-name.ts';

const entry = (name: string, kind: FileEntry['kind'] = 'folder'): FileEntry => ({
  name,
  path: `/d/${name}`,
  kind,
  sizeBytes: null,
  modifiedAt: null,
});

test('folders come before files, numbers in their order, beginnings before middles', () => {
  const entries = [entry('b10'), entry('b9'), entry('a.onnx', 'file'), entry('cab'), entry('B1.onnx', 'file')];
  expect(filterEntries(entries, '').map(({ name }) => name)).toEqual(['b9', 'b10', 'cab', 'a.onnx', 'B1.onnx']);
  expect(filterEntries(entries, ' B ').map(({ name }) => name)).toEqual(['b9', 'b10', 'B1.onnx', 'cab']);
});

test('typed paths are told from parts of names', () => {
  expect(typedPath('~/models', '/home/ada')).toBe('/home/ada/models');
  expect(typedPath('/data', '/home/ada')).toBe('/data');
  expect(typedPath('C:\\data', 'C:\\Users\\ada')).toBe('C:\\data');
  expect(typedPath('birds', '/home/ada')).toBe(null);
  expect(typedPath('~birds', '/home/ada')).toBe(null);
});

test('a new project gets its ending once and no slashes', () => {
  expect(newProjectPath('/data/', 'birds')).toBe('/data/birds.vislex');
  expect(newProjectPath('C:\\data', 'Birds.VISLEX')).toBe('C:\\data\\Birds.VISLEX');
  for (const name of ['', ' ', '..', 'a/b', 'a\\b']) expect(newProjectPath('/data', name), name).toBe(null);
});

test('breadcrumbs lead where they say', () => {
  expect(breadcrumbs('/data/birds')).toEqual([
    { name: '/', path: '/' },
    { name: 'data', path: '/data' },
    { name: 'birds', path: '/data/birds' },
  ]);
  expect(breadcrumbs('/')).toEqual([{ name: '/', path: '/' }]);
  expect(breadcrumbs('C:\\data').at(-1)).toEqual({ name: 'data', path: 'C:\\data' });
});

test('parts of paths, on every system', () => {
  expect(fileName('/data/birds.vislex')).toBe('birds.vislex');
  expect(folderName('C:\\data\\birds.vislex')).toBe('C:\\data');
  expect(folderName('/birds.vislex')).toBe('/');
  expect(projectName('/data/birds.vislex')).toBe('birds');
  expect(shortPath('/home/ada/birds', '/home/ada')).toBe('~/birds');
  expect(shortPath('/home/adam/birds', '/home/ada')).toBe('/home/adam/birds');
});
