/** A waterfall's geometry. */
import { expect, test } from 'vitest';
import { layOutWaterfall } from '../../../renderer/charts/waterfall.ts';

const part = (key: string, amount: number) => ({ key, label: key, amount, kind: 'part' as const });

test('every bar begins where the one before it ended, and the last ends in the total', () => {
  const { steps, domain } = layOutWaterfall([part('a', 3), part('b', -5), part('c', 4.5)], {
    key: 'sum',
    label: 'sum',
    value: 2.5,
  });
  expect(steps.map(({ from, to }) => [from, to])).toEqual([
    [0, 3],
    [3, -2],
    [-2, 2.5],
    [0, 2.5],
  ]);
  expect(domain).toEqual({ low: -2, high: 3 });
});

test('rounding never leaves a gap before the total', () => {
  const { steps } = layOutWaterfall([part('a', 0.1), part('b', 0.2)], { key: 'sum', label: '', value: 0.3 });
  expect(steps[1]!.to).toBe(0.3);
});

test('a total below zero keeps zero in sight', () => {
  const { domain } = layOutWaterfall([part('a', -4)], { key: 'sum', label: '', value: -4 });
  expect(domain).toEqual({ low: -4, high: 0 });
});
