/** How far maps of one image agree: rank correlation, and overlap of their strongest halves, over cells of equal area. */
import { InvariantError } from '../errors.ts';
import { createTopPartBits, createTopPartScratch, topPartIou, topParts } from '../metrics/top-part.ts';

/**
 * Cells along the longer side that maps are compared on: 8 px at 224. Pixel for pixel, the noise of gradients would
 * decide the ranks; over the 7 x 7 of the features, most of every map would be lost.
 */
export const AGREEMENT_CELLS = 28;

/** Overlap that two independent maps are expected to have: q / (2 - q) for the strongest q = 1/2. */
export const CHANCE_HALF_IOU = 1 / 3;

/** Symmetric tables, in the order of the maps; null where a map is flat and has no order. */
export interface Agreement {
  /** Spearman's rho, -1..1; 0 for independent maps. */
  readonly rankCorrelation: readonly (readonly (number | null)[])[];
  /** IoU of the strongest halves, 0..1; CHANCE_HALF_IOU for independent maps. */
  readonly halfIou: readonly (readonly (number | null)[])[];
}

/**
 * Compares every map with every other.
 * @param maps each [height * width], finite
 */
export function agreementOf(maps: readonly Float32Array[], height: number, width: number): Agreement {
  const { rows, columns } = cellsOf(height, width, AGREEMENT_CELLS);
  const cells = maps.map((map) => averageCells(map, height, width, rows, columns));
  const scratch = createTopPartScratch(rows * columns);
  const halves = cells.map((map) => topParts(map, [50], createTopPartBits(map.length, 1), scratch));
  const ranked = cells.map(ranks);
  const table = (compare: (one: number, other: number) => number | null): (number | null)[][] =>
    maps.map((_, one) =>
      maps.map((__, other) => (halves[one]!.isFlat || halves[other]!.isFlat ? null : compare(one, other))),
    );
  return {
    rankCorrelation: table((one, other) => correlation(ranked[one]!, ranked[other]!)),
    halfIou: table((one, other) => topPartIou(halves[one]!, halves[other]!)[0]!),
  };
}

/** Rows and columns of about square cells, at most `most` along the longer side and never more than pixels. */
export function cellsOf(
  height: number,
  width: number,
  most: number,
): { readonly rows: number; readonly columns: number } {
  const cellPx = Math.max(1, Math.max(height, width) / most);
  return { rows: Math.max(1, Math.round(height / cellPx)), columns: Math.max(1, Math.round(width / cellPx)) };
}

/** Mean of a map in each cell; cells that end between pixels take shares of them. @returns [rows * columns] */
export function averageCells(
  map: Float32Array,
  height: number,
  width: number,
  rows: number,
  columns: number,
): Float32Array {
  if (map.length !== height * width) throw new InvariantError(`cells: ${map.length} values for ${height} x ${width}`);
  if (rows === height && columns === width) return map;
  const across = new Float64Array(height * columns);
  const shares = sharesOf(width, columns);
  for (let y = 0; y < height; y++) {
    for (const { cell, pixel, share } of shares) across[y * columns + cell]! += share * map[y * width + pixel]!;
  }
  const cells = new Float64Array(rows * columns);
  for (const { cell, pixel, share } of sharesOf(height, rows)) {
    for (let x = 0; x < columns; x++) cells[cell * columns + x]! += share * across[pixel * columns + x]!;
  }
  return Float32Array.from(cells);
}

/** Which part of a cell each pixel fills, along one axis. */
function sharesOf(
  from: number,
  to: number,
): { readonly cell: number; readonly pixel: number; readonly share: number }[] {
  const size = from / to;
  return Array.from({ length: to }, (_, cell) => {
    const [low, high] = [cell * size, (cell + 1) * size];
    const pixels = Array.from(
      { length: Math.min(from, Math.ceil(high)) - Math.floor(low) },
      (__, index) => Math.floor(low) + index,
    );
    return pixels.map((pixel) => ({ cell, pixel, share: (Math.min(high, pixel + 1) - Math.max(low, pixel)) / size }));
  }).flat();
}

/** Ranks from 0; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, index) => index).sort(
    (a, b) => values[a]! - values[b]!,
  );
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (const index of order.subarray(start, end)) result[index] = (start + end - 1) / 2;
    start = end;
  }
  return result;
}

/** Spearman's rho: Pearson's correlation of ranks (Spearman 1904); null where one side does not vary. */
export function spearman(one: ArrayLike<number>, other: ArrayLike<number>): number | null {
  return correlation(ranks(one), ranks(other));
}

function correlation(one: Float64Array, other: Float64Array): number | null {
  const mean = (one.length - 1) / 2; // of any ranks
  let [both, ofOne, ofOther] = [0, 0, 0];
  for (let index = 0; index < one.length; index++) {
    const [a, b] = [one[index]! - mean, other[index]! - mean];
    both += a * b;
    ofOne += a * a;
    ofOther += b * b;
  }
  return ofOne > 0 && ofOther > 0 ? both / Math.sqrt(ofOne * ofOther) : null;
}
