/** The order of images: stable radix sorts over typed keys, a few milliseconds for 100,000 images. */
import type { WordScores } from './image-filter.ts';
import type { ImageTable } from './image-table.ts';

/** What images are sorted by; 'listed' is the order of import. */
export const IMAGE_SORTS = ['listed', 'name', 'class', 'prediction', 'confidence', 'word'] as const;
export type ImageSortKey = (typeof IMAGE_SORTS)[number];

/** An order of images. */
export interface ImageSort {
  readonly by: ImageSortKey;
  readonly isDescending: boolean;
}

/** The order of import. */
export const AS_LISTED: ImageSort = { by: 'listed', isDescending: false };

/** Key of images whose value is unknown: always last. */
const UNKNOWN = 0xffffffff;

/**
 * The rows in another order; equal values keep the order they had, unknown values come last either way.
 * @param wordScores of the chosen word; sorting by word without them leaves the order as it is
 */
export function sortImages(table: ImageTable, rows: Int32Array, sort: ImageSort, wordScores?: WordScores): Int32Array {
  const keyOf = keyFor(table, sort.by, wordScores);
  if (keyOf === null) return sort.isDescending && sort.by === 'listed' ? rows.toReversed() : rows;
  const keys = new Uint32Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    const key = keyOf(rows[place]!);
    // One below UNKNOWN is the largest known key; turned round, it stays below UNKNOWN.
    keys[place] = key === UNKNOWN ? UNKNOWN : sort.isDescending ? UNKNOWN - 1 - key : key;
  }
  return radixSort(rows, keys);
}

function keyFor(table: ImageTable, by: ImageSortKey, wordScores?: WordScores): ((row: number) => number) | null {
  const { labels, basePredictions, baseConfidences } = table.columns;
  const { classRanks } = table;
  switch (by) {
    case 'listed':
      return null;
    case 'name': {
      const ranks = table.nameRanks();
      return (row) => ranks[row]!;
    }
    case 'class':
      return (row) => (labels[row]! < 0 ? UNKNOWN : classRanks[labels[row]!]!);
    case 'prediction':
      return (row) => (basePredictions[row]! < 0 ? UNKNOWN : classRanks[basePredictions[row]!]!);
    case 'confidence':
      return floatKeys(baseConfidences);
    case 'word':
      return wordScores === undefined ? null : floatKeys(wordScores.scores);
  }
}

/** Keys that order floats as integers: the sign bit turned, all bits of negative numbers turned; NaN is unknown. */
function floatKeys(values: Float32Array): (row: number) => number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return (row) => {
    const value = values[row]!;
    if (Number.isNaN(value)) return UNKNOWN;
    const bit = value === 0 ? 0 : bits[row]!;
    return (bit & 0x80000000 ? ~bit : bit | 0x80000000) >>> 0;
  };
}

/** Bits per pass: three passes over 2,048 buckets cover 32 bits. */
const RADIX_BITS = 11;
const BUCKETS = 1 << RADIX_BITS;

/** Least-significant-digit radix sort, stable. */
export function radixSort(rows: Int32Array, keys: Uint32Array): Int32Array {
  const n = rows.length;
  let fromRows = Int32Array.from(rows);
  let fromKeys = Uint32Array.from(keys);
  let toRows = new Int32Array(n);
  let toKeys = new Uint32Array(n);
  for (let shift = 0; shift < 32; shift += RADIX_BITS) {
    const starts = new Uint32Array(BUCKETS + 1);
    for (let place = 0; place < n; place++) starts[((fromKeys[place]! >>> shift) & (BUCKETS - 1)) + 1]!++;
    for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1]! += starts[bucket]!;
    for (let place = 0; place < n; place++) {
      const target = starts[(fromKeys[place]! >>> shift) & (BUCKETS - 1)]!++;
      toRows[target] = fromRows[place]!;
      toKeys[target] = fromKeys[place]!;
    }
    [fromRows, toRows] = [toRows, fromRows];
    [fromKeys, toKeys] = [toKeys, fromKeys];
  }
  return fromRows;
}
