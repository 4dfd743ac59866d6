/** Prediction fidelity and its kin against closed forms. */
import { describe, expect, it } from 'vitest';
import { measureAccuracy } from '../../../main/engine/metrics/accuracy.ts';
import { AnswerShares } from '../../../main/engine/metrics/answer-shares.ts';
import {
  alikeDecisions,
  cohenKappa,
  correlation,
  pairSums,
  predictionFidelity,
  sigmoidDivergence,
  softmaxDivergence,
} from '../../../main/engine/metrics/fidelity.ts';
import { predictedClass } from '../../../main/engine/metrics/outcome.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';

/** Answers of two raters from a 2x2 table of counts: yes-yes, yes-no, no-yes, no-no. */
function answersOf(counts: readonly [number, number, number, number]): { base: number[]; word: number[] } {
  const pairs = [
    [1, 1],
    [1, 0],
    [0, 1],
    [0, 0],
  ] as const;
  const cells = pairs.flatMap((pair, index) => new Array<readonly [number, number]>(counts[index]!).fill(pair));
  return { base: cells.map((pair) => pair[0]), word: cells.map((pair) => pair[1]) };
}

function logitsOf(probabilities: readonly number[]): Float32Array {
  return Float32Array.from(probabilities, Math.log);
}

describe('prediction fidelity', () => {
  it('is the share of equal answers, its chance the sum of products of the answer shares', () => {
    const { base, word } = answersOf([20, 5, 10, 15]);
    // Half yes by the one, 0.6 yes by the other: 0.5 x 0.6 + 0.5 x 0.4.
    expect(predictionFidelity(base, word, 2)).toMatchObject({ value: 0.7, n: 50, chance: 0.5 });
  });

  it('is not assessed without images', () => {
    expect(predictionFidelity([], [], 2, 'no errors')).toEqual({ value: null, n: 0, reason: 'no errors' });
  });
});

describe("Cohen's kappa", () => {
  it.each([
    // The worked examples of the literature on two raters (grant proposals; unequal marginals).
    [[20, 5, 10, 15] as const, 0.4],
    [[45, 15, 25, 15] as const, 0.1304],
    [[25, 35, 5, 35] as const, 0.2593],
  ])('of the table %j is %f', (counts, kappa) => {
    const { base, word } = answersOf(counts);
    expect(cohenKappa(base, word, 2, createRandom(1)).value).toBeCloseTo(kappa, 4);
  });

  it('has a bootstrap interval as wide as the published standard error', () => {
    // Fleiss, Cohen & Everitt 1969: [[20, 5], [10, 15]] has a standard error of 0.127.
    const { base, word } = answersOf([20, 5, 10, 15]);
    const measure = cohenKappa(base, word, 2, createRandom(1));
    expect(measure).toMatchObject({ n: 50 });
    if (measure.value === null) throw new Error('not assessed');
    expect(Math.abs((measure.high - measure.low) / (2 * 1.96) - 0.127)).toBeLessThan(0.01);
  });

  it('is not assessed when both models always name one class', () => {
    expect(cohenKappa([0, 0], [0, 0], 2, createRandom(1)).value).toBeNull();
  });
});

describe('soft fidelity', () => {
  it('equals the divergence of a binomial from a uniform distribution', () => {
    const p = logitsOf([9 / 25, 12 / 25, 4 / 25]);
    const q = logitsOf([1 / 3, 1 / 3, 1 / 3]);
    // (32 ln 2 + 55 ln 3 - 50 ln 5) / 25 and (-4 ln 2 - 6 ln 3 + 6 ln 5) / 3
    expect(softmaxDivergence(p, q)).toBeCloseTo(0.0852996, 6);
    expect(softmaxDivergence(q, p)).toBeCloseTo(0.097455, 6);
  });

  it('is zero for equal distributions, whatever constant is added, and finite for huge logits', () => {
    expect(softmaxDivergence(Float32Array.of(1, 2, 3), Float32Array.of(101, 102, 103))).toBeCloseTo(0, 6);
    expect(softmaxDivergence(Float32Array.of(1000, 0), Float32Array.of(0, 1000))).toBeCloseTo(1000, 3);
  });

  it('of yes/no outputs equals the divergence of coins', () => {
    const logit = (p: number): number => Math.log(p / (1 - p));
    const base = Float32Array.of(logit(0.5), logit(0.9));
    const word = Float32Array.of(logit(0.25), logit(0.9));
    const coin = 0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75);
    expect(sigmoidDivergence(base, word)).toBeCloseTo(coin / 2, 6);
    expect(alikeDecisions(Float32Array.of(1, -1, 2), Float32Array.of(3, 1, 0.1))).toBe(2);
  });

  it('has as chance line what the base model’s mean distribution loses', () => {
    const rows = [
      [0.9, 0.1],
      [0.2, 0.8],
    ].map(logitsOf);
    const shares = new AnswerShares(2, 'softmax');
    for (const row of rows) shares.add(row, row);
    const mean = logitsOf([0.55, 0.45]);
    const truth = (softmaxDivergence(rows[0]!, mean) + softmaxDivergence(rows[1]!, mean)) / 2;
    expect(shares.constantDivergence()).toBeCloseTo(truth, 6);
  });

  it('counts chance of yes/no decisions from both models’ rates of yes', () => {
    const shares = new AnswerShares(1, 'sigmoid');
    shares.add(Float32Array.of(1), Float32Array.of(1));
    shares.add(Float32Array.of(-1), Float32Array.of(1));
    expect(shares.decisionChance()).toBeCloseTo(0.5, 12);
  });
});

describe('correlation of logits', () => {
  const sumsOf = (
    pairs: readonly (readonly [readonly number[], readonly number[]])[],
    centred: boolean,
  ): Float64Array =>
    Float64Array.from(pairs.flatMap(([x, y]) => [...pairSums(Float32Array.from(x), Float32Array.from(y), centred)]));

  it('equals the value of a textbook sample', () => {
    // Anscombe 1973, first set: r = 0.81642.
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    const images = x.map((value, index) => [[value], [y[index]!]] as const);
    expect(correlation(sumsOf(images, false), createRandom(1)).value).toBeCloseTo(0.81642, 5);
  });

  it('ignores a constant per image when the softmax does', () => {
    const images = [
      [
        [0, 1, 2],
        [50, 51, 52],
      ],
      [
        [3, 1, 2],
        [-7, -9, -8],
      ],
    ] as const;
    expect(correlation(sumsOf(images, true), createRandom(1)).value).toBeCloseTo(1, 9);
    expect(correlation(sumsOf(images, false), createRandom(1)).value).toBeLessThan(0.5);
  });
});

describe('accuracy', () => {
  const image = (
    label: number | null,
    baseClass: number,
    wordClass: number,
  ): Parameters<typeof measureAccuracy>[0][0] => ({
    label,
    baseClass,
    wordClass,
  });

  it('compares both models on the labelled images only', () => {
    const figures = measureAccuracy(
      [image(0, 0, 0), image(0, 0, 1), image(1, 1, 1), image(1, 0, 0), image(null, 0, 1)],
      createRandom(1),
    );
    expect(figures.baseAccuracy).toMatchObject({ value: 0.75, n: 4 });
    expect(figures.accuracy).toMatchObject({ value: 0.5, n: 4 });
    expect(figures.accuracyGap).toMatchObject({ value: -0.25, n: 4 });
    expect(figures.accuracyGapPValue).toBe(1);
  });

  it('is not assessed on unlabelled images, rather than zero', () => {
    const figures = measureAccuracy([image(null, 0, 0)], createRandom(1));
    expect(figures.accuracy).toMatchObject({ value: null, reason: 'no labelled images' });
    expect(figures.accuracyGapPValue).toBeNull();
  });
});

describe('predicted class', () => {
  it('is the first of the largest logits', () => expect(predictedClass([1, 3, 3])).toBe(1));
  it('of a single logit is its sign', () => {
    expect(predictedClass([0.1])).toBe(1);
    expect(predictedClass([-0.1])).toBe(0);
  });
});
