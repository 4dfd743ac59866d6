/** How many words there are, and how few of them hold a decision. */
import type { Tensor } from '../tensor/tensor.ts';
import { exactMeasure } from './measure.ts';
import type { Assessment } from './measure.ts';
import { fewestHolding } from './sharing.ts';

/** Share of the absolute contributions that the words of a decision must hold (method.md section 6). */
const DECISION_SHARE = 0.9;

/** A weight below this share of the largest is rounding, not a connection. */
const NEGLIGIBLE_WEIGHT = 1e-6;

/** Size figures of a last layer. */
export interface LastLayerSize {
  /** Words with a non-zero weight for any class; `n` words in all. */
  readonly wordCount: Assessment;
  /** Share of zero weights, 0..1; `n` weights. */
  readonly sparsity: Assessment;
}

/** Counts words and zero weights. @param lastLayer [classes, words] */
export function measureLastLayer(lastLayer: Tensor<'float32'>): LastLayerSize {
  const [, words] = lastLayer.shape as [number, number];
  const largest = lastLayer.data.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0);
  const used = new Set<number>();
  let zero = 0;
  lastLayer.data.forEach((weight, index) => {
    if (Math.abs(weight) <= largest * NEGLIGIBLE_WEIGHT) zero++;
    else used.add(index % words);
  });
  return {
    wordCount: exactMeasure(used.size, words),
    sparsity: exactMeasure(zero / lastLayer.data.length, lastLayer.data.length),
  };
}

/**
 * Fewest words that hold 90 % of the sum of absolute contributions; 0 when nothing contributes.
 * @param contributions to the predicted logit, [words]
 */
export function wordsPerDecision(contributions: Float64Array): number {
  const fewest = fewestHolding(contributions.map(Math.abs), DECISION_SHARE);
  return Number.isNaN(fewest) ? 0 : fewest;
}
