/** Schema 10 as it was released: a dump of a filled project must open, read and verify for ever. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openProject } from '../../../main/store/index.ts';
import { inTempFolder } from '../../support/temp-project.ts';

/** Made once by test/fixtures/projects/dump.ts; never made again for a released schema. */
const DUMP = readFileSync(new URL('../../fixtures/projects/schema-10.sql', import.meta.url), 'utf8');

describe('a project of schema 10', () => {
  it('opens, keeps its names, and verifies', () =>
    inTempFolder((folder) => {
      const path = join(folder, 'old.vislex');
      new BetterSqlite3(path).exec(DUMP).close();
      const project = openProject(path);
      const { read, write } = project;
      expect(read.project().name).toBe('fixture');
      const run = read.runs.latestDone();
      expect(run).toMatchObject({ preset: 'evidence', seed: 7, status: 'done' });
      const { words } = read.words.page({ runId: run!.runId });
      expect(words.map(({ name, status }) => [name, status])).toEqual([
        ["ear's tip", 'unknown'],
        [null, 'mixed'],
        [null, 'unknown'],
      ]);
      expect(words[1]?.patches).toHaveLength(1);
      expect(read.images.list()).toHaveLength(4);
      expect(read.journal.redoable()?.payload['changes']).toMatchObject([{ after: 'nose' }]);
      write.journal.redo('ann');
      expect(read.words.get(run!.runId, 0).name).toBe('nose');
      expect(read.verify().firstBroken).toBeNull();
      project.close();
    }));
});
