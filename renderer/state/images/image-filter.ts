/** Which images are shown: filters over columns, fast enough for 100,000 images at every keystroke. */
import type { ImageTable } from './image-table.ts';

/** Name of a split, by its code in the columns. */
export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

/** Chosen values; null and '' do not filter. */
export interface ImageFilter {
  /** Label. */
  readonly classIndex: number | null;
  /** Top class of the base model. */
  readonly basePrediction: number | null;
  /** Top class of the word model. */
  readonly wordPrediction: number | null;
  /** Base model against the label; images without a label are neither. */
  readonly outcome: 'right' | 'wrong' | null;
  /** Word model against the base model; unknown is neither. */
  readonly agreement: 'agree' | 'disagree' | null;
  readonly split: SplitName | null;
  /** Images in which this word is present. */
  readonly word: number | null;
  /** Bounds of the base model's probability, 0..1, both included. */
  readonly confidenceLow: number;
  readonly confidenceHigh: number;
  /** Part of the path, case ignored. */
  readonly search: string;
}

/** Every image. */
export const EVERY_IMAGE: ImageFilter = {
  classIndex: null,
  basePrediction: null,
  wordPrediction: null,
  outcome: null,
  agreement: null,
  split: null,
  word: null,
  confidenceLow: 0,
  confidenceHigh: 1,
  search: '',
};

/** One word's scores by row, and the score from which it counts as present. */
export interface WordScores {
  readonly scores: Float32Array;
  readonly presentFrom: number;
}

/**
 * Rows that pass, in listed order.
 * @param wordScores of `filter.word`; without them no image passes a word filter
 */
export function filterImages(table: ImageTable, filter: ImageFilter, wordScores?: WordScores): Int32Array {
  const { count, labels, basePredictions, wordPredictions, baseConfidences, splits } = table.columns;
  const { classIndex, basePrediction, wordPrediction, outcome, agreement, word, confidenceLow, confidenceHigh } =
    filter;
  const splitCode = filter.split === null ? -1 : SPLITS.indexOf(filter.split);
  const search = filter.search.trim().toLowerCase();
  const asksConfidence = confidenceLow > 0 || confidenceHigh < 1;
  const rows = new Int32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) {
    const label = labels[row]!;
    const predicted = basePredictions[row]!;
    if (classIndex !== null && label !== classIndex) continue;
    if (basePrediction !== null && predicted !== basePrediction) continue;
    if (wordPrediction !== null && wordPredictions[row] !== wordPrediction) continue;
    if (outcome !== null && outcomeOf(label, predicted) !== outcome) continue;
    if (agreement !== null && agreementOf(predicted, wordPredictions[row]!) !== agreement) continue;
    if (splitCode >= 0 && splits[row] !== splitCode) continue;
    if (asksConfidence && !(baseConfidences[row]! >= confidenceLow && baseConfidences[row]! <= confidenceHigh))
      continue;
    if (word !== null && !(wordScores !== undefined && wordScores.scores[row]! >= wordScores.presentFrom)) continue;
    if (search !== '' && !table.searchable[row]!.includes(search)) continue;
    rows[found++] = row;
  }
  return rows.slice(0, found);
}

/** Base model against the label; null where either is unknown (-1). */
export function outcomeOf(label: number, predicted: number): 'right' | 'wrong' | null {
  if (label < 0 || predicted < 0) return null;
  return label === predicted ? 'right' : 'wrong';
}

/** Word model against the base model; null where either is unknown (-1). */
export function agreementOf(basePrediction: number, wordPrediction: number): 'agree' | 'disagree' | null {
  if (basePrediction < 0 || wordPrediction < 0) return null;
  return basePrediction === wordPrediction ? 'agree' : 'disagree';
}

/** How many conditions a filter states. */
export function conditionCount(filter: ImageFilter): number {
  const keys = Object.keys(EVERY_IMAGE) as (keyof ImageFilter)[];
  const stated = keys.filter(
    (key) => key !== 'confidenceHigh' && key !== 'confidenceLow' && filter[key] !== EVERY_IMAGE[key],
  );
  return stated.length + (filter.confidenceLow > 0 || filter.confidenceHigh < 1 ? 1 : 0);
}
