/** Which word is looked at and which are marked, in a list of word indices. Pure: every change is a new value. */

/** Cursor and marks. */
export interface Selection {
  /** Index of the word that is looked at; null in an empty list. */
  readonly cursor: number | null;
  /** Where a range began. */
  readonly anchor: number | null;
  /** Words marked for one action; the cursor's word belongs to it when there is more than one. */
  readonly marked: ReadonlySet<number>;
}

export const NO_SELECTION: Selection = { cursor: null, anchor: null, marked: new Set() };

/** Looks at one word and forgets the marks. */
export function choose(index: number | null): Selection {
  return { cursor: index, anchor: index, marked: new Set() };
}

/** Ctrl or Cmd and click: marks or unmarks one word; the word looked at before is marked along. */
export function toggle(selection: Selection, index: number): Selection {
  const marked = new Set(selection.marked);
  if (marked.size === 0 && selection.cursor !== null && selection.cursor !== index) marked.add(selection.cursor);
  if (marked.has(index)) marked.delete(index);
  else marked.add(index);
  return { cursor: index, anchor: index, marked };
}

/** Shift and click, or Shift and an arrow: marks everything between where the range began and the word. */
export function extend(selection: Selection, index: number, order: readonly number[]): Selection {
  const anchor = selection.anchor ?? selection.cursor ?? index;
  const [from, to] = [order.indexOf(anchor), order.indexOf(index)].sort((first, second) => first - second);
  if (from === undefined || to === undefined || from < 0) return choose(index);
  return { cursor: index, anchor, marked: new Set(order.slice(from, to + 1)) };
}

/** Marks every word of the list; the cursor stays. */
export function markAll(selection: Selection, order: readonly number[]): Selection {
  return { cursor: selection.cursor ?? order[0] ?? null, anchor: selection.anchor, marked: new Set(order) };
}

/** Marks only these, looking at the first. */
export function markOnly(indices: readonly number[]): Selection {
  return { cursor: indices[0] ?? null, anchor: indices[0] ?? null, marked: new Set(indices) };
}

/** The word `by` places after the cursor, held inside the list; the first without a cursor; null in an empty list. */
export function neighbour(cursor: number | null, by: number, order: readonly number[]): number | null {
  if (order.length === 0) return null;
  const at = cursor === null ? -1 : order.indexOf(cursor);
  if (at < 0) return order[0]!;
  return order[Math.min(order.length - 1, Math.max(0, at + by))]!;
}

/** The next word after the cursor that passes, not around the end; null when there is none. */
export function nextWhere(
  cursor: number | null,
  order: readonly number[],
  passes: (index: number) => boolean,
): number | null {
  const from = cursor === null ? 0 : order.indexOf(cursor) + 1;
  return order.slice(from).find(passes) ?? null;
}

/** The words an action is about: the marked ones, else the one looked at; in the order of the list. */
export function targets(selection: Selection, order: readonly number[]): readonly number[] {
  if (selection.marked.size > 0) return order.filter((index) => selection.marked.has(index));
  return selection.cursor === null ? [] : [selection.cursor];
}

/** The selection after the list changed: marks of words that are gone go; a lost cursor moves to its old place. */
export function keepIn(selection: Selection, before: readonly number[], order: readonly number[]): Selection {
  const there = new Set(order);
  const marked = new Set([...selection.marked].filter((index) => there.has(index)));
  if (selection.cursor !== null && there.has(selection.cursor)) return { ...selection, marked };
  const place = selection.cursor === null ? 0 : Math.max(0, before.indexOf(selection.cursor));
  const cursor = order[Math.min(place, order.length - 1)] ?? null;
  return { cursor, anchor: cursor, marked };
}
