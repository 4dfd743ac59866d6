/** The score interval against published values. */
import { expect, test } from 'vitest';
import { rateOf } from '../../../renderer/charts/wilson.ts';

// Newcombe 1998, Statistics in Medicine 17:857, table I, method 3 (score, without continuity correction).
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%d of %d', (successes, n, low, high) => {
  const rate = rateOf(successes, n, { reason: 'none' });
  if (rate.value === null) throw new Error('not assessed');
  expect(rate.low).toBeCloseTo(low, 4);
  expect(rate.high).toBeCloseTo(high, 4);
  expect(rate.value).toBe(successes / n);
});

test('no trials give no rate, with the reason', () => {
  expect(rateOf(0, 0, { reason: 'no labels', chance: 0.5 })).toEqual({ value: null, n: 0, reason: 'no labels' });
});

test('a rate of everything ends exactly at 1 and carries its chance level', () => {
  expect(rateOf(7, 7, { reason: '', chance: 0.25 })).toMatchObject({ high: 1, chance: 0.25, n: 7 });
});
