/** Schema 20: an old project keeps what it held, and can then merge and split words. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openProject } from '../../../main/store/index.ts';
import { inTempFolder } from '../../support/temp-project.ts';

const DUMP = readFileSync(new URL('../../fixtures/projects/schema-10.sql', import.meta.url), 'utf8');

/** A project as the first release left it. */
function plantOldProject(folder: string): string {
  const path = join(folder, 'old.vislex');
  new BetterSqlite3(path).exec(DUMP).close();
  return path;
}

describe('migration to schema 20', () => {
  it('leaves every word alone and whole: neither merged nor split', () =>
    inTempFolder((folder) => {
      const project = openProject(plantOldProject(folder));
      const run = project.read.runs.latestDone()!;
      expect(project.read.schemaVersion()).toBe(20);
      expect(
        project.read.words
          .remarks(run.runId)
          .map(({ name, mergedInto, isSplit, splitFrom }) => [name, mergedInto, isSplit, splitFrom]),
      ).toEqual([
        ["ear's tip", null, false, null],
        [null, null, false, null],
        [null, null, false, null],
      ]);
      expect(project.read.words.splits(run.runId)).toEqual([]);
      expect(project.read.verify().firstBroken).toBeNull();
      project.close();
    }));

  it('copies the project beside it first', () =>
    inTempFolder((folder) => {
      const path = plantOldProject(folder);
      openProject(path).close();
      expect(readdirSync(`${path}-backups`)).toEqual([expect.stringMatching(/schema 10\.vislex$/)]);
    }));

  it('happens as well when the project is only opened for reading', () =>
    inTempFolder((folder) => {
      const reader = openProject(plantOldProject(folder), { readonly: true });
      expect(reader.read.words.remarks(reader.read.runs.latestDone()!.runId)).toHaveLength(3);
      reader.close();
    }));

  it('refuses a word merged into itself and a word split from a later one', () =>
    inTempFolder((folder) => {
      const path = plantOldProject(folder);
      openProject(path).close();
      const raw = new BetterSqlite3(path);
      expect(() => raw.exec('UPDATE words SET merged_into = 1 WHERE word_index = 1')).toThrow(/CHECK/);
      expect(() => raw.exec('UPDATE words SET split_from = 2 WHERE word_index = 1')).toThrow(/CHECK/);
      raw.close();
    }));
});
