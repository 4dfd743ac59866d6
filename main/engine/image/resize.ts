/** The named reference of resampling: separable, antialiased, in 8-bit fixed point, as Pillow's `Image.resize` does it. */
import { InvariantError } from '../errors.ts';

/** Pixels as the decoder gives them: row-major, channels interleaved, 0..255. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [height, width, channels] */
  readonly data: Uint8Array;
}

/** A part of the resized image: only these pixels are computed. In px of the resized image. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A resampling filter: its half width in source pixels at scale 1, and its weight at a distance. */
interface Filter {
  readonly support: number;
  readonly weight: (distance: number) => number;
}

/** Keys' cubic with a = -0.5 (Keys 1981), Pillow's choice; libvips calls it Catmull-Rom. */
const CUBIC_A = -0.5;

const FILTERS = {
  bilinear: { support: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  bicubic: {
    support: 2,
    weight: (distance) => {
      const x = Math.abs(distance);
      if (x < 1) return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
      if (x < 2) return (((x - 5) * x + 8) * x - 4) * CUBIC_A;
      return 0;
    },
  },
} as const satisfies Record<string, Filter>;

/** Filters of `resizePixels`. 'nearest' takes the pixel under the centre of the new one, never antialiased. */
export type Interpolation = keyof typeof FILTERS | 'nearest';

/** Fraction bits of the weights: 8 bits of pixel and 2 of headroom stay in 32 (Pillow, `Resample.c`). */
const PRECISION_BITS = 22;

/** Rounds the shift that ends a sum. */
const HALF = 1 << (PRECISION_BITS - 1);

/** For each new pixel: the first old pixel and the fixed-point weights of its taps. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [new pixels, width], rows padded with 0. */
  readonly weights: Int32Array;
  readonly width: number;
}

/**
 * Resizes an image, or only a window of the result.
 *
 * Shrinking stretches the filter by the scale, so every old pixel counts (antialiasing). The horizontal pass runs
 * first and is rounded to 8 bits; weights outside the image are dropped and the rest normalised.
 * @param source [height, width, channels]
 * @param width new width in px, >= 1
 * @param height new height in px, >= 1
 * @param window part of the new image to compute. Default: all of it
 * @returns window.height x window.width pixels
 * @throws InvariantError when the window reaches outside the new image
 */
export function resizePixels(
  source: Pixels,
  width: number,
  height: number,
  interpolation: Interpolation,
  window: Window = { left: 0, top: 0, width, height },
): Pixels {
  if (window.left < 0 || window.top < 0 || window.left + window.width > width || window.top + window.height > height) {
    throw new InvariantError(`window ${JSON.stringify(window)} reaches outside ${width} x ${height}`);
  }
  if (interpolation === 'nearest') return nearest(source, width, height, window);
  const filter = FILTERS[interpolation];
  const columns = tapsOf(source.width, width, window.left, window.width, filter);
  const rows = tapsOf(source.height, height, window.top, window.height, filter);
  // Only the rows the vertical pass will read.
  const firstRow = rows.first[0]!;
  const lastRow = rows.first.at(-1)! + rows.count.at(-1)!;
  const narrow = horizontal(source, columns, firstRow, lastRow, window.width);
  return vertical(narrow, rows, firstRow, window, source.channels);
}

/** Weights of new pixels `start` .. `start + length`, after Pillow's `precompute_coeffs`. */
function tapsOf(oldSize: number, newSize: number, start: number, length: number, filter: Filter): Taps {
  const scale = oldSize / newSize;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  const width = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * width);
  const row = new Float64Array(width);
  for (let index = 0; index < length; index++) {
    const center = (start + index + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - support + 0.5));
    const taps = Math.min(oldSize, Math.trunc(center + support + 0.5)) - from;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      row[tap] = filter.weight((from + tap - center + 0.5) / stretch);
      sum += row[tap]!;
    }
    for (let tap = 0; tap < taps; tap++) {
      const fixed = (row[tap]! / sum) * (1 << PRECISION_BITS);
      weights[index * width + tap] = Math.trunc(fixed + (fixed < 0 ? -0.5 : 0.5));
    }
    // Taps that weigh nothing at either end (a pixel exactly one filter away) are not walked.
    let skipped = 0;
    while (skipped < taps - 1 && weights[index * width + skipped] === 0) skipped++;
    weights.copyWithin(index * width, index * width + skipped, index * width + taps);
    let kept = taps - skipped;
    while (kept > 1 && weights[index * width + kept - 1] === 0) kept--;
    first[index] = from + skipped;
    count[index] = kept;
  }
  return { first, count, weights, width };
}

/** [rows, old width, channels] -> [rows, new width, channels], 8 bits. */
function horizontal(source: Pixels, taps: Taps, firstRow: number, lastRow: number, width: number): Uint8ClampedArray {
  const { channels, data } = source;
  const out = new Uint8ClampedArray((lastRow - firstRow) * width * channels);
  const { first, count, weights } = taps;
  let target = 0;
  for (let y = firstRow; y < lastRow; y++) {
    const line = y * source.width * channels;
    for (let x = 0; x < width; x++) {
      const weight = x * taps.width;
      const end = weight + count[x]!;
      let at = line + first[x]! * channels;
      if (count[x] === 2 && channels === 3) {
        // Enlarging bilinearly, the common case of small images: unrolled, it runs a third faster.
        const left = weights[weight]!;
        const right = weights[weight + 1]!;
        out[target] = (HALF + data[at]! * left + data[at + 3]! * right) >> PRECISION_BITS;
        out[target + 1] = (HALF + data[at + 1]! * left + data[at + 4]! * right) >> PRECISION_BITS;
        out[target + 2] = (HALF + data[at + 2]! * left + data[at + 5]! * right) >> PRECISION_BITS;
        target += 3;
        continue;
      }
      // One walk over the taps for all channels: the weights are read once.
      let sum0 = HALF;
      let sum1 = HALF;
      let sum2 = HALF;
      if (channels === 1) {
        for (let tap = weight; tap < end; tap++) sum0 += data[at++]! * weights[tap]!;
        out[target++] = sum0 >> PRECISION_BITS;
        continue;
      }
      for (let tap = weight; tap < end; tap++, at += 3) {
        const factor = weights[tap]!;
        sum0 += data[at]! * factor;
        sum1 += data[at + 1]! * factor;
        sum2 += data[at + 2]! * factor;
      }
      out[target] = sum0 >> PRECISION_BITS;
      out[target + 1] = sum1 >> PRECISION_BITS;
      out[target + 2] = sum2 >> PRECISION_BITS;
      target += 3;
    }
  }
  return out;
}

/** [rows, width, channels] -> [new rows, width, channels], 8 bits; a whole line at a time, which is how memory lies. */
function vertical(lines: Uint8ClampedArray, taps: Taps, firstRow: number, window: Window, channels: 1 | 3): Pixels {
  const length = window.width * channels;
  const out = new Uint8ClampedArray(window.height * length);
  const sums = new Int32Array(length);
  for (let y = 0; y < window.height; y++) {
    const count = taps.count[y]!;
    const weight = y * taps.width;
    const line = (taps.first[y]! - firstRow) * length;
    const target = y * length;
    if (count <= 2) {
      // Enlarging bilinearly has two taps; without the array of sums it runs twice as fast.
      const above = taps.weights[weight]!;
      const below = count === 2 ? taps.weights[weight + 1]! : 0;
      const next = count === 2 ? line + length : line;
      for (let at = 0; at < length; at++) {
        out[target + at] = (HALF + lines[line + at]! * above + lines[next + at]! * below) >> PRECISION_BITS;
      }
      continue;
    }
    sums.fill(HALF);
    for (let tap = 0, from = line; tap < count; tap++, from += length) {
      const factor = taps.weights[weight + tap]!;
      for (let at = 0; at < length; at++) sums[at]! += lines[from + at]! * factor;
    }
    for (let at = 0; at < length; at++) out[target + at] = sums[at]! >> PRECISION_BITS;
  }
  return { width: window.width, height: window.height, channels, data: new Uint8Array(out.buffer) };
}

function nearest(source: Pixels, width: number, height: number, window: Window): Pixels {
  const { channels } = source;
  const data = new Uint8Array(window.width * window.height * channels);
  let target = 0;
  for (let y = 0; y < window.height; y++) {
    const oldY = Math.floor(((window.top + y + 0.5) * source.height) / height);
    for (let x = 0; x < window.width; x++) {
      const oldX = Math.floor(((window.left + x + 0.5) * source.width) / width);
      const from = (oldY * source.width + oldX) * channels;
      for (let channel = 0; channel < channels; channel++) data[target++] = source.data[from + channel]!;
    }
  }
  return { width: window.width, height: window.height, channels, data };
}
