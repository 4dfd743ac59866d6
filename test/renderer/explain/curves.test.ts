/** Areas under curves. */
import { expect, test } from 'vitest';
import { areaUnder } from '../../../renderer/state/explain/curves.ts';

test('the area of a straight line is that of its trapezoid', () => {
  expect(areaUnder([0, 0.25, 1], [0.2, 0.3, 0.6])).toBeCloseTo((0.2 + 0.6) / 2, 12);
});

test('a step counts half at each end', () => {
  expect(areaUnder([0, 0.5, 1], [0, 1, 1])).toBeCloseTo(0.75, 12);
});
