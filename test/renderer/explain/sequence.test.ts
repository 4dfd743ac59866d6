/** Walking through images. */
import { expect, test } from 'vitest';
import { EVERY_IMAGE } from '../../../renderer/state/images/image-filter.ts';
import { AS_LISTED } from '../../../renderer/state/images/image-sort.ts';
import { createImageTable } from '../../../renderer/state/images/image-table.ts';
import { createSequence, positionIn } from '../../../renderer/state/explain/sequence.ts';
import { columnsOf } from '../images/columns.ts';

const table = createImageTable(
  columnsOf([
    { name: 'right', label: 0, base: 0, word: 0, confidence: 0.99 },
    { name: 'wrong, unsure', label: 0, base: 1, word: 0, confidence: 0.4 },
    { name: 'wrong, sure', label: 0, base: 1, word: 1, confidence: 0.95 },
    { name: 'unlabelled', base: 1, word: 2, confidence: 0.6 },
  ]),
);
const everything = { filter: EVERY_IMAGE, sort: AS_LISTED };

test('confident mistakes come first, the others follow as listed', () => {
  const sequence = createSequence(table, 'wrong', everything);
  expect(Array.from(sequence.rows)).toEqual([2, 1, 0, 3]);
  expect(positionIn(sequence, 1)).toEqual({ place: 2, of: 2, isLeading: true, next: 0, previous: 2 });
  expect(positionIn(sequence, 3)).toEqual({ place: 2, of: 2, isLeading: false, next: null, previous: 0 });
});

test('disagreements need both answers', () => {
  const sequence = createSequence(table, 'disagree', everything);
  expect(Array.from(sequence.rows.subarray(0, sequence.leading))).toEqual([3, 1]);
});

test('the walk of a view is its filter in its order', () => {
  const sequence = createSequence(table, 'view', {
    filter: { ...EVERY_IMAGE, confidenceLow: 0.5 },
    sort: { by: 'confidence', isDescending: true },
  });
  expect(Array.from(sequence.rows)).toEqual([0, 2, 3]);
});

test('an image outside the sequence goes on at its beginning', () => {
  const sequence = createSequence(table, 'listed', everything);
  expect(positionIn(sequence, undefined)).toEqual({ place: 0, of: 4, isLeading: true, next: 0, previous: null });
});
