/** Cells that reversible actions may change: a total table of statements, so that no name from a journal ever enters SQL. */
import { parseJson } from './blobs.ts';
import type { CellChange, EditableCells, EditableTable } from './changes.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { corrupt, quoted } from './failures.ts';
import type { Json } from './records.ts';
import { sql } from './sql.ts';
import type { Sql, SqlValue } from './sql.ts';

/** How one column is read, written, and spelled in JSON. */
interface Cell {
  readonly read: (key: readonly number[]) => Sql;
  readonly write: (key: readonly number[], value: SqlValue) => Sql;
  /** From the column to JSON. */
  readonly toJson: (value: SqlValue, file: string) => Json;
  /** From JSON to the column; the column's own CHECK has the last word. */
  readonly fromJson: (value: Json) => SqlValue;
}

const text = {
  toJson: (value: SqlValue): Json => value as string | null,
  fromJson: (value: Json): SqlValue => value as string | null,
};
const flag = {
  toJson: (value: SqlValue): Json => value === 1,
  fromJson: (value: Json): SqlValue => (value === true ? 1 : 0),
};
const count = {
  toJson: (value: SqlValue): Json => value as number | null,
  fromJson: (value: Json): SqlValue => value as number | null,
};
const list = {
  toJson: (value: SqlValue, file: string): Json => parseJson(String(value), file, 'a list of tags'),
  fromJson: (value: Json): SqlValue => JSON.stringify(value),
};

/** The parts of a primary key; a key of the wrong length matches no row. */
const first = (key: readonly number[]): number => key[0] ?? -1;
const second = (key: readonly number[]): number => key[1] ?? -1;

const word = (key: readonly number[]): Sql => sql`run_id = ${first(key)} AND word_index = ${second(key)}`;
const run = (key: readonly number[]): Sql => sql`run_id = ${first(key)}`;

const CELLS: { readonly [Table in EditableTable]: Readonly<Record<EditableCells[Table], Cell>> } = {
  words: {
    name: {
      ...text,
      read: (key) => sql`SELECT name AS value FROM words WHERE ${word(key)}`,
      write: (key, value) => sql`UPDATE words SET name = ${value} WHERE ${word(key)}`,
    },
    status: {
      ...text,
      read: (key) => sql`SELECT status AS value FROM words WHERE ${word(key)}`,
      write: (key, value) => sql`UPDATE words SET status = ${value} WHERE ${word(key)}`,
    },
    note: {
      ...text,
      read: (key) => sql`SELECT note AS value FROM words WHERE ${word(key)}`,
      write: (key, value) => sql`UPDATE words SET note = ${value} WHERE ${word(key)}`,
    },
    tags: {
      ...list,
      read: (key) => sql`SELECT tags AS value FROM words WHERE ${word(key)}`,
      write: (key, value) => sql`UPDATE words SET tags = ${value} WHERE ${word(key)}`,
    },
    isExcluded: {
      ...flag,
      read: (key) => sql`SELECT is_excluded AS value FROM words WHERE ${word(key)}`,
      write: (key, value) => sql`UPDATE words SET is_excluded = ${value} WHERE ${word(key)}`,
    },
    mergedInto: {
      ...count,
      read: (key) => sql`SELECT merged_into AS value FROM words WHERE ${word(key)}`,
      write: (key, value) => sql`UPDATE words SET merged_into = ${value} WHERE ${word(key)}`,
    },
    isSplit: {
      ...flag,
      read: (key) => sql`SELECT is_split AS value FROM words WHERE ${word(key)}`,
      write: (key, value) => sql`UPDATE words SET is_split = ${value} WHERE ${word(key)}`,
    },
  },
  runs: {
    notes: {
      ...text,
      read: (key) => sql`SELECT notes AS value FROM runs WHERE ${run(key)}`,
      write: (key, value) => sql`UPDATE runs SET notes = ${value} WHERE ${run(key)}`,
    },
  },
};

/** A cell's address. */
export type CellAddress = Pick<CellChange, 'table' | 'key' | 'column'>;

/** A cell's address in words: 'words [3, 17] name'. */
export function cellName({ table, key, column }: CellAddress): string {
  return `${table} [${key.join(', ')}] ${column}`;
}

function cellAt(address: CellAddress, file: string): Cell {
  const cells: Readonly<Record<string, Readonly<Record<string, Cell>>>> = CELLS;
  const cell = Object.hasOwn(cells, address.table) ? cells[address.table] : undefined;
  if (!cell || !Object.hasOwn(cell, address.column)) throw corrupt(file, `the journal changes ${cellName(address)}`);
  return cell[address.column]!;
}

/** The present value of a cell, or undefined when its row does not exist. */
export function readCell(database: Database, address: CellAddress): Json | undefined {
  const cell = cellAt(address, database.file);
  const row = database.get<{ readonly value: SqlValue }>(cell.read(address.key));
  return row && cell.toJson(row.value, database.file);
}

/** Sets a cell. @throws StoreError 'not-found' | 'value-refused' */
export function writeCell(database: Database, address: CellAddress, value: Json): void {
  const cell = cellAt(address, database.file);
  const { changes } = database.run(cell.write(address.key, cell.fromJson(value)));
  if (changes !== 1) {
    throw new StoreError('not-found', `There is no ${cellName(address)} in ${quoted(database.file)}.`, {
      file: database.file,
      table: address.table,
      row: address.key.join(', '),
    });
  }
}
