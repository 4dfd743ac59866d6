/** Decisions as sums, alone and compared. */
import { expect, test } from 'vitest';
import { decisionBetween, foldWords, SHOWN_WORDS } from '../../../renderer/state/explain/decision.ts';
import { contributionMap } from '../../../renderer/state/explain/layers.ts';
import { explanationOf, rowOf } from './explanations.ts';

test('between two classes every part is the difference, and the sum still holds', () => {
  const one = explanationOf({
    bias: 0.5,
    residual: 0.25,
    baseLogit: 3.75,
    contributions: [rowOf(3, 2, 1), rowOf(1, 1, 1)],
  });
  const other = explanationOf({
    bias: 0.25,
    residual: -1,
    baseLogit: 1.25,
    contributions: [rowOf(1, 1, -2), rowOf(3, 2, 2)],
  });
  const decision = decisionBetween(one, other);
  expect(decision.words.map(({ wordIndex, weight, contribution }) => [wordIndex, weight, contribution])).toEqual([
    [1, 3, 3],
    [3, -1, -2],
  ]);
  const sum = decision.bias + decision.residual + decision.words.reduce((total, word) => total + word.contribution, 0);
  expect(sum).toBeCloseTo(decision.total, 12);
  expect(decision.total).toBe(2.5);
});

const words = (count: number) => Array.from({ length: count }, (_, place) => rowOf(place, 1, count - place));
const fold = (count: number, isOpen = false) =>
  foldWords({ bias: 0, residual: 0, total: 0, words: words(count) }, isOpen);

test('weak words are folded into one sum', () => {
  const folded = fold(SHOWN_WORDS + 3);
  expect(folded.shown).toHaveLength(SHOWN_WORDS);
  expect(folded.restSum).toBe(3 + 2 + 1);
});

test('a rest of one word is not worth folding, and an open rest has none', () => {
  expect(fold(SHOWN_WORDS + 1).rest).toEqual([]);
  expect(fold(SHOWN_WORDS + 30, true).shown).toHaveLength(SHOWN_WORDS + 30);
});

test('words without a contribution are not drawn', () => {
  const decision = { bias: 0, residual: 0, total: 0, words: [rowOf(0, 1, 1), rowOf(1, 4, 0), rowOf(2, 0, 5)] };
  expect(foldWords(decision, true).shown.map(({ wordIndex }) => wordIndex)).toEqual([0]);
});

test('the contribution map adds what speaks for the class, in the units of similarity', () => {
  const map = (low: number, high: number, values: readonly number[]) => ({
    width: 2,
    height: 1,
    low,
    high,
    values: Uint8Array.from(values),
  });
  // 2 x [0, 5.1] + 1 x [1, 0] = [1, 10.2]; the word that speaks against is left out.
  const sum = contributionMap([
    rowOf(0, 5.1, 2, map(0, 5.1, [0, 255])),
    rowOf(1, 1, 1, map(0, 1, [255, 0])),
    rowOf(2, 9, -1, map(0, 9, [255, 255])),
  ]);
  expect(sum).toMatchObject({ width: 2, height: 1 });
  expect(sum!.low).toBeCloseTo(1, 12);
  expect(sum!.high).toBeCloseTo(10.2, 12);
  expect(Array.from(sum!.values)).toEqual([0, 255]);
});

test('without a word that speaks for the class there is no contribution map', () => {
  expect(contributionMap([rowOf(0, 1, -1)])).toBeNull();
});
