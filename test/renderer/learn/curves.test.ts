/** Curves of runs as the charts draw them. */
import { expect, test } from 'vitest';
import { alignedSeries, curveNamed, curvesFrom, lossNames, withPushed } from '../../../renderer/state/learn/curves.ts';

const point = (phase: string, epoch: number, name: string, value: number) => ({ phase, epoch, name, value });

test('training and validation values of a loss are two curves of one name', () => {
  const curves = curvesFrom([point('joint', 1, 'total', 3), point('joint', 1, 'validation.total', 4)]);
  expect(curves).toEqual([
    { name: 'total', isValidation: false, x: [1], y: [3] },
    { name: 'total', isValidation: true, x: [1], y: [4] },
  ]);
});

test('epochs of a later phase follow those of the earlier one, although they are counted anew', () => {
  const curves = curvesFrom([
    point('warmUp', 1, 'total', 5),
    point('warmUp', 2, 'total', 4),
    point('joint', 1, 'total', 3),
    point('joint', 1, 'softIou', 0.2),
  ]);
  expect(curveNamed(curves, 'total', false)?.x).toEqual([1, 2, 3]);
  expect(curveNamed(curves, 'softIou', false)?.x).toEqual([3]);
});

test('a loss that a run does not have is not there', () => {
  expect(curveNamed(curvesFrom([]), 'total', true)).toBeUndefined();
});

test('the total is named first, each loss once', () => {
  const curves = curvesFrom([
    point('joint', 1, 'softIou', 1),
    point('joint', 1, 'total', 1),
    point('joint', 1, 'validation.softIou', 1),
  ]);
  expect(lossNames(curves)).toEqual(['total', 'softIou']);
});

test('a word that is pushed again replaces what was known of it', () => {
  const crop = { left: 0, top: 0, width: 1, height: 1 };
  const word = (index: number, imageId: number) => ({ index, imageId, row: 0, column: 0, crop });
  expect(withPushed([word(0, 5), word(2, 6)], [word(2, 7), word(1, 8)])).toEqual([word(0, 5), word(1, 8), word(2, 7)]);
});

test('curves of different lengths share one axis, with gaps where one has no value', () => {
  const curve = (x: number[], y: number[]) => ({ name: 'total', isValidation: true, x, y });
  const drawn = { colour: 1, isDashed: false } as const;
  expect(
    alignedSeries([
      { label: 'a', curve: curve([1, 2], [5, 4]), ...drawn },
      { label: 'b', curve: curve([2, 3], [7, 6]), ...drawn },
    ]),
  ).toEqual({
    x: [1, 2, 3],
    series: [
      { label: 'a', values: [5, 4, null], ...drawn },
      { label: 'b', values: [null, 7, 6], ...drawn },
    ],
  });
});
