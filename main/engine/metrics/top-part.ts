/** The strongest part of a map at several percentiles at once, and the overlap of two such parts. */
import { InvariantError } from '../errors.ts';

/** The pixels of a map strictly above each percentile, as bit sets. */
export interface TopParts {
  /** One bit set per percentile, [percentiles, words]: pixel x is bit x % 32 of word floor(x / 32). */
  readonly bits: Uint32Array;
  /** Pixels in each part, one number per percentile. */
  readonly areas: readonly number[];
  /** A constant map, which has no strongest part: all areas are 0. */
  readonly isFlat: boolean;
}

/** Bins of the selection histogram: about a dozen values each at 224 x 224. Bin 0 holds the minimum alone. */
const BINS = 4096;

/** Reusable buffers of `topParts` for maps of one size. */
export interface TopPartScratch {
  readonly counts: Uint32Array;
  /** 1 where a threshold falls into the bin. */
  readonly isWanted: Uint8Array;
  /** Bin of each pixel. */
  readonly bins: Uint16Array;
  /** Values in wanted bins, and the values of one of them. */
  readonly wanted: Float32Array;
  readonly wantedBins: Uint16Array;
  readonly candidates: Float32Array;
}

/** Buffers for maps of `size` pixels. */
export function createTopPartScratch(size: number): TopPartScratch {
  return {
    counts: new Uint32Array(BINS),
    isWanted: new Uint8Array(BINS),
    bins: new Uint16Array(size),
    wanted: new Float32Array(size),
    wantedBins: new Uint16Array(size),
    candidates: new Float32Array(size),
  };
}

/** Storage for the bit sets of a map of `size` pixels. */
export function createTopPartBits(size: number, percentileCount: number): Uint32Array {
  return new Uint32Array(percentileCount * Math.ceil(size / 32));
}

/**
 * Cuts a map at percentiles (NumPy's definition, linear interpolation), strict >.
 *
 * Strictly above the interpolated percentile means strictly above the order statistic at floor(p/100 (size-1)):
 * no value lies between it and the next. So one exact order statistic per percentile is enough, and scaling the map
 * to 0..1 changes nothing.
 * @param map finite values
 * @param percentiles ascending, 0..100
 * @param bits output, from `createTopPartBits`
 */
export function topParts(
  map: Float32Array,
  percentiles: readonly number[],
  bits: Uint32Array,
  scratch: TopPartScratch,
): TopParts {
  const { low, high } = rangeOf(map);
  if (!(high > low)) return { bits: bits.fill(0), areas: percentiles.map(() => 0), isFlat: true };
  const ranks = percentiles.map((percentile) => Math.floor((percentile / 100) * (map.length - 1)));
  const thresholds = orderStatistics(map, ranks, low, high, scratch);
  const words = bits.length / percentiles.length;
  const areas = thresholds.map((threshold, part) =>
    markAbove(map, threshold, bits.subarray(part * words, (part + 1) * words)),
  );
  return { bits, areas, isFlat: false };
}

/** Smallest and largest value; Infinity and -Infinity when there is none. */
export function rangeOf(map: Float32Array): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- over typed arrays for-of takes ten times as long
  for (let pixel = 0; pixel < map.length; pixel++) {
    const value = map[pixel]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/**
 * Exact order statistics by one histogram: rounding keeps the order, so each rank lies in a known bin, and only those
 * bins are sorted.
 * @param ranks ascending, 0-based
 */
function orderStatistics(
  map: Float32Array,
  ranks: readonly number[],
  low: number,
  high: number,
  { counts, isWanted, bins, wanted, wantedBins, candidates }: TopPartScratch,
): number[] {
  const scale = (BINS - 2) / (high - low);
  counts.fill(0);
  for (let pixel = 0; pixel < map.length; pixel++) {
    const value = map[pixel]!;
    const bin = value === low ? 0 : 1 + (((value - low) * scale) | 0);
    bins[pixel] = bin;
    counts[bin]!++;
  }
  let bin = 0;
  let before = 0;
  const places = ranks.map((rank) => {
    while (before + counts[bin]! <= rank) before += counts[bin++]!;
    return { bin, rank: rank - before };
  });
  isWanted.fill(0);
  // Bin 0 needs no sorting: all its values are the minimum.
  for (const place of places) if (place.bin > 0) isWanted[place.bin] = 1;
  let wantedCount = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    if (isWanted[bins[pixel]!] === 0) continue;
    wanted[wantedCount] = map[pixel]!;
    wantedBins[wantedCount++] = bins[pixel]!;
  }
  return places.map((place) => {
    if (place.bin === 0) return low;
    let found = 0;
    for (let index = 0; index < wantedCount; index++) {
      if (wantedBins[index] === place.bin) candidates[found++] = wanted[index]!;
    }
    return candidates.subarray(0, found).sort()[place.rank]!;
  });
}

/** Writes the bits of the pixels above a threshold, a whole word at a time. @returns pixels above */
function markAbove(map: Float32Array, threshold: number, bits: Uint32Array): number {
  let area = 0;
  for (let word = 0; word < bits.length; word++) {
    const first = word * 32;
    const count = Math.min(32, map.length - first);
    let marked = 0;
    for (let bit = 0; bit < count; bit++) if (map[first + bit]! > threshold) marked |= 1 << bit;
    bits[word] = marked;
    area += bitCount(marked);
  }
  return area;
}

/**
 * Intersection over union of the top parts of two maps, one number per percentile; NaN where both parts are empty.
 * @throws InvariantError when the maps differ in size or percentiles
 */
export function topPartIou(a: TopParts, b: TopParts): number[] {
  if (a.bits.length !== b.bits.length || a.areas.length !== b.areas.length) {
    throw new InvariantError(`overlap of bit sets with ${a.bits.length} and ${b.bits.length} words`);
  }
  const words = a.bits.length / a.areas.length;
  return a.areas.map((area, part) => {
    let both = 0;
    for (let word = part * words; word < (part + 1) * words; word++) both += bitCount(a.bits[word]! & b.bits[word]!);
    return both / (area + b.areas[part]! - both);
  });
}

/** Number of ones in a 32-bit word (Warren, Hacker's Delight, section 5-1). */
function bitCount(word: number): number {
  let count = word - ((word >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
