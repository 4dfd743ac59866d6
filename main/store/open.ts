/** Opens and makes project files: lock, pragmas, version, integrity, migration. */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import { syncToDisk } from '../platform/files.ts';
import { silentLog } from '../platform/log.ts';
import type { Log } from '../platform/log.ts';
import { nameOf } from '../platform/paths.ts';
import { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { corrupt, quoted, storeError } from './failures.ts';
import { appendEntry } from './journal.ts';
import { isLocked, lockPathFor, takeWriterLock } from './lock.ts';
import type { WriterLock } from './lock.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Project, ReadonlyProject } from './project.ts';
import { createReader } from './reader.ts';
import { APPLICATION_ID, schemaDifference } from './schema.ts';
import { closeSession, openedTwice, openSession, readSession } from './session.ts';
import type { WriterSession } from './session.ts';
import { sql } from './sql.ts';
import { createWriter } from './writer.ts';

/** What opening a project needs from outside. */
export interface OpenOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly log?: Log;
}

/** What a new project starts with. */
export interface CreateOptions extends OpenOptions {
  /** Shown to people; default: the file's name without its extension. */
  readonly name?: string;
  /** Version of Vislex, kept in the file. */
  readonly appVersion: string;
  /** Who makes it; first entry of the journal. */
  readonly actor: string;
}

/** The newest schema this version of Vislex knows. */
const NEWEST_SCHEMA = MIGRATIONS.at(-1)?.version ?? 0;

/** Keeps a file from somebody else from running code through its schema, and finds damaged cells early. */
function harden(database: Database): void {
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
}

/** Pragmas of the writing connection. better-sqlite3 compiles WAL to NORMAL, which may lose a committed rename on power loss. */
function prepareForWriting(database: Database): void {
  harden(database);
  const mode = database.pragma('journal_mode = WAL');
  if (mode !== 'wal') {
    throw new StoreError('read-only', `The disk of ${quoted(database.file)} cannot hold a project in use (${mode}).`, {
      file: database.file,
      expected: 'wal',
      found: String(mode),
    });
  }
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  // After a big import the log is cut back to this size, bytes.
  database.pragma('journal_size_limit = 67108864');
}

function notAProject(path: string, found: string, cause?: unknown): StoreError {
  const message = `${quoted(path)} is not a Vislex project (${found}). Choose a file that "vislex new" made.`;
  return new StoreError('not-a-project', message, { file: path, found }, { cause });
}

/** Refuses what is not a project, or one from the future. @throws StoreError 'not-a-project' | 'schema-newer' | 'corrupt' */
function checkIdentity(database: Database): void {
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
function checkStructure(database: Database, migrations = MIGRATIONS): void {
  const { file } = database;
  const promised = Number(database.pragma('page_count')) * Number(database.pragma('page_size'));
  const hasLog = existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0;
  const { size } = statSync(file);
  // With a write-ahead log some pages may still be there only.
  if (!hasLog && size < promised) throw corrupt(file, `it has ${size} bytes of ${promised}: its end was cut off`);
  const { difference } = schemaDifference(database, migrations, Number(database.pragma('user_version')));
  if (difference) {
    throw new StoreError(
      'schema-changed',
      `${quoted(file)} was changed outside Vislex: ${difference}. Restore a backup of it.`,
      { file, found: difference },
    );
  }
}

/** The thorough check after a writer that ended without closing. @throws StoreError 'corrupt' */
function checkAfterCrash(database: Database, log: Log): void {
  log.warn('the last writer ended without closing; checking the whole file', { file: database.file });
  const [first] = database.pragmaRows<{ readonly quick_check: string }>('quick_check(1)');
  if (first?.quick_check !== 'ok') throw corrupt(database.file, first?.quick_check ?? 'the check gave nothing');
}

/** SQLite's plain SQLITE_ERROR while a file is being opened means a schema it cannot parse. */
function opening<Result>(path: string, work: () => Result): Result {
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

/** Closes everything in order, even when one of them fails; the first failure is thrown at the end. */
function closeAll(closers: readonly (() => void)[]): void {
  const failures: unknown[] = [];
  for (const close of closers) {
    try {
      close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

function existingFile(path: string): string {
  const absolute = resolve(path);
  if (!existsSync(absolute)) {
    throw new StoreError('project-missing', `There is no project at ${quoted(absolute)}. Check the path.`, {
      file: absolute,
    });
  }
  if (!statSync(absolute).isFile()) throw notAProject(absolute, 'a folder');
  // Two names of one file share one lock.
  return realpathSync(absolute);
}

function lockFor(path: string): WriterLock {
  const lock = takeWriterLock(path);
  if (lock) return lock;
  let holder: WriterSession | undefined;
  const peek = new Database(path, { isReadonly: true });
  try {
    holder = readSession(peek);
  } finally {
    peek.close();
  }
  throw openedTwice(path, holder);
}

function assemble(path: string, writing: Database, lock: WriterLock, clock: Clock): Project {
  // A connection of its own: reading cannot write, and may go on while something is written.
  const reading = new Database(path, { isReadonly: true });
  harden(reading);
  let isOpen = true;
  return {
    path,
    read: createReader(reading),
    write: createWriter(writing, clock),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      closeAll([() => reading.close(), () => closeSession(writing), () => writing.close(), () => lock.release()]);
    },
  };
}

/**
 * Makes a project file and opens it for writing. A failure leaves no file behind.
 * @throws StoreError 'project-exists' | 'project-missing' (no such folder) | 'read-only' | 'disk-full'
 */
export function createProject(path: string, options: CreateOptions): Project {
  const { clock = systemClock, log = silentLog, name = nameOf(path), appVersion, actor } = options;
  const absolute = resolve(path);
  try {
    // 'wx': of two who make the same project at once, one is told.
    closeSync(openSync(absolute, 'wx'));
  } catch (error) {
    if (existsSync(absolute)) {
      throw new StoreError('project-exists', `There is a file at ${quoted(absolute)} already. Choose another name.`, {
        file: absolute,
      });
    }
    throw storeError(error, absolute);
  }
  const real = realpathSync(absolute);
  const undo: (() => void)[] = [
    () => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(real + suffix, { force: true });
      rmSync(lockPathFor(real), { force: true });
    },
  ];
  try {
    const lock = lockFor(real);
    undo.unshift(() => lock.release());
    const database = new Database(real);
    undo.unshift(() => database.close());
    database.pragma(`application_id = ${APPLICATION_ID}`);
    prepareForWriting(database);
    migrate(database, MIGRATIONS, { clock, log });
    const project = { projectId: randomUUID(), name, createdAt: clock.now().toISOString(), appVersion };
    database.transaction(() => {
      database.run(sql`INSERT INTO project (id, project_id, name, created_at, app_version)
        VALUES (1, ${project.projectId}, ${project.name}, ${project.createdAt}, ${project.appVersion})`);
      openSession(database, clock);
      appendEntry(database, clock, { actor, action: 'project.create', kind: 'record', target: null, payload: project });
    });
    syncToDisk(dirname(real), 'folder');
    return assemble(real, database, lock, clock);
  } catch (error) {
    closeAll(undo);
    throw error;
  }
}

function openForReading(path: string, log: Log): ReadonlyProject {
  const database = new Database(path, { isReadonly: true });
  try {
    opening(path, () => {
      harden(database);
      checkIdentity(database);
      checkStructure(database);
      if (readSession(database)?.state === 'open' && !isLocked(path)) checkAfterCrash(database, log);
    });
  } catch (error) {
    database.close();
    throw error;
  }
  return { path, read: createReader(database), close: () => database.close() };
}

function openForWriting(path: string, clock: Clock, log: Log): Project {
  // Before the lock: a file of another kind gets no lock file beside it.
  const probe = new Database(path, { isReadonly: true });
  try {
    opening(path, () => checkIdentity(probe));
  } finally {
    probe.close();
  }
  const lock = lockFor(path);
  const undo: (() => void)[] = [() => lock.release()];
  try {
    const database = new Database(path);
    undo.unshift(() => database.close());
    return opening(path, () => {
      prepareForWriting(database);
      checkStructure(database);
      if (readSession(database)?.state === 'open') checkAfterCrash(database, log);
      migrate(database, MIGRATIONS, { clock, log });
      openSession(database, clock);
      return assemble(path, database, lock, clock);
    });
  } catch (error) {
    closeAll(undo);
    throw error;
  }
}

/**
 * Opens a project: for writing (one at a time on the machine; migrates an older schema after a backup), or for reading
 * beside a writer. After a writer that ended without closing, the whole file is checked first.
 * @throws StoreError 'project-missing' | 'not-a-project' | 'schema-newer' | 'schema-changed' | 'corrupt' | 'opened-twice' | 'read-only'
 */
export function openProject(path: string, options: OpenOptions & { readonly readonly: true }): ReadonlyProject;
export function openProject(path: string, options?: OpenOptions & { readonly readonly?: false }): Project;
export function openProject(
  path: string,
  options: OpenOptions & { readonly readonly?: boolean } = {},
): ReadonlyProject {
  const { clock = systemClock, log = silentLog } = options;
  const file = existingFile(path);
  return options.readonly ? openForReading(file, log) : openForWriting(file, clock, log);
}
