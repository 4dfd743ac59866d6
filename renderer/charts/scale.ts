/** Linear scales between values and pixels. */

/** A closed range; `low` may not exceed `high`. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Maps values to positions and back. */
export interface Scale {
  readonly domain: Range;
  /** Position of a value, px; values outside the domain lie outside the range. */
  at(value: number): number;
  /** Value at a position. */
  value(position: number): number;
}

/**
 * A linear scale. A domain of one value maps to the middle of the range.
 * @param from position of `domain.low`, px
 * @param to position of `domain.high`, px; smaller than `from` for an axis that points up
 */
export function linearScale(domain: Range, from: number, to: number): Scale {
  const span = domain.high - domain.low;
  return {
    domain,
    at: (value) => (span === 0 ? (from + to) / 2 : from + ((value - domain.low) / span) * (to - from)),
    value: (position) => (to === from ? domain.low : domain.low + ((position - from) / (to - from)) * span),
  };
}

/**
 * The range of all finite values.
 * @param including values that the range must hold as well, such as 0
 * @returns 0..1 when there is no finite value
 */
export function extent(values: Iterable<number>, including: readonly number[] = []): Range {
  let low = Infinity;
  let high = -Infinity;
  const grow = (value: number): void => {
    if (!Number.isFinite(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const value of values) grow(value);
  including.forEach(grow);
  return low <= high ? { low, high } : { low: 0, high: 1 };
}

/** Keeps a number within a range. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
