/** What can be laid over the explained image. */
import type { CompactMap } from '../../../preload/contract/index.ts';
import type { WordShare } from './decision.ts';

/** Layers by name; 'contribution' adds up the maps of all words, 'attention' is what the overlap is measured of. */
export const LAYERS = ['image', 'gradCam', 'attention', 'contribution', 'word'] as const;
export type LayerName = (typeof LAYERS)[number];

/** Value of the strongest position of a compact map. */
const HIGHEST = 255;

/**
 * Sum over words of relu(weight) x similarity at every position: where the evidence for the class lies.
 * The contribution-weighted map of the evaluation, from maps of 8 bits.
 * @returns null when no word speaks for the class
 */
export function contributionMap(words: readonly WordShare[]): CompactMap | null {
  const positive = words.filter(({ weight }) => weight > 0);
  const first = positive[0]?.map;
  if (first === undefined) return null;
  const sum = new Float64Array(first.width * first.height);
  for (const { weight, map } of positive) {
    const step = (map.high - map.low) / HIGHEST;
    for (let place = 0; place < sum.length; place++) sum[place]! += weight * (map.low + map.values[place]! * step);
  }
  const low = Math.min(...sum);
  const high = Math.max(...sum);
  const scale = high > low ? HIGHEST / (high - low) : 0;
  return {
    width: first.width,
    height: first.height,
    low,
    high,
    values: Uint8Array.from(sum, (value) => Math.round((value - low) * scale)),
  };
}
