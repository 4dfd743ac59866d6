/** Verified copies of a project: made beside the target, checked, synced, renamed. Never a copy of the file. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { placeNewFile, removeIfThere, temporaryPathFor } from '../platform/files.ts';
import { Database } from './database.ts';
import { StoreError } from './errors.ts';
import type { StoreErrorCode } from './errors.ts';
import { quoted, storeError } from './failures.ts';
import { sql } from './sql.ts';

/** Failures of the target that say all there is to say. */
const PASSED_ON: readonly StoreErrorCode[] = ['disk-full', 'read-only', 'project-exists'];

function checkCopy(path: string): void {
  const copy = new Database(path);
  try {
    const [found] = copy.pragmaRows<{ readonly integrity_check: string }>('integrity_check(1)');
    if (found?.integrity_check !== 'ok') {
      throw new StoreError('backup-failed', `The copy ${quoted(path)} is damaged: ${found?.integrity_check ?? '?'}.`);
    }
    // Nobody writes to the copy: it opens without the check that follows a crash.
    copy.run(sql`UPDATE writer_session SET state = 'closed'`);
  } finally {
    copy.close();
  }
}

/**
 * Writes a compact, checked copy of the project to `targetPath`; it opens as it is. The project stays open and usable.
 * @throws StoreError 'project-exists' | 'backup-failed' | 'disk-full' | 'read-only'; nothing is left behind
 */
export function backUp(database: Database, targetPath: string): void {
  const temporaryPath = temporaryPathFor(targetPath);
  try {
    mkdirSync(dirname(targetPath), { recursive: true });
    database.run(sql`VACUUM INTO ${temporaryPath}`);
    checkCopy(temporaryPath);
    placeNewFile(temporaryPath, targetPath);
  } catch (error) {
    removeIfThere(temporaryPath);
    const cause = storeError(error, targetPath);
    if (cause instanceof StoreError && PASSED_ON.includes(cause.code)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      'backup-failed',
      `No backup of ${quoted(database.file)} could be made at ${quoted(targetPath)}: ${reason}`,
      { file: targetPath },
      { cause: error },
    );
  }
}
