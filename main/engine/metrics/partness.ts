/** Do an image's strongest words point at different parts, or all at the same place? */
import { topPartIou } from './top-part.ts';
import type { TopParts } from './top-part.ts';
import { PERCENTILES } from './evaluation.ts';

/** Words compared per image (reference.md). */
export const PARTNESS_WORDS = 5;

/** Percentile of the compared parts, by its place in PERCENTILES. */
const PERCENTILE_INDEX = PERCENTILES.indexOf(75);

/**
 * Mean pairwise IoU@75 of the maps of an image's strongest words: low = different parts, 1 = the same place.
 * Flat maps have no part and are left out.
 * @returns NaN when fewer than two maps are left
 */
export function partness(maps: readonly TopParts[]): number {
  const parts = maps.slice(0, PARTNESS_WORDS).filter((map) => !map.isFlat);
  let sum = 0;
  let pairs = 0;
  for (let first = 0; first < parts.length; first++) {
    for (let second = first + 1; second < parts.length; second++) {
      sum += topPartIou(parts[first]!, parts[second]!)[PERCENTILE_INDEX]!;
      pairs++;
    }
  }
  return sum / pairs;
}
