/** Backups of a project: names, what there is, and which old ones may go. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { backupFolder, nameOf, PROJECT_EXTENSION } from '../platform/paths.ts';
import { systemCode } from '../platform/files.ts';

/** A backup made by the clock or by hand; copies made before a migration are not among them. */
export interface Backup {
  readonly path: string;
  readonly madeAt: Date;
}

/** Time stamp of a backup's name; colons are not allowed in Windows file names. */
const STAMP = /^(\d{4}-\d{2}-\d{2}T)(\d{2})-(\d{2})-(\d{2}\.\d{3}Z)$/;

/** Path of a backup made now. */
export function backupPath(projectPath: string, now: Date): string {
  const stamp = now.toISOString().replaceAll(':', '-');
  return join(backupFolder(projectPath), `${nameOf(projectPath)} ${stamp}${PROJECT_EXTENSION}`);
}

/** Newest first; empty when there is no folder yet. */
export function listBackups(projectPath: string): Backup[] {
  const folder = backupFolder(projectPath);
  const prefix = `${nameOf(projectPath)} `;
  return namesIn(folder)
    .flatMap((name) => {
      if (!name.startsWith(prefix) || !name.endsWith(PROJECT_EXTENSION)) return [];
      const parts = STAMP.exec(name.slice(prefix.length, -PROJECT_EXTENSION.length));
      if (!parts) return [];
      const [, day, hour, minute, rest] = parts;
      return [{ path: join(folder, name), madeAt: new Date(`${day}${hour}:${minute}:${rest}`) }];
    })
    .sort((a, b) => b.madeAt.getTime() - a.madeAt.getTime());
}

/** Backups that an end of the program cut off. */
export function listHalfBackups(projectPath: string): string[] {
  const folder = backupFolder(projectPath);
  const prefix = `${nameOf(projectPath)} `;
  return namesIn(folder)
    .filter((name) => name.startsWith(prefix) && /\.vislex\.[0-9a-f]{12}\.tmp$/.test(name))
    .map((name) => join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Newest backups that are always kept. */
const NEWEST_KEPT = 4;

/** How long one backup of each period is kept: days for a week, weeks for two months, months for ever. */
const DAYS_KEPT = 7;
const WEEKS_KEPT = 8;

const DAY_MS = 86_400_000;

/**
 * Which backups may go: all but the newest few, and the newest of each day, week and month.
 * @param backups newest first
 */
export function thin(backups: readonly Backup[], now: Date): Backup[] {
  const seen = new Set<string>();
  return backups.filter(({ madeAt }, place) => {
    const period = periodOf(madeAt, now);
    const isFirst = !seen.has(period);
    seen.add(period);
    return place >= NEWEST_KEPT && !isFirst;
  });
}

/** The stretch of time of which one backup is kept. */
function periodOf(madeAt: Date, now: Date): string {
  const day = Math.floor(madeAt.getTime() / DAY_MS);
  const age = Math.floor(now.getTime() / DAY_MS) - day;
  if (age <= DAYS_KEPT) return `day ${day}`;
  return age <= 7 * WEEKS_KEPT ? `week ${Math.floor(day / 7)}` : `month ${madeAt.toISOString().slice(0, 7)}`;
}
