/** A decision taken apart adds up to the base logit, against sums by hand. */
import { describe, expect, it } from 'vitest';
import { explainDecision, waterfall } from '../../../main/engine/explain/contribution.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import type { WordModel } from '../../../main/engine/words/word-model.ts';

function modelOf(lastLayer: number[], bias: number[], words: number): WordModel {
  return {
    addOn: [],
    similarity: { kind: 'linear' },
    pooling: 'max',
    words: float32(new Float32Array(words * 2), [words, 2]),
    lastLayer: float32(lastLayer, [bias.length, words]),
    bias: float32(bias),
  };
}

describe('a decision taken apart', () => {
  const model = modelOf([1, 2, 3, 0.5, -2, 4], [0, 0.25], 3);

  it('lists score x weight of every word, strongest first, with bias and residual', () => {
    const decision = explainDecision(model, [2, 3, 0.5], 1, -1.75);
    expect(decision.contributions.map(({ word, contribution }) => [word, contribution])).toEqual([
      [1, -6],
      [2, 2],
      [0, 1],
    ]);
    expect(decision.wordLogit).toBe(-2.75);
    expect(decision.residual).toBe(1);
    expect(decision.explainedShare).toBeCloseTo(1 - 1 / 10, 12);
  });

  it('adds up to the base logit for random models, to the last bits of a double', () => {
    const random = createRandom(4);
    for (let trial = 0; trial < 50; trial++) {
      const weights = Array.from({ length: 40 }, () => random.normal());
      const scores = Array.from({ length: 20 }, () => random.next() * 10);
      const decision = explainDecision(modelOf(weights, [random.normal(), 0], 20), scores, trial % 2, random.normal());
      const words = decision.contributions.reduce((sum, { contribution }) => sum + contribution, 0);
      expect(words + decision.bias + decision.residual).toBeCloseTo(decision.baseLogit, 12);
    }
  });

  it('refuses a class the model does not have', () => {
    expect(() => explainDecision(model, [1, 1, 1], 2, 0)).toThrow('internal: decision');
  });
});

describe('waterfall', () => {
  it('climbs from 0 to the base logit, each bar starting where the last ended', () => {
    const model = modelOf([4, -1, 0.5, 0.25], [1], 4);
    const steps = waterfall(explainDecision(model, [1, 1, 1, 1], 0, 5), 2);
    expect(steps).toEqual([
      { kind: 'word', word: 0, from: 0, to: 4 },
      { kind: 'word', word: 1, from: 4, to: 3 },
      { kind: 'otherWords', word: null, from: 3, to: 3.75 },
      { kind: 'bias', word: null, from: 3.75, to: 4.75 },
      { kind: 'residual', word: null, from: 4.75, to: 5 },
    ]);
  });

  it('leaves empty bars out', () => {
    const steps = waterfall(explainDecision(modelOf([4], [0], 1), [1], 0, 4), 3);
    expect(steps.map(({ kind }) => kind)).toEqual(['word', 'residual']);
  });
});
