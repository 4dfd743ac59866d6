/** Sharing of words between classes against entropies by hand. */
import { describe, expect, it } from 'vitest';
import { measureLastLayer, wordsPerDecision } from '../../../main/engine/metrics/compactness.ts';
import { explainedShare } from '../../../main/engine/metrics/explained-share.ts';
import { jaccard, TopPatchCounter, wordCosine } from '../../../main/engine/metrics/redundancy.ts';
import { fewestHolding, normalizedEntropy, UsageCounter } from '../../../main/engine/metrics/sharing.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';

const RANDOM = createRandom(1);

describe('entropy over classes', () => {
  it('is 0 for one class, 1 for all alike, and ln(2)/ln(4) for two of four', () => {
    expect(normalizedEntropy(Float64Array.of(3, 0, 0, 0))).toBe(0);
    expect(normalizedEntropy(Float64Array.of(2, 2, 2, 2))).toBeCloseTo(1, 12);
    expect(normalizedEntropy(Float64Array.of(1, 1, 0, 0))).toBeCloseTo(0.5, 12);
    expect(normalizedEntropy(Float64Array.of(0, 0))).toBeNaN();
  });

  it('needs the fewest classes that reach a share, without a hair too many', () => {
    expect(fewestHolding(Float64Array.of(0.1, 0.7, 0.2), 0.8)).toBe(2);
    expect(fewestHolding(Float64Array.of(0.1, 0.1, 0.7, 0.1), 0.8)).toBe(2);
    expect(fewestHolding(Float64Array.of(0, 0), 0.8)).toBeNaN();
  });
});

describe('sharing of words', () => {
  it('reads the class-specific start of the published method as not shared at all', () => {
    // +1 for the own class, -0.5 elsewhere: the entropy of |W| would read 0.89 here.
    const figures = new UsageCounter(float32([1, -0.5, -0.5, -0.5, 1, -0.5, -0.5, -0.5, 1], [3, 3])).result(RANDOM);
    expect(figures.sharedness).toMatchObject({ value: 0, n: 3 });
    expect(figures.wordCountOfClass).toEqual([1, 1, 1]);
  });

  it('sees through a constant added to a word’s weights: use tells, weights do not', () => {
    // One word, weights 10 and 11; it fires only on images of class 1.
    const usage = new UsageCounter(float32([10, 11], [2, 1]));
    usage.add({ scores: Float32Array.of(0), wordClass: 0 });
    usage.add({ scores: Float32Array.of(2), wordClass: 1 });
    const figures = usage.result(RANDOM);
    expect(figures.sharedness.value).toBeGreaterThan(0.99);
    expect(figures.useSharedness.value).toBe(0);
    expect(figures.classes80.value).toBe(1);
  });

  it('weighs classes by their mean contribution, not by how many images they have', () => {
    const usage = new UsageCounter(float32([1, 1], [2, 1]));
    for (let image = 0; image < 9; image++) usage.add({ scores: Float32Array.of(3), wordClass: 0 });
    usage.add({ scores: Float32Array.of(3), wordClass: 1 });
    const figures = usage.result(RANDOM);
    expect(figures.useSharedness.value).toBeCloseTo(1, 12);
    expect(figures.classes80.value).toBe(2);
  });

  it('leaves words out that never push towards a predicted class', () => {
    const usage = new UsageCounter(float32([1, -1, 1, -2], [2, 2]));
    usage.add({ scores: Float32Array.of(1, 1), wordClass: 0 });
    usage.add({ scores: Float32Array.of(1, 1), wordClass: 1 });
    const figures = usage.result(RANDOM);
    expect(figures.useSharedness).toMatchObject({ value: 1, n: 1 });
    expect(figures.words[1]!.useSharedness).toBeNaN();
  });
});

describe('compactness', () => {
  it('counts words with a weight and zero weights', () => {
    const { wordCount, sparsity } = measureLastLayer(float32([1, 0, 0, 0, 0, -2], [2, 3]));
    expect(wordCount).toMatchObject({ value: 2, n: 3 });
    expect(sparsity.value).toBeCloseTo(4 / 6, 12);
  });

  it('counts the fewest words that hold 90 % of a decision, whatever their sign', () => {
    expect(wordsPerDecision(Float64Array.of(5, -4, 0.5, 0.5))).toBe(2);
    expect(wordsPerDecision(Float64Array.of(1, 1, 1, 1))).toBe(4);
    expect(wordsPerDecision(Float64Array.of(0, 0))).toBe(0);
  });
});

describe('explained share', () => {
  it('is 1 when words and bias give the base logit, and falls with the residual', () => {
    expect(explainedShare(Float64Array.of(3, -1), 0.5, 2.5)).toBe(1);
    expect(explainedShare(Float64Array.of(3, -1), 0.5, 6.5)).toBe(0.5); // residual 4, contributions 4
    expect(explainedShare(Float64Array.of(0, 0), 0, 7)).toBe(0);
    expect(explainedShare(Float64Array.of(0), 1, 1)).toBeNaN();
  });
});

describe('redundancy', () => {
  it('is the mean cosine of all pairs, zero vectors left out', () => {
    // Pairs: 1 (parallel), 0, 0.
    expect(wordCosine(float32([1, 0, 2, 0, 0, 3, 0, 0], [4, 2]))).toMatchObject({ value: 1 / 3, n: 3 });
  });

  it('overlaps patch sets by intersection over union', () => {
    expect(jaccard(new Set([1, 2, 3]), new Set([2, 3, 4, 5]))).toBeCloseTo(2 / 5, 12);
  });

  it('keeps the strongest patches of each word in order, the first seen among equals', () => {
    const counter = new TopPatchCounter(1, 0, 3);
    counter.add(0, Float32Array.of(1, 5), 2);
    counter.add(1, Float32Array.of(3, 5), 2);
    counter.add(2, Float32Array.of(0, 4), 2);
    expect(Array.from(counter.patchesOf(0))).toEqual([1, 3, 5]);
  });

  it('agrees with sorting everything, on random activations', () => {
    const random = createRandom(8);
    const counter = new TopPatchCounter(2, -Infinity);
    const all: { patch: number; activation: number }[] = [];
    for (let image = 0; image < 30; image++) {
      const maps = Float32Array.from({ length: 18 }, () => random.integer(50));
      maps.subarray(9).forEach((activation, position) => all.push({ patch: image * 9 + position, activation }));
      counter.add(image, maps, 9);
    }
    const truth = all.sort((a, b) => b.activation - a.activation || a.patch - b.patch).slice(0, 20);
    expect(Array.from(counter.patchesOf(1))).toEqual(truth.map(({ patch }) => patch));
  });

  it('does not take words that never fire for copies of each other', () => {
    const counter = new TopPatchCounter(3, 0);
    counter.add(0, Float32Array.of(1, 0, 0), 1);
    expect(counter.result()).toMatchObject({ value: null, reason: 'fewer than two words that fire' });
  });
});
