/** Counting and reading a confusion matrix. */
import { expect, test } from 'vitest';
import {
  cellOf,
  confusions,
  countConfusion,
  moveInMatrix,
  occurringClasses,
} from '../../../renderer/charts/confusion.ts';

// Six images, three classes of four occur; one has no label, one no prediction.
const labels = Int16Array.from([0, 0, 0, 2, 2, -1, 1]);
const predictions = Int16Array.from([0, 2, 2, 2, 0, 1, -1]);
const every = Int32Array.from([6, 5, 4, 3, 2, 1, 0]);
const confusion = countConfusion(every, labels, predictions, 4);

test('pairs are counted, unknown ones left out', () => {
  expect(Array.from(confusion.counts)).toEqual([1, 0, 2, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
  expect(confusion).toMatchObject({ total: 5, agreeing: 2, largestError: 2 });
  expect(Array.from(confusion.rowTotals)).toEqual([3, 0, 2, 0]);
});

test('a share is that of the row', () => {
  expect(cellOf(confusion, 0, 2)).toEqual({ row: 0, column: 2, count: 2, share: 2 / 3 });
  expect(cellOf(confusion, 1, 1).share).toBe(0);
});

test('errors come most frequent first', () => {
  expect(confusions(confusion).map(({ row, column, count }) => [row, column, count])).toEqual([
    [0, 2, 2],
    [2, 0, 1],
  ]);
});

test('classes that never occur are not drawn', () => {
  expect(occurringClasses(confusion)).toEqual([0, 2]);
});

test('only the given images count', () => {
  expect(countConfusion(Int32Array.from([1]), labels, predictions, 4).total).toBe(1);
});

test('keys stay inside the matrix', () => {
  expect(moveInMatrix({ row: 0, column: 0 }, 'ArrowUp', 3)).toEqual({ row: 0, column: 0 });
  expect(moveInMatrix({ row: 2, column: 1 }, 'ArrowRight', 3)).toEqual({ row: 2, column: 2 });
  expect(moveInMatrix({ row: 1, column: 1 }, 'PageDown', 3)).toEqual({ row: 2, column: 1 });
  expect(moveInMatrix({ row: 1, column: 1 }, 'x', 3)).toBeNull();
});
