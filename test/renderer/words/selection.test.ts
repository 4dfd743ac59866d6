/** Cursor and marks: what clicks, arrows and changes of the list do to them. */
import { expect, test } from 'vitest';
import {
  choose,
  extend,
  keepIn,
  markAll,
  neighbour,
  nextWhere,
  NO_SELECTION,
  targets,
  toggle,
} from '../../../renderer/state/words/selection.ts';

const order = [10, 11, 12, 13, 14];

test('marking a second word marks the one looked at along', () => {
  const selection = toggle(choose(10), 12);
  expect([...selection.marked].sort()).toEqual([10, 12]);
  expect(targets(selection, order)).toEqual([10, 12]);
});

test('marking a marked word takes its mark away', () => {
  expect([...toggle(toggle(choose(10), 12), 12).marked]).toEqual([10]);
});

test('a range goes from where it began, also backwards and when it shrinks', () => {
  const wide = extend(choose(11), 14, order);
  expect(targets(wide, order)).toEqual([11, 12, 13, 14]);
  expect(targets(extend(wide, 12, order), order)).toEqual([11, 12]);
  expect(targets(extend(wide, 10, order), order)).toEqual([10, 11]);
});

test('moving stops at the ends and begins at the first', () => {
  expect(neighbour(14, 1, order)).toBe(14);
  expect(neighbour(10, -5, order)).toBe(10);
  expect(neighbour(null, 1, order)).toBe(10);
  expect(neighbour(99, 1, order)).toBe(10);
  expect(neighbour(null, 1, [])).toBeNull();
});

test('the next word of a kind is looked for behind the cursor alone', () => {
  expect(nextWhere(11, order, (index) => index % 2 === 0)).toBe(12);
  expect(nextWhere(14, order, () => true)).toBeNull();
});

test('marking all keeps the word looked at', () => {
  const selection = markAll(choose(12), order);
  expect(selection.cursor).toBe(12);
  expect(targets(selection, order)).toEqual(order);
});

test('when the word looked at goes, its neighbour in the old place is looked at', () => {
  const selection = keepIn({ ...choose(12), marked: new Set([12, 13]) }, order, [10, 11, 13, 14]);
  expect(selection.cursor).toBe(13);
  expect([...selection.marked]).toEqual([13]);
  expect(keepIn(choose(14), order, [10]).cursor).toBe(10);
  expect(keepIn(choose(14), order, []).cursor).toBeNull();
  expect(keepIn(NO_SELECTION, [], order).cursor).toBe(10);
});
