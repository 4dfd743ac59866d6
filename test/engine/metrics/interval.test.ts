/** Intervals cover the true value as often as they promise, counted exactly where that can be. */
import { describe, expect, it } from 'vitest';
import {
  bootstrap,
  mcnemarExact,
  measureMean,
  measureMeanStudent,
  measurePairMean,
  measurePairedDifference,
  measureRate,
  newcombe,
  quantileOfSorted,
  studentQuantile,
  wilson,
} from '../../../main/engine/metrics/interval.ts';
import { isAssessed } from '../../../main/engine/metrics/measure.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';

describe('Wilson interval', () => {
  // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i equals the published bounds', (successes, n, low, high) => {
    const interval = wilson(successes, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('reaches exactly 1 when every trial succeeds', () => {
    expect(wilson(20, 20).high).toBe(1);
    expect(wilson(20, 20).low).toBeCloseTo(1 - 0.1611, 4);
  });

  it('covers the true rate about 95 % of the time, counted exactly over the binomial distribution', () => {
    for (const rate of [0.1, 0.5, 0.9, 0.98]) {
      const n = 100;
      let coverage = 0;
      let probability = (1 - rate) ** n;
      for (let k = 0; k <= n; k++) {
        const { low, high } = wilson(k, n);
        if (low <= rate && rate <= high) coverage += probability;
        probability *= ((n - k) / (k + 1)) * (rate / (1 - rate));
      }
      expect(coverage).toBeGreaterThan(0.92);
      expect(coverage).toBeLessThan(0.985);
    }
  });
});

describe('Newcombe interval of a difference', () => {
  // Newcombe 1998, Statistics in Medicine 17:873, table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
  ])('of %i/%i and %i/%i equals the published bounds', (a, nA, b, nB, low, high) => {
    const interval = newcombe(a, nA, b, nB);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });
});

describe('exact McNemar test', () => {
  it.each([
    [0, 0, 1],
    [5, 0, 2 / 32],
    [1, 9, (2 * 11) / 1024],
    [3, 3, 1],
    [2, 8, (2 * 56) / 1024],
  ])('gives the binomial tail for %i against %i discordant pairs', (a, b, p) => {
    expect(mcnemarExact(a, b)).toBeCloseTo(p, 12);
  });

  it('does not overflow for thousands of pairs', () => {
    // Normal approximation with continuity correction: z = (200 - 1) / sqrt(4000) = 3.1464, p = 0.00165.
    expect(mcnemarExact(1900, 2100)).toBeCloseTo(0.00165, 4);
  });
});

describe('bootstrap', () => {
  it('covers the mean of a skewed distribution nearly as often as promised', () => {
    const random = createRandom(11);
    let covered = 0;
    const trials = 300;
    for (let trial = 0; trial < trials; trial++) {
      const values = Float64Array.from({ length: 60 }, () => -Math.log(1 - random.next())); // exponential, mean 1
      const mean = (drawn: Uint32Array): number => drawn.reduce((sum, index) => sum + values[index]!, 0) / drawn.length;
      const { low, high } = bootstrap(values.length, mean, { random, resamples: 400 });
      if (low <= 1 && 1 <= high) covered++;
    }
    // Nominal 0.95; the percentile bootstrap of a skewed mean at n = 60 is known to fall a little short.
    expect(covered / trials).toBeGreaterThan(0.88);
    expect(covered / trials).toBeLessThan(0.98);
  });

  it('has the width of the normal interval when the mean is nearly normal', () => {
    const values = Float64Array.from({ length: 400 }, (_, index) => index % 2);
    const measure = measureMean(values, createRandom(1));
    expect(measure.value).toBe(0.5);
    expect(isAssessed(measure) && measure.high - measure.low).toBeCloseTo(2 * 1.96 * 0.025, 2);
  });

  it('goes over into the normal interval without a step when there are very many values', () => {
    const values = (n: number): Float64Array => Float64Array.from({ length: n }, (_, index) => (index * 7919) % 100);
    const [few, many] = [9_900, 10_000].map((n) => measureMean(values(n), createRandom(1)));
    if (!isAssessed(few!) || !isAssessed(many!)) throw new Error('not assessed');
    expect(few.value).toBe(49.5);
    // Uniform on 0..99: standard deviation 28.87, half width 1.96 x 28.87 / 100.
    expect(many.high - many.value).toBeCloseTo(0.5658, 3);
    expect(Math.abs(few.high - few.value - (many.high - many.value))).toBeLessThan(0.04);
  });

  it('repeats itself for the same seed', () => {
    const values = [0.1, 0.5, 0.2, 0.9, 0.4];
    expect(measureMean(values, createRandom(3))).toEqual(measureMean(values, createRandom(3)));
  });

  it('takes the pairing into account: a constant difference has no width however much the values vary', () => {
    const first = [0.1, 0.9, 0.4];
    const second = first.map((value) => value - 0.25);
    const measure = measurePairedDifference(first, second, createRandom(1));
    expect(measure.value).toBeCloseTo(0.25, 12);
    expect(isAssessed(measure) && measure.high - measure.low).toBeLessThan(1e-12);
  });
});

describe('not assessed', () => {
  it('is said with a reason and no number when nothing is left to measure', () => {
    expect(measureRate(0, 0, 'no labels')).toEqual({ value: null, n: 0, reason: 'no labels' });
    expect(measureMean([NaN, NaN], createRandom(1), 'no masks')).toEqual({ value: null, n: 0, reason: 'no masks' });
    expect(measureMeanStudent([1], 'one image')).toEqual({ value: null, n: 1, reason: 'one image' });
  });

  it('leaves single values out without turning them into zeros', () => {
    const measure = measureMean([NaN, 2, 2, NaN], createRandom(1));
    expect(measure).toEqual({ value: 2, low: 2, high: 2, n: 2 });
  });
});

describe('small-sample intervals', () => {
  // Printed tables of Student's t, 97.5 %.
  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
    [120, 1.98],
  ])('use t with %i degrees of freedom', (degrees, quantile) => {
    expect(Math.abs(studentQuantile(degrees) - quantile)).toBeLessThan(0.02);
  });

  it('cover the mean of pairs: x y with independent unit-mean normals', () => {
    const random = createRandom(5);
    let covered = 0;
    const trials = 300;
    for (let trial = 0; trial < trials; trial++) {
      const x = Float64Array.from({ length: 60 }, () => 1 + random.normal());
      const measure = measurePairMean(x.length, (a, b) => x[a]! * x[b]!, 'no pairs');
      if (isAssessed(measure) && measure.low <= 1 && 1 <= measure.high) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.9);
    expect(covered / trials).toBeLessThan(0.99);
  });
});

describe('quantile', () => {
  it('interpolates as NumPy does', () => {
    // numpy.percentile([1, 2, 4, 8], [0, 10, 25, 50, 90, 100])
    const sorted = [1, 2, 4, 8];
    const found = [0, 0.1, 0.25, 0.5, 0.9, 1].map((p) => quantileOfSorted(sorted, p));
    [1, 1.3, 1.75, 3, 6.8, 8].forEach((value, index) => expect(found[index]).toBeCloseTo(value, 12));
  });
});
