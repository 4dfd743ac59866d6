/** What is checked before a file is trusted: that it is a project, of a known version, whole, and with our own schema. */
import { existsSync, statSync } from 'node:fs';
import type { Log } from '../platform/log.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { corrupt, quoted, storeError } from './failures.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { APPLICATION_ID, schemaDifference } from './schema.ts';

/** The newest schema this version of Vislex knows. */
const NEWEST_SCHEMA = MIGRATIONS.at(-1)?.version ?? 0;

/** Keeps a file from somebody else from running code through its schema, and finds damaged cells early. */
export function harden(database: Database): void {
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
}

/** Says that a file is no project, and what it is instead. */
export function notAProject(path: string, found: string, cause?: unknown): StoreError {
  const message = `${quoted(path)} is not a Vislex project (${found}). Choose a file that "vislex new" made.`;
  return new StoreError('not-a-project', message, { file: path, found }, { cause });
}

/** Refuses what is not a project, or one from the future. @throws StoreError 'not-a-project' | 'schema-newer' | 'corrupt' */
export function checkIdentity(database: Database): void {
  const { file } = database;
  let applicationId: unknown;
  try {
    applicationId = database.pragma('application_id');
  } catch (error) {
    if (error instanceof StoreError && error.details.cause === 'SQLITE_NOTADB') {
      throw notAProject(file, 'not a SQLite file, or its first bytes are damaged', error);
    }
    throw error;
  }
  if (applicationId !== APPLICATION_ID) throw notAProject(file, 'another kind of file');
  const version = Number(database.pragma('user_version'));
  if (version > NEWEST_SCHEMA) {
    throw new StoreError(
      'schema-newer',
      `${quoted(file)} was made by a newer Vislex (schema ${version}; this one knows up to ${NEWEST_SCHEMA}). Update Vislex to open it.`,
      { file, expected: `at most ${NEWEST_SCHEMA}`, found: String(version) },
    );
  }
}

/** Cheap checks of every opening: the file has its pages, and its schema is the one that our migrations make. */
export function checkStructure(database: Database): void {
  const { file } = database;
  const promised = Number(database.pragma('page_count')) * Number(database.pragma('page_size'));
  const hasLog = existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0;
  const { size } = statSync(file);
  // With a write-ahead log some pages may still be there only.
  if (!hasLog && size < promised) throw corrupt(file, `it has ${size} bytes of ${promised}: its end was cut off`);
  const { difference } = schemaDifference(database, MIGRATIONS, Number(database.pragma('user_version')));
  if (difference) {
    throw new StoreError(
      'schema-changed',
      `${quoted(file)} was changed outside Vislex: ${difference}. Restore a backup of it.`,
      { file, found: difference },
    );
  }
}

/** The thorough check after a writer that ended without closing. @throws StoreError 'corrupt' */
export function checkAfterCrash(database: Database, log: Log): void {
  log.warn('the last writer ended without closing; checking the whole file', { file: database.file });
  const [first] = database.pragmaRows<{ readonly quick_check: string }>('quick_check(1)');
  if (first?.quick_check !== 'ok') throw corrupt(database.file, first?.quick_check ?? 'the check gave nothing');
}

/** SQLite's plain SQLITE_ERROR while a file is being opened means a schema it cannot parse. */
export function opening<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const known = storeError(error, path);
    if (known instanceof Error && 'code' in known && known.code === 'SQLITE_ERROR') {
      throw corrupt(path, known.message, { cause: error });
    }
    throw known;
  }
}
