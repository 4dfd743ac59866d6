/** Opens project files: lock, pragmas, checks, migration; for one writer, and for readers beside it. */
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import { fileIdentity, systemCode } from '../platform/files.ts';
import { silentLog } from '../platform/log.ts';
import type { Log } from '../platform/log.ts';
import { checkAfterCrash, checkIdentity, checkStructure, harden, notAProject, opening } from './checks.ts';
import { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { quoted, storeError } from './failures.ts';
import { isLocked, takeWriterLock } from './lock.ts';
import type { WriterLock } from './lock.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Project, ReadonlyProject } from './project.ts';
import { createReader } from './reader.ts';
import { closeSession, openedTwice, openSession, readSession } from './session.ts';
import type { WriterSession } from './session.ts';
import { createWriter } from './writer.ts';

/** What opening a project needs from outside. */
export interface OpenOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly log?: Log;
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
  try {
    // SQLite only says "cannot open"; the system says why.
    accessSync(absolute, constants.R_OK);
  } catch (error) {
    throw storeError(error, absolute);
  }
  // Two names of one file share one lock.
  return realpathSync(absolute);
}

/**
 * A change cut off before the file was in WAL (its first opening does that) waits in a rollback journal. Only a connection
 * that may write can take it back; a reader would be refused.
 */
function takeBackCutChange(path: string): void {
  if (!existsSync(`${path}-journal`)) return;
  const database = new Database(path);
  try {
    // Reading is enough: SQLite rolls back first.
    opening(path, () => checkIdentity(database));
  } finally {
    database.close();
  }
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

/** Without the note nothing is lost: the next opening only takes longer. So a full disk does not keep a project from closing. */
function noteClose(database: Database, log: Log): void {
  try {
    closeSession(database);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.warn('the close could not be noted; the next opening checks the whole file', {
      file: database.file,
      reason: error.code,
    });
  }
}

/** Empties the log into the file that the connection holds, wherever that is now. */
function emptyLog(database: Database, log: Log): void {
  try {
    database.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.error('a project that was moved lacks its newest changes; they lie beside its old place', {
      file: database.file,
      reason: error.code,
    });
  }
}

function assemble(path: string, writing: Database, lock: WriterLock, clock: Clock, log: Log): Project {
  // A connection of its own: reading cannot write, and may go on while something is written.
  const reading = new Database(path, { isReadonly: true });
  harden(reading);
  const identity = fileIdentity(path);
  let isOpen = true;
  // SQLite's own close leaves the log of a file that was moved as it is.
  const settle = () => {
    if (fileIdentity(path) !== identity) emptyLog(writing, log);
  };
  return {
    path,
    read: createReader(reading),
    write: createWriter(writing, clock),
    settle,
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      closeAll([
        () => reading.close(),
        () => noteClose(writing, log),
        settle,
        () => writing.close(),
        () => lock.release(),
      ]);
    },
  };
}

/** Brings a file of an older schema up to date first: reading code knows the present schema only. */
function openForReading(path: string, clock: Clock, log: Log): ReadonlyProject {
  if (isOlder(path)) openForWriting(path, clock, log).close();
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

function isOlder(path: string): boolean {
  const probe = new Database(path, { isReadonly: true });
  try {
    return opening(path, () => {
      checkIdentity(probe);
      const version = Number(probe.pragma('user_version'));
      return version > 0 && version < (MIGRATIONS.at(-1)?.version ?? 0);
    });
  } finally {
    probe.close();
  }
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
      return assemble(path, database, lock, clock, log);
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
  try {
    takeBackCutChange(file);
    return options.readonly ? openForReading(file, clock, log) : openForWriting(file, clock, log);
  } catch (error) {
    throw namingFixedFolder(error, file);
  }
}

/**
 * SQLite needs its log beside a project even to read it, and an older project is upgraded before it is read. Where the
 * folder takes no file, SQLite only says that it cannot open one: the same failure with the way out.
 */
function namingFixedFolder(error: unknown, file: string): unknown {
  if (!(error instanceof StoreError) || !['input-output', 'read-only'].includes(error.code)) return error;
  try {
    accessSync(dirname(file), constants.W_OK);
    return error;
  } catch (refusal) {
    if (systemCode(refusal) === undefined) throw refusal;
    return new StoreError(
      'read-only',
      `${quoted(file)} lies where nothing can be written, and a project needs a file beside it even to be read. Copy it to a folder of your own and open the copy.`,
      { file },
      { cause: error },
    );
  }
}
