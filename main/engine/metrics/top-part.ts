/** The strongest part of a map at several percentiles at once, and the overlap of two such parts. */
import { InvariantError } from '../errors.ts';

/**
 * For every pixel, how many of the percentile thresholds it lies strictly above: 0..percentiles.length.
 * The parts are nested, so one byte holds all of them. `isFlat`: a constant map, which has no strongest part.
 */
export interface TopParts {
  readonly levels: Uint8Array;
  readonly isFlat: boolean;
}

/** Bins of the selection histogram: about a dozen values each at 224 x 224. */
const BINS = 4096;

/** Reusable buffers of `topParts` for maps of one size. */
export interface TopPartScratch {
  readonly counts: Uint32Array;
  readonly candidates: Float32Array;
}

/** Buffers for maps of `size` pixels. */
export function createTopPartScratch(size: number): TopPartScratch {
  return { counts: new Uint32Array(BINS), candidates: new Float32Array(size) };
}

/**
 * Cuts a map at percentiles (NumPy's definition, linear interpolation), strict >.
 *
 * Strictly above the interpolated percentile means strictly above the order statistic at floor(p/100 (size-1)):
 * no value lies between it and the next. So one exact order statistic per percentile is enough, and scaling the map
 * to 0..1 changes nothing.
 * @param map any finite values
 * @param percentiles ascending, 0..100
 * @param levels output, one byte per pixel
 * @returns `levels` and whether the map is constant
 * @throws InvariantError when a value is not finite
 */
export function topParts(
  map: Float32Array,
  percentiles: readonly number[],
  levels: Uint8Array,
  scratch: TopPartScratch,
): TopParts {
  let low = Infinity;
  let high = -Infinity;
  for (const value of map) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!Number.isFinite(high - low)) throw new InvariantError(`map: values from ${low} to ${high}`);
  if (low === high) return { levels: levels.fill(0), isFlat: true };
  const ranks = percentiles.map((percentile) => Math.floor((percentile / 100) * (map.length - 1)));
  const thresholds = orderStatistics(map, ranks, low, high, scratch);
  levels.fill(0);
  for (const threshold of thresholds) {
    for (let pixel = 0; pixel < map.length; pixel++) if (map[pixel]! > threshold) levels[pixel]!++;
  }
  return { levels, isFlat: false };
}

/**
 * Exact order statistics by one histogram pass: rounding keeps the order, so each rank lies in a known bin,
 * and only that bin is sorted.
 * @param ranks ascending, 0-based
 */
export function orderStatistics(
  values: Float32Array,
  ranks: readonly number[],
  low: number,
  high: number,
  scratch: TopPartScratch,
): number[] {
  const { counts, candidates } = scratch;
  const scale = (BINS - 1) / (high - low);
  counts.fill(0);
  for (const value of values) counts[((value - low) * scale) | 0]!++;
  let bin = 0;
  let before = 0;
  return ranks.map((rank) => {
    while (before + counts[bin]! <= rank) before += counts[bin++]!;
    let found = 0;
    for (const value of values) {
      if ((((value - low) * scale) | 0) === bin) candidates[found++] = value;
    }
    return candidates.subarray(0, found).sort()[rank - before]!;
  });
}

/**
 * Intersection over union of the top parts of two maps, one number per percentile.
 * NaN where both parts are empty.
 * @param a levels of one map
 * @param b levels of the other, same length
 * @param count number of percentiles the levels were cut at
 */
export function topPartIou(a: Uint8Array, b: Uint8Array, count: number): number[] {
  if (a.length !== b.length) throw new InvariantError(`overlap of maps with ${a.length} and ${b.length} pixels`);
  // Joint histogram of the two levels: one pass serves every percentile. Eight levels at most per map.
  const joint = new Uint32Array(64);
  for (let pixel = 0; pixel < a.length; pixel++) joint[(a[pixel]! << 3) | b[pixel]!]!++;
  const result: number[] = [];
  for (let level = 1; level <= count; level++) {
    let both = 0;
    let either = 0;
    for (let x = 0; x <= count; x++) {
      for (let y = 0; y <= count; y++) {
        const pixels = joint[(x << 3) | y]!;
        if (x >= level && y >= level) both += pixels;
        if (x >= level || y >= level) either += pixels;
      }
    }
    result.push(both / either);
  }
  return result;
}
