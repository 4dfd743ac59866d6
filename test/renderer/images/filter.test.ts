/** Filters and orders of images. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVERY_IMAGE, conditionCount, filterImages } from '../../../renderer/state/images/image-filter.ts';
import type { ImageFilter } from '../../../renderer/state/images/image-filter.ts';
import { radixSort, sortImages } from '../../../renderer/state/images/image-sort.ts';
import type { ImageSortKey } from '../../../renderer/state/images/image-sort.ts';
import { createImageTable, naturalKey } from '../../../renderer/state/images/image-table.ts';
import { columnsOf } from './columns.ts';

const table = createImageTable(
  columnsOf([
    { name: 'cat/img_10.jpg', label: 0, base: 0, word: 0, confidence: 0.9, split: 0 },
    { name: 'cat/img_2.jpg', label: 0, base: 1, word: 0, confidence: 0.5, split: 1 },
    { name: 'dog/Rex.JPG', label: 1, base: 1, word: 1, confidence: 0.7, split: 2 },
    { name: 'unlabelled.png', base: 2, confidence: 0.7 },
    { name: 'not yet extracted.png', label: 2 },
  ]),
);
const rows = (changes: Partial<ImageFilter>, words?: Parameters<typeof filterImages>[2]) =>
  Array.from(filterImages(table, { ...EVERY_IMAGE, ...changes }, words));

describe('filtering', () => {
  test('nothing stated shows everything in listed order', () => expect(rows({})).toEqual([0, 1, 2, 3, 4]));
  test('label and prediction', () => {
    expect(rows({ classIndex: 0 })).toEqual([0, 1]);
    expect(rows({ basePrediction: 1 })).toEqual([1, 2]);
    expect(rows({ wordPrediction: 0, basePrediction: 1 })).toEqual([1]);
  });
  test('right and wrong leave out what has no label or no prediction', () => {
    expect(rows({ outcome: 'right' })).toEqual([0, 2]);
    expect(rows({ outcome: 'wrong' })).toEqual([1]);
  });
  test('agreement leaves out images without a word prediction', () => {
    expect(rows({ agreement: 'agree' })).toEqual([0, 2]);
    expect(rows({ agreement: 'disagree' })).toEqual([1]);
  });
  test('split', () => expect(rows({ split: 'validation' })).toEqual([1]));
  test('a confidence range holds its bounds and no unknown confidence', () => {
    // 0.5 is exact as a 32-bit float; 0.7 is not.
    expect(rows({ confidenceLow: 0.5, confidenceHigh: 0.75 })).toEqual([1, 2, 3]);
    expect(rows({ confidenceHigh: 0.99 })).toEqual([0, 1, 2, 3]);
  });
  test('a word is present from its score on; without scores nothing passes', () => {
    const scores = Float32Array.from([1, 2, 3, 4, 5]);
    expect(rows({ word: 7 }, { scores, presentFrom: 3 })).toEqual([2, 3, 4]);
    expect(rows({ word: 7 })).toEqual([]);
  });
  test('search ignores case and outer blanks', () => expect(rows({ search: ' rex.jpg ' })).toEqual([2]));
  test('conditions are counted, a range once', () => {
    expect(conditionCount({ ...EVERY_IMAGE, outcome: 'wrong', confidenceLow: 0.1, confidenceHigh: 0.2 })).toBe(2);
  });
});

describe('sorting', () => {
  const sorted = (by: ImageSortKey, isDescending = false, scores?: Float32Array) =>
    Array.from(
      sortImages(table, filterImages(table, EVERY_IMAGE), { by, isDescending }, scores && { scores, presentFrom: 0 }),
    );
  test('names by their numbers, not their digits', () => expect(sorted('name')).toEqual([1, 0, 2, 4, 3]));
  test('classes by name, unknown last in both directions', () => {
    expect(sorted('class')).toEqual([4, 0, 1, 2, 3]);
    expect(sorted('class', true)).toEqual([2, 0, 1, 4, 3]);
  });
  test('confidence, equals keep their order, unknown last', () => {
    expect(sorted('confidence')).toEqual([1, 2, 3, 0, 4]);
    expect(sorted('confidence', true)).toEqual([0, 2, 3, 1, 4]);
  });
  test('word scores, negative ones below zero', () => {
    const scores = Float32Array.from([-0.5, 3, -2, 0, -0]);
    expect(sorted('word', false, scores)).toEqual([2, 0, 3, 4, 1]);
  });
  test('listed order turned round', () => expect(sorted('listed', true)).toEqual([4, 3, 2, 1, 0]));

  test('the radix sort is the stable sort of the language', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 200 }), (keys) => {
        const order = keys.map((_, row) => row);
        const expected = order.toSorted((a, b) => keys[a]! - keys[b]!);
        expect(Array.from(radixSort(Int32Array.from(order), Uint32Array.from(keys)))).toEqual(expected);
      }),
    );
  });
});

describe('the table', () => {
  test('finds rows by image', () => {
    expect(table.rowOf(102)).toBe(2);
    expect(table.rowOf(7)).toBeUndefined();
  });
  test('an empty project has no names', () => {
    expect(createImageTable(columnsOf([])).names).toEqual([]);
  });
  test('columns of unequal length are refused', () => {
    expect(() => createImageTable({ ...columnsOf([{ name: 'a' }]), names: 'a\nb' })).toThrow(RangeError);
  });
  test('natural keys ignore case and pad numbers', () => {
    expect(naturalKey('B2') < naturalKey('b10')).toBe(true);
  });
});
