/**
 * One writer per project: an exclusive SQLite lock on an empty file beside it.
 * The operating system drops the lock when its process ends, however it ends: no stale lock, no process numbers to compare,
 * no heartbeat that a busy event loop could miss (which is why no lock-file library is used). The file itself stays: to
 * delete it while another process waits for it would let two processes lock two different files of the same name.
 */
import { existsSync } from 'node:fs';
import { Database } from './database.ts';
import { StoreError } from './errors.ts';

/** A held lock. */
export interface WriterLock {
  /** Idempotent. */
  release(): void;
}

/** A reader's probe may hold the file for an instant, ms. */
const PROBE_PATIENCE_MS = 250;

/** Name of the lock file. */
export function lockPathFor(projectPath: string): string {
  return `${projectPath}-lock`;
}

function isBusy(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'busy';
}

/** Takes the lock, or gives undefined when somebody holds it. @throws StoreError 'read-only' | 'input-output' */
export function takeWriterLock(projectPath: string): WriterLock | undefined {
  const holder = new Database(lockPathFor(projectPath), { mustExist: false, busyTimeoutMs: PROBE_PATIENCE_MS });
  try {
    holder.script('BEGIN EXCLUSIVE');
  } catch (error) {
    holder.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { release: () => holder.close() };
}

/** Whether some process holds the project for writing right now. */
export function isLocked(projectPath: string): boolean {
  const path = lockPathFor(projectPath);
  if (!existsSync(path)) return false;
  const probe = new Database(path, { isReadonly: true, busyTimeoutMs: 0 });
  try {
    probe.pragma('schema_version');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    probe.close();
  }
}
