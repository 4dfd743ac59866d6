/** The pool of open projects: one connection a file, however many windows look at it. */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { CallError } from '../../preload/contract/index.ts';
import type { OpenProject, ProjectKey } from '../../preload/contract/index.ts';
import type { Clock } from '../platform/clock.ts';
import { fileIdentity, systemCode } from '../platform/files.ts';
import type { Log } from '../platform/log.ts';
import { nameOf, syncedFolderService } from '../platform/paths.ts';
import { openProject, StoreError } from '../store/index.ts';
import type { Project, ReadonlyProject } from '../store/index.ts';
import type { EventHub } from './events.ts';

/** A project in the pool. */
export interface PooledProject {
  /** As the contract tells it. */
  readonly facts: OpenProject;
  /** For reading, always there. */
  readonly reader: ReadonlyProject;
  /** For writing; undefined when it is open for reading only. */
  readonly writer: Project | undefined;
}

/** Open projects by handle and by path. */
export interface OpenProjects {
  /**
   * Opens a project, or gives the one that is open. One that another process writes to, or that lies on a read-only
   * medium, is opened for reading; opening it again later tries to write again.
   * @throws StoreError as `openProject` does
   */
  open(path: string): PooledProject;
  /** @throws CallError 'not-open'; StoreError 'project-missing' when its file was deleted or moved meanwhile */
  get(project: ProjectKey): PooledProject;
  /** The open project at a path, under any of its names. @throws StoreError 'project-missing' as `get` */
  byPath(path: string): PooledProject | undefined;
  list(): readonly OpenProject[];
  /** Idempotent. */
  close(project: ProjectKey): void;
  closeAll(): void;
}

/** True for a failure after which a project can still be read. */
function isReadable(error: unknown): error is StoreError {
  return error instanceof StoreError && (error.code === 'opened-twice' || error.code === 'read-only');
}

interface Entry extends PooledProject {
  /** Device and inode: what the connection holds, whatever the path says later. */
  readonly identity: string;
}

/** An empty pool. */
export function createOpenProjects(options: {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventHub;
}): OpenProjects {
  const { clock, log, events } = options;
  const entries = new Map<ProjectKey, Entry>();
  let count = 0;

  const list = () => [...entries.values()].map(({ facts }) => facts);
  const announce = () => events.emit({ name: 'projects', payload: list() });

  function find(path: string): Entry | undefined {
    const wanted = resolve(path);
    for (const entry of entries.values()) if (entry.facts.path === wanted) return entry;
    const real = realPathOf(wanted);
    return real === undefined ? undefined : [...entries.values()].find(({ facts }) => facts.path === real);
  }

  function enter(path: string, key: ProjectKey): Entry {
    const notes: string[] = [];
    let writer: Project | undefined;
    let reader: ReadonlyProject;
    try {
      writer = reader = openProject(path, { clock, log });
    } catch (error) {
      if (!isReadable(error)) throw error;
      reader = openProject(path, { readonly: true, clock, log });
      notes.push(`Open for reading only. ${error.message}`);
    }
    return keep(key, reader, writer, notes);
  }

  function keep(key: ProjectKey, reader: ReadonlyProject, writer: Project | undefined, notes: string[]): Entry {
    const { path } = reader;
    const synced = syncedFolderService(path);
    if (synced !== undefined) {
      notes.push(
        `It lies in a folder that ${synced} copies to other machines; that can damage it. Move it to a local folder.`,
      );
    }
    const facts = { project: key, path, name: nameOf(path), isReadOnly: writer === undefined, notes };
    const entry = { facts, reader, writer, identity: fileIdentity(path) ?? '' };
    entries.set(key, entry);
    announce();
    return entry;
  }

  /** The open project that this file is: it was moved here, or has two names. */
  function findFile(path: string): Entry | undefined {
    const identity = fileIdentity(path);
    return identity === undefined ? undefined : [...entries.values()].find((entry) => entry.identity === identity);
  }

  /** Another file lies there now, or the file lies somewhere else: a fresh start under the same handle. */
  function restart(known: Entry, path: string): Entry {
    leave(known);
    try {
      return enter(path, known.facts.project);
    } catch (error) {
      announce();
      throw error;
    }
  }

  /** The other writer may have gone. */
  function tryWriting(known: Entry): Entry {
    const { path, project } = known.facts;
    let writer: Project;
    try {
      writer = openProject(path, { clock, log });
    } catch (error) {
      if (isReadable(error)) return known;
      throw error;
    }
    known.reader.close();
    return keep(project, writer, writer, []);
  }

  function leave(entry: Entry): void {
    entries.delete(entry.facts.project);
    entry.reader.close();
  }

  /** A connection to a deleted file goes on working and keeps nothing: refused before anybody relies on it. */
  function present(entry: Entry): Entry {
    const { path } = entry.facts;
    if (fileIdentity(path) === entry.identity) return entry;
    entry.writer?.settle();
    throw new StoreError(
      'project-missing',
      `The project ${JSON.stringify(path)} was deleted, moved or replaced while it was open. Put it back, or close it here and open it where it is now.`,
      { file: path },
    );
  }

  return {
    open: (path) => {
      const named = find(path);
      const known = named ?? findFile(path);
      if (known === undefined) return enter(path, `p${++count}`);
      const identity = fileIdentity(known.facts.path);
      if (named === undefined && identity !== known.identity) return restart(known, path);
      if (identity !== undefined && identity !== known.identity) return restart(known, known.facts.path);
      return present(known).writer === undefined ? tryWriting(known) : known;
    },
    get: (project) => {
      const entry = entries.get(project);
      if (entry) return present(entry);
      throw new CallError({
        code: 'not-open',
        message: 'This project is not open any more. Open it again.',
        details: { project },
      });
    },
    byPath: (path) => {
      const entry = entries.size === 0 ? undefined : find(path);
      return entry && present(entry);
    },
    list,
    close: (project) => {
      const entry = entries.get(project);
      if (!entry) return;
      try {
        leave(entry);
      } finally {
        announce();
      }
    },
    closeAll: () => {
      for (const entry of [...entries.values()]) {
        try {
          leave(entry);
        } catch (error) {
          log.error('a project could not be closed', { file: entry.facts.path, reason: String(error) });
        }
      }
    },
  };
}

/** Undefined where there is no file. */
function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
