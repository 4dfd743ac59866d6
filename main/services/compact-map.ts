/** Maps over the feature grid with 8 bits per position, small enough to send and to print. */
import type { CompactMap } from '../../preload/contract/index.ts';
import { rangeOf } from '../engine/metrics/top-part.ts';

/** Value of the highest position. */
const HIGHEST = 255;

/** Scales a map, [height * width] and finite, so that its minimum becomes 0 and its maximum 255; a flat map is all 0. */
export function compactMap(map: Float32Array, height: number, width: number): CompactMap {
  const { low, high } = rangeOf(map);
  const scale = high > low ? HIGHEST / (high - low) : 0;
  return { width, height, low, high, values: Uint8Array.from(map, (value) => Math.round((value - low) * scale)) };
}
