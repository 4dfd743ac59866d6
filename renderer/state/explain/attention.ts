/** Overlaps of an explanation's two attention maps. */

/** Percentiles at which strongest parts are compared: '90' keeps the strongest tenth of the pixels. */
export const PERCENTILES = ['50', '75', '90'] as const;

/**
 * IoU of two independent random parts of this size: a share a of the pixels each gives a^2 / (2 a - a^2), up to terms
 * that vanish with the number of pixels.
 */
export function chanceIou(percentile: (typeof PERCENTILES)[number]): number {
  const share = 1 - Number(percentile) / 100;
  return share / (2 - share);
}
