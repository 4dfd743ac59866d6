/** Opens and makes project files: lock, pragmas, version, integrity, migration. */
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Project, ReadonlyProject } from './project.ts';

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

/**
 * Makes a project file and opens it for writing.
 * @throws StoreError 'project-exists' | 'read-only' | 'disk-full'
 */
export declare function createProject(path: string, options: CreateOptions): Project;

/**
 * Opens a project: for writing (one at a time on the machine; migrates an older schema after a backup), or for reading beside a writer.
 * @throws StoreError 'project-missing' | 'not-a-project' | 'schema-newer' | 'schema-changed' | 'corrupt' | 'opened-twice' | 'read-only'
 */
export declare function openProject(path: string, options: OpenOptions & { readonly readonly: true }): ReadonlyProject;
export declare function openProject(path: string, options?: OpenOptions & { readonly readonly?: false }): Project;
