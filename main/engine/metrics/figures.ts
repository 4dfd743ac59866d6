/** Figures per word and per class, put together from the passes. */
import type { Random } from '../tensor/random.ts';
import type { Predictions } from './accuracy.ts';
import { measureAccuracy } from './accuracy.ts';
import { nominalChance, perPercentile } from './alignment.ts';
import type { ClassFigures, WordFigures } from './evaluation.ts';
import { measureMeanStudent, measureRate } from './interval.ts';
import { exactMeasure, notAssessed, withChance } from './measure.ts';
import type { Assessment } from './measure.ts';
import type { WordSharing } from './sharing.ts';
import type { WordAttentionFigures } from './word-attention.ts';

/** Joins what was measured of each word. @param imageCount images the use of words was counted over */
export function wordFigures(
  attention: readonly WordAttentionFigures[],
  sharing: readonly WordSharing[],
  imageCount: number,
): WordFigures[] {
  return sharing.map((figures, word) => ({
    word,
    ...attention[word]!,
    sharedness: exactly(figures.sharedness, imageCount, 'the word has no positive weight'),
    useSharedness: exactly(figures.useSharedness, imageCount, 'the word pushes towards no predicted class'),
    classes80: exactly(figures.classes80, imageCount, 'the word pushes towards no predicted class'),
  }));
}

function exactly(value: number, n: number, reason: string): Assessment {
  return Number.isNaN(value) ? notAssessed(reason, n) : exactMeasure(value, n);
}

/**
 * Figures of each class.
 * @param predictions by image
 * @param attention overlap of the published word map by image and percentile
 * @param wordCountOfClass words with a positive weight, by class
 */
export function classFigures(
  predictions: readonly Predictions[],
  attention: { publishedValues(percentileIndex: number): Float64Array },
  wordCountOfClass: readonly number[],
  random: Random,
): ClassFigures[] {
  const classCount = Math.max(2, wordCountOfClass.length);
  const assigned: number[][] = Array.from({ length: classCount }, () => []);
  const labelled: Predictions[][] = Array.from({ length: classCount }, () => []);
  predictions.forEach((image, row) => {
    assigned[image.baseClass]!.push(row);
    if (image.label !== null) labelled[image.label]!.push(image);
  });
  return assigned.map((rows, classIndex) => {
    const agreed = rows.filter((row) => predictions[row]!.wordClass === classIndex).length;
    const { baseAccuracy, accuracy } = measureAccuracy(labelled[classIndex]!, random);
    return {
      classIndex,
      imageCount: rows.length,
      labelledCount: labelled[classIndex]!.length,
      baseAccuracy,
      accuracy,
      predictionFidelity: measureRate(agreed, rows.length, 'the base model assigns no image to this class'),
      attentionFidelity: perPercentile((percentile, index) => {
        const values = attention.publishedValues(index);
        return withChance(
          measureMeanStudent(
            rows.map((row) => values[row]!),
            'fewer than two images with a Grad-CAM',
          ),
          nominalChance(percentile),
        );
      }),
      wordCount: wordCountOfClass[Math.min(classIndex, wordCountOfClass.length - 1)]!,
    };
  });
}
