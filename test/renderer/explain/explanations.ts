/** Explanations for tests. */
import type { ContributionRow, Explanation } from '../../../preload/contract/index.ts';

const flat = { width: 1, height: 1, low: 0, high: 0, values: Uint8Array.from([0]) };

/** A word's row; its map has one position. */
export function rowOf(wordIndex: number, score: number, weight: number, map = flat): ContributionRow {
  return {
    wordIndex,
    name: null,
    score,
    weight,
    contribution: score * weight,
    map,
    pushedImageId: wordIndex,
    pushedCrop: { left: 0, top: 0, width: 8, height: 8 },
  };
}

/** Probabilities of classes named by letters, in the order given. */
export function answersOf(...classes: readonly (readonly [number, number])[]): Explanation['base'] {
  return classes.map(([classIndex, probability]) => ({
    classIndex,
    className: 'abcdefgh'[classIndex]!,
    logit: Math.log(probability),
    probability,
  }));
}

/** An explanation with some parts as a test says them. */
export function explanationOf(parts: Partial<Explanation>): Explanation {
  return {
    imagePath: 'images/one.jpg',
    sha256: '0'.repeat(64),
    label: null,
    split: null,
    base: answersOf([0, 0.7], [1, 0.3]),
    wordModel: answersOf([0, 0.6], [1, 0.4]),
    classIndex: 0,
    className: 'a',
    baseLogit: 0,
    contributions: [],
    bias: 0,
    residual: 0,
    explainedShare: null,
    gradCam: flat,
    attentionSource: 'closedForm',
    wordAttention: flat,
    attentionIou: { '50': null, '75': null, '90': null },
    ...parts,
  };
}
