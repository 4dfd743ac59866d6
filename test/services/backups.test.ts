/** Backups: their names, and which old ones go. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backupPath, listBackups, listHalfBackups, thin } from '../../main/services/backups.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vislex-backups-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('backups', () => {
  it('are found by their names, newest first; copies before a migration and other projects are left alone', () => {
    const project = join(folder, 'birds.vislex');
    expect(listBackups(project)).toEqual([]);
    const times = ['2026-03-01T10:00:00.000Z', '2026-03-02T09:30:00.500Z'];
    const paths = times.map((time) => backupPath(project, new Date(time)));
    mkdirSync(`${project}-backups`);
    const half = `${paths[0]}.0123456789ab.tmp`;
    const others = [
      'birds 2026-03-01T10-00-00.000Z schema 10.vislex',
      'birds2 2026-03-01T10-00-00.000Z.vislex',
      'notes.txt',
    ];
    for (const path of [...paths, half, ...others.map((name) => join(`${project}-backups`, name))])
      writeFileSync(path, '');
    expect(listBackups(project).map(({ path, madeAt }) => [path, madeAt.toISOString()])).toEqual([
      [paths[1], times[1]],
      [paths[0], times[0]],
    ]);
    expect(listHalfBackups(project)).toEqual([half]);
  });

  it('made every half hour for a year leave the newest, one a day, one a week and one a month', () => {
    const now = new Date('2026-11-24T12:00:00Z');
    let kept: { path: string; madeAt: Date }[] = [];
    // As in life: thinned after every backup.
    for (let half = 48 * 365; half >= 0; half--) {
      const madeAt = new Date(now.getTime() - half * 30 * 60_000);
      kept = [{ path: madeAt.toISOString(), madeAt }, ...kept];
      const gone = new Set(thin(kept, madeAt));
      kept = kept.filter((backup) => !gone.has(backup));
    }
    const ageDays = kept.map(({ madeAt }) => (now.getTime() - madeAt.getTime()) / 86_400_000);
    expect(ageDays.filter((days) => days < 0.1)).toHaveLength(4);
    for (let day = 1; day <= 6; day++) {
      expect(ageDays.some((days) => days >= day - 1 && days < day + 1)).toBe(true);
    }
    for (let month = 2; month <= 11; month++) {
      const ofMonth = kept.filter(({ madeAt }) =>
        madeAt.toISOString().startsWith(`2026-${String(month).padStart(2, '0')}`),
      );
      expect(ofMonth.length, `month ${month}`).toBeGreaterThanOrEqual(1);
    }
    expect(kept.length).toBeLessThan(40);
  });
});
