/** Project settings: one JSON value per key, every change journalled. */
import type { Clock } from '../platform/clock.ts';
import { parseJson } from './blobs.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Database } from './database.ts';
import { corrupt } from './failures.ts';
import { appendEntry } from './journal.ts';
import type { SettingsReader, SettingsWriter } from './project.ts';
import type { Json, ProjectRecord } from './records.ts';
import { sql } from './sql.ts';

interface SettingRow {
  readonly key: string;
  readonly value: string;
}

/** The project's own row. */
export function readProject(database: Database): ProjectRecord {
  const row = database.get<ProjectRecord>(
    sql`SELECT project_id AS projectId, name, created_at AS createdAt, app_version AS appVersion FROM project`,
  );
  if (!row) throw corrupt(database.file, 'the row of the project itself is missing');
  return row;
}

/** Reading half. */
export function createSettingsReader(database: Database): SettingsReader {
  const valueOf = (row: SettingRow): Json => parseJson(row.value, database.file, `setting ${row.key}`);
  return {
    get: (key) => {
      const row = database.get<SettingRow>(sql`SELECT key, value FROM settings WHERE key = ${key}`);
      return row && valueOf(row);
    },
    all: () =>
      Object.fromEntries(
        database
          .all<SettingRow>(sql`SELECT key, value FROM settings ORDER BY key`)
          .map((row) => [row.key, valueOf(row)]),
      ),
  };
}

/** Writing half. */
export function createSettingsWriter(database: Database, clock: Clock): SettingsWriter {
  return {
    set: (actor, key, value) =>
      database.transaction(() => {
        database.run(sql`INSERT INTO settings (key, value) VALUES (${key}, ${canonicalJson(value)})
          ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
        const payload = { key, value };
        appendEntry(database, clock, { actor, action: 'setting.set', kind: 'record', target: null, payload });
      }),
  };
}
