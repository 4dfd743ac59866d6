/** Brings a project's schema to the present version: backup first, then one transaction per migration. */
import { join } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { backupFolder, nameOf, PROJECT_EXTENSION } from '../platform/paths.ts';
import { backUp } from './backup.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { quoted } from './failures.ts';
import type { Migration } from './migrations/migration.ts';

/** What a migration needs from outside. */
export interface MigrateContext {
  readonly clock: Clock;
  readonly log: Log;
}

/** Name of the copy made before a migration. */
export function migrationBackupPath(projectPath: string, version: number, time: Date): string {
  // Colons are not allowed in Windows file names.
  const stamp = time.toISOString().replaceAll(':', '-');
  return join(backupFolder(projectPath), `${nameOf(projectPath)} ${stamp} schema ${version}${PROJECT_EXTENSION}`);
}

function runMigration(database: Database, { version, script }: Migration): void {
  database.transaction(() => {
    database.script(script);
    // Interpolated: a pragma binds nothing, and the number is our own.
    database.pragma(`user_version = ${version}`);
    const [broken] = database.pragmaRows<{ readonly table: string; readonly parent: string }>('foreign_key_check');
    if (broken)
      throw new StoreError('corrupt', `A row of ${broken.table} points to a missing row of ${broken.parent}.`);
  });
}

/**
 * Runs the migrations that are newer than the file, oldest first. An empty file (version 0) needs no backup.
 * @throws StoreError 'migration-failed' (the file is as it was before that migration) | 'backup-failed'
 */
export function migrate(database: Database, migrations: readonly Migration[], { clock, log }: MigrateContext): void {
  const present = Number(database.pragma('user_version'));
  const pending = migrations.filter((migration) => migration.version > present);
  if (pending.length === 0) return;
  if (present > 0) backUp(database, migrationBackupPath(database.file, present, clock.now()));
  // Rebuilding a table that others point to needs them off; each migration checks all references at its end instead.
  database.pragma('foreign_keys = OFF');
  try {
    for (const migration of pending) {
      log.info('migrating', { file: database.file, version: migration.version, summary: migration.summary });
      try {
        runMigration(database, migration);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new StoreError(
          'migration-failed',
          `${quoted(database.file)} could not be brought to schema ${migration.version}: ${reason} The project is as it was before.`,
          { file: database.file, expected: String(migration.version) },
          { cause: error },
        );
      }
    }
  } finally {
    database.pragma('foreign_keys = ON');
  }
}
