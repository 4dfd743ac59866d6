/** Which tables, indices and triggers a file of a given version must have: those that our own migrations make. */
import { Database } from './database.ts';
import type { Migration } from './migrations/migration.ts';
import { sql } from './sql.ts';

/** Marks a SQLite file as a Vislex project: ASCII "VLEX". */
export const APPLICATION_ID = 0x564c4558;

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

function schemaOf(database: Database): ReadonlyMap<string, string> {
  const rows = database.all<SchemaRow>(
    // The tables that SQLite keeps for itself come and go.
    sql`SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'`,
  );
  return new Map(rows.map((row) => [`${row.type} ${row.name}`, row.sql]));
}

/**
 * The first table, index or trigger that is missing, extra or different from what the migrations up to `version` make; null
 * when all is as it should be. A dropped journal trigger, or one slipped into a file sent by somebody else, is found here.
 */
export function schemaDifference(
  database: Database,
  migrations: readonly Migration[],
  version: number,
): { readonly checked: number; readonly difference: string | null } {
  const model = new Database(':memory:', { mustExist: false });
  try {
    for (const migration of migrations) if (migration.version <= version) model.script(migration.script);
    const [expected, found] = [schemaOf(model), schemaOf(database)];
    const name = [...new Set([...expected.keys(), ...found.keys()])].find(
      (key) => expected.get(key) !== found.get(key),
    );
    const how =
      name && !found.has(name) ? 'is missing' : name && !expected.has(name) ? 'does not belong there' : 'differs';
    return { checked: expected.size, difference: name === undefined ? null : `${name} ${how}` };
  } finally {
    model.close();
  }
}
