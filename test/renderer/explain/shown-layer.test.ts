/** Which layer is shown. */
import { expect, test } from 'vitest';
import { decisionOf, wordKey } from '../../../renderer/state/explain/decision.ts';
import { layerOf } from '../../../renderer/state/explain/shown-layer.ts';
import { explanationOf, rowOf } from './explanations.ts';

const map = (value: number) => ({ width: 1, height: 1, low: 0, high: 1, values: Uint8Array.from([value]) });
const explanation = explanationOf({
  gradCam: map(1),
  wordAttention: map(2),
  contributions: [rowOf(7, 2, 3, map(7)), rowOf(4, 1, 1, map(4))],
});
const shown = (chosen: Parameters<typeof layerOf>[0]['chosen'], lit: string | null, pinnedWord: number | null = null) =>
  layerOf({
    explanation,
    decision: decisionOf(explanation),
    chosen,
    lit,
    pinnedWord,
    allMap: map(10),
    restMap: map(11),
  }).map?.values[0];

test('the lit bar has the right of way over the chosen layer', () => {
  expect(shown('gradCam', wordKey(4))).toBe(4);
  expect(shown('image', 'rest')).toBe(11);
  expect(shown('image', 'total')).toBe(1);
  expect(shown('gradCam', 'bias')).toBeUndefined();
});

test('without a lit bar the chosen layer is shown', () => {
  expect(shown('image', null)).toBeUndefined();
  expect(shown('gradCam', null)).toBe(1);
  expect(shown('attention', null)).toBe(2);
  expect(shown('contribution', null)).toBe(10);
});

test('one word is the pinned one, else the strongest', () => {
  expect(shown('word', null, 4)).toBe(4);
  expect(shown('word', null)).toBe(7);
});
