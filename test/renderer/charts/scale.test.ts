/** Scales and ticks. */
import { expect, test } from 'vitest';
import { extent, linearScale } from '../../../renderer/charts/scale.ts';
import { decimalsOf, ticks, tickStep } from '../../../renderer/charts/ticks.ts';

test('a scale meets both ends, goes on beyond them and turns round', () => {
  const scale = linearScale({ low: -2, high: 8 }, 100, 0);
  expect([-2, 3, 8, 13].map((value) => scale.at(value))).toEqual([100, 50, 0, -50]);
  expect(scale.value(50)).toBe(3);
});

test('a domain of one value lies in the middle', () => {
  expect(linearScale({ low: 4, high: 4 }, 0, 60).at(4)).toBe(30);
});

test('an extent leaves out what is not finite and takes in what it must', () => {
  expect(extent([3, NaN, Infinity, 5], [0])).toEqual({ low: 0, high: 5 });
  expect(extent([NaN])).toEqual({ low: 0, high: 1 });
});

// Steps and values as d3-array 3.2 gives them: d3.ticks(low, high, count).
test.each([
  [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [-3.2, 7.9, 5, [-2, 0, 2, 4, 6]],
  [0.11, 0.39, 3, [0.2, 0.3]],
  [0, 9000, 4, [0, 2000, 4000, 6000, 8000]],
  [-0.3, 0.3, 6, [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]],
])('ticks of %d to %d, about %d', (low, high, count, expected) => {
  expect(ticks({ low, high }, count)).toEqual(expected);
});

test('a range without span has its one tick', () => {
  expect(ticks({ low: 2.5, high: 2.5 }, 4)).toEqual([2.5]);
});

test('decimals tell the ticks apart', () => {
  expect([tickStep(1, 4), tickStep(0.03, 3), tickStep(400, 4), 0.25].map(decimalsOf)).toEqual([1, 2, 0, 2]);
});
