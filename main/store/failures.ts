/** SQLite's failures in the user's words. */
import BetterSqlite3 from 'better-sqlite3';
import { FileError, fileError } from '../platform/files.ts';
import type { FileErrorCode } from '../platform/files.ts';
import { StoreError } from './errors.ts';
import type { StoreErrorCode } from './errors.ts';

/** Kind and sentence per SQLite result code, longest prefix first; `$` stands for the quoted file. */
const MEANINGS: readonly (readonly [string, StoreErrorCode, string])[] = [
  [
    'SQLITE_FULL',
    'disk-full',
    'The disk that holds $ is full: nothing of this step was kept. Free some space and try again.',
  ],
  [
    'SQLITE_CORRUPT',
    'corrupt',
    'The project $ is damaged. Restore a backup, or copy what can still be read; do not delete it.',
  ],
  [
    'SQLITE_NOTADB',
    'corrupt',
    'The project $ is damaged. Restore a backup, or copy what can still be read; do not delete it.',
  ],
  [
    'SQLITE_FORMAT',
    'corrupt',
    'The project $ is damaged. Restore a backup, or copy what can still be read; do not delete it.',
  ],
  ['SQLITE_BUSY', 'busy', 'Another program keeps $ busy. Wait for it to finish and try again.'],
  ['SQLITE_LOCKED', 'busy', 'Another program keeps $ busy. Wait for it to finish and try again.'],
  [
    'SQLITE_READONLY',
    'read-only',
    'The project $ or its folder cannot be written. Change its permissions or copy it elsewhere.',
  ],
  [
    'SQLITE_PERM',
    'read-only',
    'The project $ or its folder cannot be written. Change its permissions or copy it elsewhere.',
  ],
  [
    'SQLITE_CANTOPEN',
    'input-output',
    'The project $ or a file beside it cannot be opened. Check its permissions and its folder.',
  ],
  ['SQLITE_NOMEM', 'input-output', 'Not enough memory to read $. Close other programs and try again.'],
  [
    // The shared index beside the file could not be given its size: what opening a project on a full disk comes to.
    'SQLITE_IOERR_SHMSIZE',
    'disk-full',
    'The disk that holds $ is full: nothing of this step was kept. Free some space and try again.',
  ],
  [
    'SQLITE_IOERR',
    'input-output',
    'The disk failed to read or write $: nothing of this step was kept. Check the disk.',
  ],
  ['SQLITE_CONSTRAINT_UNIQUE', 'duplicate', 'The project $ holds this row already.'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'duplicate', 'The project $ holds this row already.'],
  ['SQLITE_CONSTRAINT', 'value-refused', 'The project $ refuses this value.'],
  ['SQLITE_TOOBIG', 'value-refused', 'A value is too large for the project $ (limit: 1 GB).'],
  ['SQLITE_MISMATCH', 'value-refused', 'The project $ refuses this value.'],
];

/** Kind per failure of the file system. */
const FILE_KINDS: Readonly<Record<FileErrorCode, StoreErrorCode>> = {
  missing: 'project-missing',
  'disk-full': 'disk-full',
  'read-only': 'read-only',
  'no-permission': 'read-only',
  'is-a-folder': 'not-a-project',
  exists: 'project-exists',
  'input-output': 'input-output',
};

/** better-sqlite3 has no code for a use after close. */
const CLOSED = 'The database connection is not open';

/** `file` quoted for a message. */
export function quoted(file: string): string {
  return JSON.stringify(file);
}

/** SQLite's own code of an error, or undefined. */
export function sqliteCode(error: unknown): string | undefined {
  return error instanceof BetterSqlite3.SqliteError ? error.code : undefined;
}

/** A failure of SQLite or the file system as a StoreError; anything else (our own bugs) as it is. */
export function storeError(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code !== undefined && error instanceof Error) {
    const meaning = MEANINGS.find(([prefix]) => code.startsWith(prefix));
    if (!meaning) return error;
    const [, kind, sentence] = meaning;
    const message = `${sentence.replace('$', () => quoted(file))} (${error.message})`;
    return new StoreError(kind, message, { file, cause: code }, { cause: error });
  }
  if (error instanceof TypeError && error.message === CLOSED) {
    return new StoreError(
      'closed',
      `The project ${quoted(file)} is closed. Open it again.`,
      { file },
      { cause: error },
    );
  }
  const asFile = fileError(error, file);
  if (asFile instanceof FileError) {
    return new StoreError(FILE_KINDS[asFile.code], asFile.message, { file }, { cause: error });
  }
  return error;
}

/** Says that the file holds something it cannot hold: `what` names the row. */
export function corrupt(file: string, what: string, options?: ErrorOptions): StoreError {
  return new StoreError(
    'corrupt',
    `The project ${quoted(file)} is damaged: ${what}. Restore a backup, or copy what can still be read; do not delete it.`,
    { file, found: what },
    options,
  );
}
