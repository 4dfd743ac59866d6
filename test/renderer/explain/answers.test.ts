/** Both models' answers. */
import { expect, test } from 'vitest';
import { answerRows, rivalOf, verdictOf } from '../../../renderer/state/explain/answers.ts';
import { answersOf, explanationOf } from './explanations.ts';

const base = answersOf([0, 0.5], [1, 0.2], [2, 0.15], [3, 0.1], [4, 0.03], [5, 0.02]);
const wordModel = answersOf([5, 0.6], [0, 0.3], [1, 0.1]);

test('the word model’s top class and the label are shown even when they are improbable', () => {
  const rows = answerRows(explanationOf({ base, wordModel, label: 'e' }), 2);
  expect(rows.map(({ className, base: p, word }) => [className, p, word])).toEqual([
    ['a', 0.5, 0.3],
    ['b', 0.2, 0.1],
    ['e', 0.03, 0],
    ['f', 0.02, 0.6],
  ]);
});

test.each([
  [0, 0, 'a', 'bothRight'],
  [0, 0, 'b', 'bothWrong'],
  [0, 1, 'a', 'baseRight'],
  [0, 1, 'b', 'wordRight'],
  [0, 1, 'c', 'bothWrongDifferently'],
  [0, 0, null, 'agreeUnlabelled'],
  [0, 1, null, 'disagreeUnlabelled'],
] as const)('base %d, word model %d, label %s: %s', (first, second, label, verdict) => {
  const parts = { base: answersOf([first, 0.9]), wordModel: answersOf([second, 0.9]), label };
  expect(verdictOf(explanationOf(parts))).toBe(verdict);
});

test('a wrong answer is compared with the label, a right one with the runner-up', () => {
  expect(rivalOf(explanationOf({ base, label: 'd' }))).toBe(3);
  expect(rivalOf(explanationOf({ base, label: 'a' }))).toBe(1);
  expect(rivalOf(explanationOf({ base: answersOf([0, 1]), label: null }))).toBeNull();
});
