/** What a bench reports: one number with its unit, and what it is measured against. */

/** One measured number. */
export interface BenchResult {
  /** What was measured, such as 'open 100,000 images'. */
  readonly name: string;
  readonly value: number;
  /** Such as 'ms', 'images/s', 'MB', 'x'. */
  readonly unit: string;
  /** The most (or, for rates, the least) that is acceptable, in the same unit. */
  readonly target?: number;
  /** The value against a reference measured in the same run, for comparisons that do not depend on the machine. */
  readonly ratio?: number;
}
