/** A path from a dialog is taken only when it is what was asked for. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filtersOf, newProjectName, vetted } from '../../main/app/picked-path.ts';
import { inTempFolder } from '../support/temp-project.ts';

describe('a path from a dialog', () => {
  it('is taken when it is what was asked for', () =>
    inTempFolder(async (folder) => {
      const file = join(folder, 'model.onnx');
      writeFileSync(file, '');
      expect(await vetted('model', file)).toBe(file);
      expect(await vetted('imageFolder', folder)).toBe(folder);
    }));

  it('is refused when it is a folder for a file, a file for a folder, or nothing', () =>
    inTempFolder(async (folder) => {
      const file = join(folder, 'model.onnx');
      writeFileSync(file, '');
      expect(await vetted('model', folder)).toBeNull();
      expect(await vetted('imageFolder', file)).toBeNull();
      expect(await vetted('project', join(folder, 'missing.vislex'))).toBeNull();
      expect(await vetted('model', 'model.onnx')).toBeNull();
      expect(await vetted('newProject', `/${'x'.repeat(5000)}`)).toBeNull();
    }));

  it('gets the ending of projects for a new one', async () => {
    expect(await vetted('newProject', '/data/birds')).toBe('/data/birds.vislex');
    expect(await vetted('newProject', '/data/birds.vislex')).toBe('/data/birds.vislex');
  });
});

describe('the suggested name of a project', () => {
  it.each([
    ['birds', 'birds.vislex'],
    ['../../etc/passwd', '.. .. etc passwd.vislex'],
    ['a\u0000b\nc', 'a b c.vislex'],
    ['..', 'New project.vislex'],
    ['', 'New project.vislex'],
    [undefined, 'New project.vislex'],
    ['Vögel.vislex', 'Vögel.vislex'],
  ])('%j becomes %j', (suggested, expected) => {
    expect(newProjectName(suggested)).toBe(expected);
  });
});

describe('the kinds of files in a dialog', () => {
  it('offers everything beside models, and projects alone for projects', () => {
    expect(filtersOf('model').map(({ extensions }) => extensions)).toEqual([['onnx'], ['*']]);
    expect(filtersOf('project').map(({ extensions }) => extensions)).toEqual([['vislex']]);
    expect(filtersOf('imageFolder')).toEqual([]);
  });
});
