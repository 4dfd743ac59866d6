/** All rows of a project file apart from what tells when, by whom and by which process they were written. */
import BetterSqlite3 from 'better-sqlite3';

/** Columns that differ between two doings of the same: times, and hashes of rows that hold times. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  project: ['created_at'],
  writer_session: ['process_id', 'since'],
  models: ['added_at'],
  runs: ['created_at', 'started_at', 'finished_at'],
  checkpoints: ['created_at'],
  evaluations: ['created_at'],
  journal: ['time', 'actor', 'previous_hash', 'hash'],
  journal_head: ['hash'],
};

/** Fields of the journal's payloads that are hashes of such rows. */
const PRINTS = /"(digest|state)":"[0-9a-f]{64}"/g;

/** Counted from the scores when a gallery is first looked at, and kept to be looked at again: nobody's doing. */
const DERIVED = 'score_histograms';

/** Rows by table, in the order of their keys; blobs as hexadecimal text. */
export function rowsOf(path: string): Readonly<Record<string, readonly object[]>> {
  const file = new BetterSqlite3(path, { readonly: true });
  try {
    const tables = file
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name <> ? ORDER BY name",
      )
      .all(DERIVED) as { readonly name: string }[];
    return Object.fromEntries(
      tables.map(({ name }) => {
        const columns = file.pragma(`table_info(${name})`) as { readonly name: string; readonly type: string }[];
        const kept = columns.filter((column) => !LEFT_OUT[name]?.includes(column.name));
        const selected = kept.map(({ name: column, type }) =>
          type === 'BLOB' ? `lower(hex("${column}")) AS "${column}"` : `"${column}"`,
        );
        const order = kept.map((_, index) => index + 1).join(', ');
        const rows = file.prepare(`SELECT ${selected.join(', ')} FROM ${name} ORDER BY ${order}`).all() as object[];
        return [name, name === 'journal' ? withoutPrints(rows) : rows];
      }),
    );
  } finally {
    file.close();
  }
}

function withoutPrints(rows: readonly object[]): object[] {
  return rows.map((row) => ({
    ...row,
    payload: (row as { readonly payload: string }).payload.replaceAll(PRINTS, '"$1":null'),
  }));
}
