/** Numbers as people read them. */
import { expect, test } from 'vitest';
import { formatInterval, formatNumber, isInconclusive } from '../../../renderer/lenses/format.ts';

const measure = { value: 0.979, low: 0.96, high: 0.989, n: 436 };

test.each([
  [0.8249, 'share', '0.82'],
  [0.979, 'percent', '97.9\u202f%'],
  [-0.0123, 'points', '\u22121.2'],
  [0.012, 'points', '+1.2'],
  [-0.0001, 'points', '0.0'],
  [3.14159, 'number', '3.14'],
  [314.159, 'number', '314'],
  [-0.5, 'signed', '\u22120.50'],
] as const)('%s as %s reads %s', (value, format, words) => {
  expect(formatNumber(value, format)).toBe(words);
});

test('an interval has no unit of its own', () => {
  expect(formatInterval(measure, 'percent')).toBe('[96.0, 98.9]');
});

test('a number whose interval holds chance is inconclusive', () => {
  expect(isInconclusive({ ...measure, chance: 0.5 })).toBe(false);
  expect(isInconclusive({ ...measure, chance: 0.97 })).toBe(true);
  expect(isInconclusive(measure)).toBe(false);
  expect(isInconclusive({ value: null, n: 0, reason: 'no images' })).toBe(false);
});
