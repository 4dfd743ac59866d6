/** Accuracy of both models to labels, and their gap on the same images. */
import type { Random } from '../tensor/random.ts';
import { mcnemarExact, measurePairedDifference, measureRate } from './interval.ts';
import type { Assessment } from './measure.ts';
import type { ImageOutcome } from './outcome.ts';

/** Why accuracy is missing. */
const NO_LABELS = 'no labelled images';

/** Accuracy figures of one set of images. */
export interface AccuracyFigures {
  readonly baseAccuracy: Assessment;
  readonly accuracy: Assessment;
  /** Word model minus base model, paired bootstrap. */
  readonly accuracyGap: Assessment;
  /** Two-sided p value of the exact McNemar test; null without labels. */
  readonly accuracyGapPValue: number | null;
}

/** The part of an outcome that accuracy needs. */
export type Predictions = Pick<ImageOutcome, 'label' | 'baseClass' | 'wordClass'>;

/** Share of labelled images that each model gets right; images without a label are left out. */
export function measureAccuracy(predictions: readonly Predictions[], random: Random): AccuracyFigures {
  const labelled = predictions.filter((image) => image.label !== null);
  const base = labelled.map((image) => Number(image.baseClass === image.label));
  const word = labelled.map((image) => Number(image.wordClass === image.label));
  const onlyBase = base.filter((right, index) => right > word[index]!).length;
  const onlyWord = word.filter((right, index) => right > base[index]!).length;
  return {
    baseAccuracy: measureRate(sumOf(base), labelled.length, NO_LABELS),
    accuracy: measureRate(sumOf(word), labelled.length, NO_LABELS),
    accuracyGap: measurePairedDifference(word, base, random, NO_LABELS),
    accuracyGapPValue: labelled.length === 0 ? null : mcnemarExact(onlyWord, onlyBase),
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
