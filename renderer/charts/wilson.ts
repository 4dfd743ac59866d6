/** The score interval of a rate, for counts that only the window knows (the images of a filter). */
import type { Assessment } from '../../preload/contract/index.ts';

/** Two-sided 95 % quantile of the standard normal. */
const Z_95 = 1.959963984540054;

/**
 * A rate with its 95 % Wilson interval (Wilson 1927, JASA 22:209).
 * @param successes 0..n
 * @param n trials
 * @param options.chance what guessing would give; options.reason why there is no rate when n is 0
 */
export function rateOf(
  successes: number,
  n: number,
  options: { readonly chance?: number; readonly reason: string },
): Assessment {
  if (n === 0) return { value: null, n, reason: options.reason };
  const square = Z_95 * Z_95;
  const centre = successes + square / 2;
  const spread = Z_95 * Math.sqrt((successes * (n - successes)) / n + square / 4);
  return {
    value: successes / n,
    // At 0 and n the bound is exactly 0 and 1; rounding must not leave it a hair inside.
    low: successes === 0 ? 0 : (centre - spread) / (n + square),
    high: successes === n ? 1 : (centre + spread) / (n + square),
    n,
    ...(options.chance === undefined ? {} : { chance: options.chance }),
  };
}
