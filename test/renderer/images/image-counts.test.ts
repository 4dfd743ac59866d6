/** Rates and counts of images. */
import { expect, test } from 'vitest';
import { countChoices, ratesOf } from '../../../renderer/state/images/image-counts.ts';
import { columnsOf } from './columns.ts';

const columns = columnsOf([
  { name: 'a', label: 0, base: 0, word: 1, split: 0 },
  { name: 'b', label: 0, base: 1, word: 1, split: 2 },
  { name: 'c', label: 1, base: 1, split: 2 },
  { name: 'd', base: 2, word: 2 },
  { name: 'e', label: 2 },
]);
const reasons = { noLabels: 'no labels', noWordModel: 'no words' };

test('each rate counts only the images that can be judged', () => {
  const rates = ratesOf(columns, Int32Array.from([0, 1, 2, 3, 4]), reasons);
  expect(rates.baseAccuracy).toMatchObject({ value: 2 / 3, n: 3, chance: 1 / 3 });
  expect(rates.wordAccuracy).toMatchObject({ value: 0, n: 2 });
  expect(rates.agreement).toMatchObject({ value: 2 / 3, n: 3 });
});

test('a rate of nothing says why', () => {
  expect(ratesOf(columns, Int32Array.from([4]), reasons)).toMatchObject({
    baseAccuracy: { value: null, reason: 'no labels' },
    agreement: { value: null, reason: 'no words' },
  });
});

test('every choice knows how many images it holds', () => {
  const counts = countChoices(columns);
  expect(counts).toMatchObject({ right: 2, wrong: 1, agree: 2, disagree: 1, splits: [1, 0, 2] });
  expect(Array.from(counts.labels)).toEqual([2, 1, 1]);
  expect(Array.from(counts.predictions)).toEqual([1, 2, 1]);
  expect(Array.from(counts.wordPredictions)).toEqual([0, 2, 1]);
});
