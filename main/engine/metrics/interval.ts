/** Intervals and paired tests: Wilson, Newcombe, percentile bootstrap, exact McNemar. */
import { InvariantError } from '../errors.ts';
import type { Random } from '../tensor/random.ts';
import { notAssessed } from './measure.ts';
import type { Assessment, Measure } from './measure.ts';

/** Two-sided 95 % quantile of the standard normal. */
export const Z_95 = 1.959963984540054;

/** Bounds of an interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Score interval of a rate (Wilson 1927).
 * @param successes 0..n
 * @param n trials, > 0
 * @param z normal quantile, default 95 %
 */
export function wilson(successes: number, n: number, z = Z_95): Interval {
  if (!(n > 0) || successes < 0 || successes > n) throw new InvariantError(`wilson: ${successes} of ${n}`);
  const centre = successes + (z * z) / 2;
  const spread = z * Math.sqrt((successes * (n - successes)) / n + (z * z) / 4);
  const total = n + z * z;
  // At 0 and n the bound is exactly 0 and 1; rounding must not leave it a hair inside.
  return {
    low: successes === 0 ? 0 : (centre - spread) / total,
    high: successes === n ? 1 : (centre + spread) / total,
  };
}

/**
 * Interval of the difference of two independent rates, first minus second
 * (Newcombe 1998, Statistics in Medicine 17:873, method 10: Wilson bounds combined).
 */
export function newcombe(successesA: number, nA: number, successesB: number, nB: number, z = Z_95): Interval {
  const a = successesA / nA;
  const b = successesB / nB;
  const boundsA = wilson(successesA, nA, z);
  const boundsB = wilson(successesB, nB, z);
  return {
    low: a - b - Math.hypot(a - boundsA.low, boundsB.high - b),
    high: a - b + Math.hypot(boundsA.high - a, b - boundsB.low),
  };
}

/** How a bootstrap is drawn. */
export interface BootstrapOptions {
  readonly random: Random;
  /** Resamples; by default 2,000, fewer (at least 200) once n times resamples passes `DRAW_LIMIT`. */
  readonly resamples?: number;
}

/** Draws one bootstrap may make by default: keeps an evaluation of 100,000 images within seconds. */
const DRAW_LIMIT = 20_000_000;

/** From this many values on, the bootstrap of a mean only repeats the normal interval it converges to. */
const NORMAL_FROM = 10_000;

/** Resamples of the default bootstrap for n values. */
function defaultResamples(n: number): number {
  return Math.max(200, Math.min(2000, Math.floor(DRAW_LIMIT / n)));
}

/**
 * Percentile bootstrap interval (Efron 1979) of any statistic of n exchangeable units.
 * @param statistic value for the units drawn; a NaN (undefined in that resample) is left out
 */
export function bootstrap(n: number, statistic: (drawn: Uint32Array) => number, options: BootstrapOptions): Interval {
  if (n === 0) throw new InvariantError('bootstrap: no values');
  const resamples = options.resamples ?? defaultResamples(n);
  const drawn = new Uint32Array(n);
  const values: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    for (let index = 0; index < n; index++) drawn[index] = options.random.integer(n);
    const value = statistic(drawn);
    if (!Number.isNaN(value)) values.push(value);
  }
  const sorted = Float64Array.from(values).sort();
  return { low: quantileOfSorted(sorted, 0.025), high: quantileOfSorted(sorted, 0.975) };
}

/**
 * Quantile with linear interpolation between order statistics (NumPy's default, Hyndman-Fan type 7).
 * @param sorted ascending
 * @param probability 0..1
 */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  if (sorted.length === 0) return NaN;
  const rank = probability * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (rank - below) * (high - low);
}

/**
 * A rate with its Wilson interval.
 * @param reason why it cannot be measured when n is 0
 */
export function measureRate(successes: number, n: number, reason = 'no images'): Assessment {
  return n === 0 ? notAssessed(reason) : { value: successes / n, ...wilson(successes, n), n };
}

/**
 * A mean with its percentile bootstrap interval (from 10,000 values on, the normal one). Values that are NaN were not assessed and are left out.
 * @param values one per unit
 * @param reason why it cannot be measured when nothing is left
 */
export function measureMean(values: ArrayLike<number>, random: Random, reason = 'no images'): Assessment {
  const kept = Float64Array.from(values).filter((value) => !Number.isNaN(value));
  if (kept.length === 0) return notAssessed(reason);
  const mean = meanOf(kept);
  // One value, or equal values: nothing varies, and the resamples would only repeat it.
  if (kept.every((value) => value === kept[0])) return { value: mean, low: mean, high: mean, n: kept.length };
  if (kept.length >= NORMAL_FROM) {
    const half = Z_95 * standardError(kept, mean);
    return { value: mean, low: mean - half, high: mean + half, n: kept.length };
  }
  const interval = bootstrap(kept.length, (drawn) => meanOfDrawn(kept, drawn), { random });
  return { value: mean, ...interval, n: kept.length };
}

/**
 * The mean difference of paired values, first minus second, with a paired bootstrap interval.
 * Pairs where either value is NaN are left out.
 */
export function measurePairedDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  random: Random,
  reason = 'no images',
): Assessment {
  if (first.length !== second.length) {
    throw new InvariantError(`paired difference: ${first.length} and ${second.length} values`);
  }
  const differences = Float64Array.from(first, (value, index) => value - second[index]!);
  return measureMean(differences, random, reason);
}

/** A statistic of n units with its bootstrap interval. */
export function measureStatistic(n: number, statistic: (drawn: Uint32Array) => number, random: Random): Measure {
  const everyUnit = Uint32Array.from({ length: n }, (_, index) => index);
  return { value: statistic(everyUnit), ...bootstrap(n, statistic, { random }), n };
}

/**
 * The mean of a symmetric figure over all pairs of units, with the interval of a U-statistic of degree two:
 * 2 x standard error of the units' own means (Hoeffding 1948, theorem 7.1).
 * @param n units
 * @param figure of units a < b
 * @param reason why it cannot be measured when there is no pair
 */
export function measurePairMean(n: number, figure: (a: number, b: number) => number, reason: string): Assessment {
  if (n < 2) return notAssessed(reason, n);
  const means = new Float64Array(n);
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      const value = figure(a, b) / (n - 1);
      means[a]! += value;
      means[b]! += value;
    }
  }
  const value = meanOf(means);
  const half = 2 * Z_95 * standardError(means, value);
  return { value, low: value - half, high: value + half, n };
}

/**
 * A mean with Student's t interval: for the many small samples of figures per word, where a bootstrap would cost too much.
 * NaN values were not assessed and are left out.
 */
export function measureMeanStudent(values: ArrayLike<number>, reason: string): Assessment {
  const kept = Float64Array.from(values).filter((value) => !Number.isNaN(value));
  if (kept.length < 2) return notAssessed(reason, kept.length);
  const value = meanOf(kept);
  const half = studentQuantile(kept.length - 1) * standardError(kept, value);
  return { value, low: value - half, high: value + half, n: kept.length };
}

/** Two-sided 95 % quantile of Student's t (Abramowitz & Stegun 26.7.5; exact for 1 and 2 degrees of freedom). */
export function studentQuantile(degrees: number): number {
  if (degrees === 1) return 12.706204736432095;
  if (degrees === 2) return 4.302652729911275;
  const z = Z_95;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, index) => sum + term / degrees ** (index + 1), z);
}

/** Standard error of a mean. */
function standardError(values: Float64Array, mean: number): number {
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/**
 * Exact McNemar test: two-sided binomial p value of the discordant pairs (McNemar 1947).
 * @param onlyFirst units only the first model gets right
 * @param onlySecond units only the second model gets right
 * @returns 1 when there is no discordant pair
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const smaller = Math.min(onlyFirst, onlySecond);
  // Binomial(n, 1/2) by logarithms: n choose k overflows from n = 1030 on.
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= smaller; k++) {
    logTerm += Math.log((n - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}

/** Arithmetic mean; NaN when empty. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function meanOfDrawn(values: Float64Array, drawn: Uint32Array): number {
  let sum = 0;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- over typed arrays for-of takes ten times as long
  for (let place = 0; place < drawn.length; place++) sum += values[drawn[place]!]!;
  return sum / drawn.length;
}
