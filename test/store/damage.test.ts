/** Damaged files and full disks: a typed error every time, never a crash, nothing lost. */
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { Database } from '../../main/store/database.ts';
import { openProject, StoreError } from '../../main/store/index.ts';
import { createWriter } from '../../main/store/writer.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { fillProject, testImage, withTempProject } from '../support/temp-project.ts';

/** Bits flipped per test run, each in a fresh copy. */
const FLIPS = Number(process.env['VISLEX_FLIPS'] ?? 120);

/** Opens a file, reads all of it and verifies: what was found, or 'fine'. Anything but a StoreError is a bug. */
function inspect(path: string): string {
  try {
    const project = openProject(path, { readonly: true });
    try {
      const { read } = project;
      const report = read.verify();
      if (!report.isOk) return `verify: ${report.firstBroken}`;
      read.images.list();
      read.runs.list().forEach(({ runId }) => read.words.page({ runId }));
      return 'fine';
    } finally {
      project.close();
    }
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
}

describe('a damaged project', () => {
  it.each([0.05, 0.3, 0.6, 0.95, 0.999])('cut off at %d of its length is recognised', (share) =>
    withTempProject((project, path) => {
      fillProject(project, { imageCount: 50 });
      project.close();
      truncateSync(path, Math.floor(statSync(path).size * share));
      expect(inspect(path)).toMatch(/^(corrupt|not-a-project)$/);
      expect(() => openProject(path)).toThrow(StoreError);
    }),
  );

  it('with flipped bits is either reported or reads exactly as before', () =>
    withTempProject((project, path) => {
      const { runId } = fillProject(project, { imageCount: 50, wordCount: 10 });
      project.write.words.rename('ann', runId, 0, 'ear');
      const whole = (): unknown => {
        const reader = openProject(`${path}.copy`, { readonly: true });
        const { read } = reader;
        const everything = [
          read.images.list(),
          read.words.page({ runId }),
          [...read.journal.iterate()],
          read.runs.list(),
        ];
        reader.close();
        return everything;
      };
      project.close();
      copyFileSync(path, `${path}.copy`);
      const expected = whole();
      const content = readFileSync(path);
      // Places spread over the whole file by the golden ratio: even, and the same every time.
      const outcomes = Array.from({ length: FLIPS }, (_, flip) => {
        const place = Math.floor((((flip + 1) * 0.6180339887) % 1) * content.length);
        const damaged = Buffer.from(content);
        damaged[place]! ^= 1 << (flip % 8);
        writeFileSync(`${path}.copy`, damaged);
        const outcome = inspect(`${path}.copy`);
        if (outcome === 'fine') expect(whole(), `byte ${place}`).toEqual(expected);
        return outcome;
      });
      expect(outcomes.some((outcome) => outcome !== 'fine')).toBe(true);
    }));

  it('of which a learned model has a flipped bit says so when it is read', () =>
    withTempProject((project, path) => {
      const { runId } = fillProject(project);
      project.close();
      const raw = new BetterSqlite3(path);
      raw.exec("UPDATE word_models SET bytes = x'01020305'");
      raw.close();
      const reader = openProject(path, { readonly: true });
      expect(() => reader.read.runs.wordModel(runId)).toThrow(/word model of run 1 does not match its hash/);
      reader.close();
    }));
});

describe('a full disk', () => {
  it('is said in plain words, keeps all that was acknowledged and nothing of the failed step', () =>
    withTempProject((project, path) => {
      const { runId } = fillProject(project);
      project.write.words.rename('ann', runId, 0, 'ear');
      project.close();
      const database = new Database(path);
      const pages = Number(database.pragma('page_count'));
      // SQLite's own way to pretend that no page more can be had: SQLITE_FULL, as on a full disk.
      database.pragma(`max_page_count = ${pages + 20}`);
      const write = createWriter(database, fakeClock());
      const large = Array.from({ length: 600 }, (_, index) =>
        testImage(100 + index, { thumbnail: { jpeg: new Uint8Array(2000), width: 96, height: 96 } }),
      );
      let failure: unknown;
      try {
        write.images.add('ann', large);
      } catch (error) {
        failure = error;
      }
      expect(failure).toMatchObject({ code: 'disk-full' });
      expect(String(failure)).toMatch(/full: nothing of this step was kept\. Free some space/);
      database.pragma('max_page_count = 1000000');
      // The same connection works again once there is room.
      write.words.rename('ann', runId, 1, 'nose');
      database.close();
      const again = openProject(path);
      expect(again.read.words.get(runId, 0).name).toBe('ear');
      expect(again.read.words.get(runId, 1).name).toBe('nose');
      expect(again.read.images.list()).toHaveLength(4);
      expect(again.read.verify().firstBroken).toBeNull();
      again.close();
    }));
});
