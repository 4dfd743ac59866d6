/** Change sets: what a reversible action did, cell by cell. */
import type { Json } from './records.ts';

/** Tables and columns that reversible actions may change; each has its statements in editable.ts. */
export interface EditableCells {
  readonly words: 'name' | 'status' | 'note' | 'tags' | 'isExcluded' | 'mergedInto' | 'isSplit';
  readonly runs: 'notes';
}

/** Name of a table that reversible actions may change. */
export type EditableTable = keyof EditableCells;

/** One changed cell. `key` is the primary key: words [runId, wordIndex], runs [runId]. */
export interface CellChange {
  readonly table: EditableTable;
  readonly key: readonly number[];
  readonly column: EditableCells[EditableTable];
  readonly before: Json;
  readonly after: Json;
}

/** Cells changed by one action, applied together. */
export type ChangeSet = readonly CellChange[];

/** The same cells, the other way round. */
export function inverse(changes: ChangeSet): ChangeSet {
  return changes.toReversed().map((change) => ({ ...change, before: change.after, after: change.before }));
}

/** A change set as a journal payload keeps it. */
export function changesToJson(changes: ChangeSet): Json {
  return changes.map(({ table, key, column, before, after }) => ({ table, key, column, before, after }));
}
