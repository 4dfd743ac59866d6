/** The one form every reported number has: value, interval, sample size, chance level. */

/**
 * A measured number with its 95 % interval.
 * `low <= value <= high` for rates and means; `n` counts the units the interval is over (images, unless said otherwise).
 * `chance` is the level that needs no skill, where one is defined.
 */
export interface Measure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly chance?: number;
}

/** A number that could not be measured, with the reason in the user's words. Never reported as zero. */
export interface NotAssessed {
  readonly value: null;
  readonly n: number;
  readonly reason: string;
}

/** A measure, or why there is none. */
export type Assessment = Measure | NotAssessed;

/** States that a number could not be measured. */
export function notAssessed(reason: string, n = 0): NotAssessed {
  return { value: null, n, reason };
}

/** True when a value was measured. */
export function isAssessed(assessment: Assessment): assessment is Measure {
  return assessment.value !== null;
}

/** A count or a property that is known, not estimated: the interval has no width. */
export function exactMeasure(value: number, n: number): Measure {
  return { value, low: value, high: value, n };
}

/** The same measure with a chance level; a number that was not assessed stays so. */
export function withChance<T extends Assessment>(assessment: T, chance: number): T {
  return isAssessed(assessment) ? { ...assessment, chance } : assessment;
}
