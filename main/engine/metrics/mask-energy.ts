/** Where part or object masks exist: how much of a map lies inside. */
import { PERCENTILES } from './evaluation.ts';
import { rangeOf } from './top-part.ts';
import type { TopParts } from './top-part.ts';

/** The part `pointing` looks at is the top 10 % (method.md section 6): its place in PERCENTILES. */
const POINTING_INDEX = PERCENTILES.indexOf(90);

/**
 * Share of a map's energy inside a mask, 0..1; NaN when the map is flat. Energy is the map above its minimum (a
 * constant offset of a similarity is not evidence), summed.
 * @param map finite values, one per pixel
 * @param mask same size, non-zero inside
 */
export function energyInMask(map: Float32Array, mask: Uint8Array): number {
  const { low } = rangeOf(map);
  let energy = 0;
  let inside = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    const value = map[pixel]! - low;
    energy += value;
    if (mask[pixel] !== 0) inside += value;
  }
  return inside / energy;
}

/** Share of the map's top-10 % pixels inside a mask, 0..1; NaN when the map is flat. */
export function pointing(map: TopParts, mask: Uint8Array): number {
  const words = map.bits.length / map.areas.length;
  let inside = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const word = map.bits[POINTING_INDEX * words + (pixel >>> 5)]!;
    if (mask[pixel] !== 0) inside += (word >>> (pixel & 31)) & 1;
  }
  return inside / map.areas[POINTING_INDEX]!;
}

/** Share of the pixels inside a mask: what a map without any knowledge scores on both measures. */
export function maskShare(mask: Uint8Array): number {
  return mask.reduce((count, value) => count + Number(value !== 0), 0) / mask.length;
}
