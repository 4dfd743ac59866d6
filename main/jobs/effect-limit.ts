/** How many images the effect of a change is judged on. */

/** Bytes of maps kept for one run. */
const MAP_BYTES = 128 * 1024 * 1024;

/** Images judged on at most: more only make the interval narrower, and the answer slower. */
const EFFECT_IMAGES = 2_000;

/** How many images fit. @param positions rows times columns of the feature map */
export function effectImageLimit(wordCount: number, positions: number): number {
  return Math.min(EFFECT_IMAGES, Math.max(1, Math.floor(MAP_BYTES / (4 * wordCount * positions))));
}
