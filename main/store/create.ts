/** Makes project files: built whole under another name, so that no half-made project can ever be found. */
import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../platform/clock.ts';
import { placeNewFile, removeIfThere, temporaryPathFor } from '../platform/files.ts';
import { silentLog } from '../platform/log.ts';
import { nameOf } from '../platform/paths.ts';
import { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { quoted, storeError } from './failures.ts';
import { appendEntry } from './journal.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { openProject } from './open.ts';
import type { OpenOptions } from './open.ts';
import type { Project } from './project.ts';
import type { ProjectRecord } from './records.ts';
import { APPLICATION_ID } from './schema.ts';
import { sql } from './sql.ts';

/** What a new project starts with. */
export interface CreateOptions extends OpenOptions {
  /** Shown to people; default: the file's name without its extension. */
  readonly name?: string;
  /** Version of Vislex, kept in the file. */
  readonly appVersion: string;
  /** Who makes it; first entry of the journal. */
  readonly actor: string;
}

function build(
  file: string,
  project: ProjectRecord,
  options: Required<OpenOptions> & { readonly actor: string },
): void {
  const database = new Database(file, { mustExist: false });
  try {
    database.pragma(`application_id = ${APPLICATION_ID}`);
    migrate(database, MIGRATIONS, options);
    database.transaction(() => {
      database.run(sql`INSERT INTO project (id, project_id, name, created_at, app_version)
        VALUES (1, ${project.projectId}, ${project.name}, ${project.createdAt}, ${project.appVersion})`);
      const entry = { actor: options.actor, action: 'project.create', kind: 'record', target: null } as const;
      appendEntry(database, options.clock, { ...entry, payload: { ...project } });
    });
  } finally {
    database.close();
  }
}

/** The same failure, naming the file that was asked for instead of the temporary one. */
function namingTarget(error: unknown, temporaryPath: string, file: string): unknown {
  if (!(error instanceof StoreError) || error.details.file !== temporaryPath) return error;
  const message = error.message.replaceAll(quoted(temporaryPath), () => quoted(file));
  return new StoreError(error.code, message, { ...error.details, file }, { cause: error });
}

/**
 * Makes a project file and opens it for writing. A failure, or an end at any moment, leaves no project behind.
 * @throws StoreError 'project-exists' | 'project-missing' (no such folder) | 'value-refused' | 'read-only' | 'disk-full'
 */
export function createProject(path: string, options: CreateOptions): Project {
  const { clock = systemClock, log = silentLog, name = nameOf(path), appVersion, actor } = options;
  const file = resolve(path);
  try {
    // SQLite only says "cannot open"; the system says why.
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw storeError(error, dirname(file));
  }
  const temporaryPath = temporaryPathFor(file);
  try {
    const project = { projectId: randomUUID(), name, createdAt: clock.now().toISOString(), appVersion };
    build(temporaryPath, project, { actor, clock, log });
    placeNewFile(temporaryPath, file);
  } catch (error) {
    removeIfThere(temporaryPath);
    removeIfThere(`${temporaryPath}-journal`);
    throw namingTarget(storeError(error, file), temporaryPath, file);
  }
  return openProject(file, { clock, log });
}
