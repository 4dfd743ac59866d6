/** The project's images as columns, with what filters and sorts need beside them. */
import type { ImageColumns } from '../../../preload/contract/index.ts';

/** A project's images. A row is a position in the columns; `listed` order is the order of rows. */
export interface ImageTable {
  readonly columns: ImageColumns;
  /** Paths by row, relative to the image folder. */
  readonly names: readonly string[];
  /** The same in lower case, for searching. */
  readonly searchable: readonly string[];
  /** Row of an image; undefined for one that is not usable or not of the project. */
  rowOf(imageId: number): number | undefined;
  /**
   * Place of every row when sorted by name, digits compared as numbers. The first call takes 0.2 s for 100,000 images:
   * make it while the window is idle.
   */
  nameRanks(): Uint32Array;
  /** Place of every class when sorted by name. */
  readonly classRanks: Uint32Array;
}

/** Puts columns to use. @throws RangeError when the columns are not of equal length */
export function createImageTable(columns: ImageColumns): ImageTable {
  const names = columns.count === 0 ? [] : columns.names.split('\n');
  for (const column of [names, columns.ids, columns.splits, columns.labels, columns.basePredictions]) {
    if (column.length !== columns.count) throw new RangeError(`image columns: ${column.length}, not ${columns.count}`);
  }
  // Lower case may change the length of a line, never the number of lines.
  const searchable = columns.count === 0 ? [] : columns.names.toLowerCase().split('\n');
  let rows: Map<number, number> | undefined;
  let ranks: Uint32Array | undefined;
  return {
    columns,
    names,
    searchable,
    rowOf: (imageId) => {
      rows ??= new Map(Array.from(columns.ids, (id, row) => [id, row]));
      return rows.get(imageId);
    },
    nameRanks: () => (ranks ??= ranksOf(names.map(naturalKey))),
    classRanks: ranksOf(columns.classes.map(naturalKey)),
  };
}

/** Digits of the longest number that is compared as a number. */
const NUMBER_DIGITS = 12;

/** A key whose code units sort as people sort names: without case, image_2 before image_10. */
export function naturalKey(name: string): string {
  return name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(NUMBER_DIGITS, '0'));
}

/** Place of every key when sorted; equal keys keep their order. */
function ranksOf(keys: readonly string[]): Uint32Array {
  const order = Uint32Array.from(keys, (_, row) => row);
  order.sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b));
  const ranks = new Uint32Array(keys.length);
  order.forEach((row, rank) => (ranks[row] = rank));
  return ranks;
}
