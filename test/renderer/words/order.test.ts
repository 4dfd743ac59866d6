/** Sorting, and keeping cards where they are while one works. */
import { expect, test } from 'vitest';
import { isStale, settleOrder } from '../../../renderer/state/words/order.ts';
import { readSort, SORT_KEYS, sortWords, writeSort } from '../../../renderer/state/words/sort.ts';
import type { WordSort } from '../../../renderer/state/words/sort.ts';
import { wordOf } from './cards.ts';

const words = [
  wordOf(0, { name: 'wheel 10', importance: 1, sharedness: null }),
  wordOf(1, { name: null, importance: 3, sharedness: 0.2, status: 'mixed' }),
  wordOf(2, { name: 'Wheel 9', importance: 2, sharedness: 0.9, status: 'meaningful' }),
  wordOf(3, { name: 'eye', importance: 2, sharedness: 0.2 }),
];
const sorted = (sort: WordSort) => sortWords(words, sort).map((word) => word.index);

test('the most important come first, equal ones by number', () => {
  expect(sorted({ key: 'importance', isReversed: false })).toEqual([1, 2, 3, 0]);
});

test('names sort as people count, and words without one come last either way', () => {
  expect(sorted({ key: 'name', isReversed: false })).toEqual([3, 2, 0, 1]);
  expect(sorted({ key: 'name', isReversed: true })).toEqual([0, 2, 3, 1]);
});

test('words without a value come last in both directions', () => {
  expect(sorted({ key: 'sharedness', isReversed: false })).toEqual([2, 1, 3, 0]);
  expect(sorted({ key: 'sharedness', isReversed: true }).at(-1)).toBe(0);
});

test('every sort survives the address', () => {
  for (const key of SORT_KEYS) {
    for (const isReversed of [false, true]) {
      const { sort } = writeSort({ key, isReversed });
      expect(readSort(typeof sort === 'string' ? { sort } : {})).toEqual({ key, isReversed });
    }
  }
});

test('renaming moves nothing, but the order is stale', () => {
  const renamed = words.map((word) => (word.index === 3 ? { ...word, name: 'zebra' } : word));
  const order = sorted({ key: 'name', isReversed: false });
  const fresh = sortWords(renamed, { key: 'name', isReversed: false }).map((word) => word.index);
  expect(settleOrder(order, words, renamed, fresh)).toEqual(order);
  expect(isStale(order, fresh)).toBe(true);
});

test('the children of a split stand where the word was', () => {
  const split = [...words.map((word) => (word.index === 2 ? { ...word, isSplit: true } : word))];
  const after = [...split, wordOf(4, { splitFrom: 2 }), wordOf(5, { splitFrom: 2 })];
  expect(settleOrder([1, 2, 3, 0], words, after, [5, 4, 1, 3, 0])).toEqual([1, 2, 4, 5, 3, 0]);
});

test('a word separated from another stands behind it; one that the filter leaves out stays away', () => {
  const merged = words.map((word) => (word.index === 0 ? { ...word, mergedInto: 3 } : word));
  expect(settleOrder([3, 1, 2], merged, words, [3, 1, 2, 0])).toEqual([3, 0, 1, 2]);
  expect(settleOrder([3, 1, 2], merged, words, [3, 1, 2])).toEqual([3, 1, 2]);
});
