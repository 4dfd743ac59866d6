/** Round numbers along an axis. */
import type { Range } from './scale.ts';

/** Factors of a power of ten that read as round. */
const ROUND = [1, 2, 5, 10] as const;

/**
 * Distance between ticks: 1, 2 or 5 times a power of ten, so that about `count` ticks fit.
 * @param span > 0
 * @param count wished number of intervals, >= 1
 */
export function tickStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  // Geometric means between neighbours, as in Wilkinson's and d3's tick rule: the nearest round step wins.
  const factor = ROUND.find((round, place) => rough / power < Math.sqrt(round * (ROUND[place + 1] ?? 10))) ?? 10;
  return factor * power;
}

/** Round values within a range, ascending; the range's one value when it has no span. */
export function ticks({ low, high }: Range, count: number): readonly number[] {
  if (!(high > low)) return [low];
  const step = tickStep(high - low, count);
  const first = Math.ceil(low / step - ROUNDING);
  const last = Math.floor(high / step + ROUNDING);
  const digits = decimalsOf(step);
  // toFixed takes the dust of binary fractions away: 3 x 0.1 is 0.30000000000000004. `+ 0` makes -0 a 0.
  return Array.from({ length: last - first + 1 }, (_, place) => Number(((first + place) * step).toFixed(digits)) + 0);
}

/** Share of a step by which a tick may miss the range through rounding. */
const ROUNDING = 1e-9;

/** Decimals that write a step, and so its multiples, in full: 0.25 -> 2, 0.1 -> 1, 5 -> 0. */
export function decimalsOf(step: number): number {
  const leading = Math.max(0, -Math.floor(Math.log10(step) + ROUNDING));
  const scaled = step * 10 ** leading;
  return Math.abs(scaled - Math.round(scaled)) < ROUNDING ? leading : leading + 1;
}
