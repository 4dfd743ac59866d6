/** What a bench reports: one number with its unit, and what it is measured against. */

/** One measured number. */
export interface BenchResult {
  /** What was measured, such as 'open 100,000 images'. */
  readonly name: string;
  readonly value: number;
  /** Such as 'ms', 'images/s', 'MB', 'x'; a unit per second is better when larger, any other when smaller. */
  readonly unit: string;
  /** The most that is acceptable (for rates the least): of `ratio` where there is one, else of `value`. */
  readonly target?: number;
  /** The value against a reference measured in the same run, for comparisons that do not depend on the machine. */
  readonly ratio?: number;
}

/** Whether a result keeps its target; undefined without one. */
export function meetsTarget({ value, unit, target, ratio }: BenchResult): boolean | undefined {
  if (target === undefined) return undefined;
  if (ratio !== undefined) return ratio <= target;
  return unit.endsWith('/s') ? value >= target : value <= target;
}

/** The middle value; of an even count the upper of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
