/** What is counted of the shown images: accuracy and agreement with their intervals, and how many each choice holds. */
import type { Assessment, ImageColumns } from '../../../preload/contract/index.ts';
import { rateOf } from '../../charts/wilson.ts';
import { agreementOf, outcomeOf } from './image-filter.ts';

/** Both rates of some images. */
export interface ImageRates {
  /** Share of labelled images that the base model gets right. */
  readonly baseAccuracy: Assessment;
  /** Share of labelled images that the word model gets right. */
  readonly wordAccuracy: Assessment;
  /** Share of images on which word model and base model agree. */
  readonly agreement: Assessment;
}

/** Why a rate is not known, in the interface's words. */
export interface RateReasons {
  readonly noLabels: string;
  readonly noWordModel: string;
}

/** Accuracy and agreement over some rows. */
export function ratesOf(columns: ImageColumns, rows: Int32Array, reasons: RateReasons): ImageRates {
  let labelled = 0;
  let right = 0;
  let wordLabelled = 0;
  let wordRight = 0;
  let compared = 0;
  let agreeing = 0;
  for (const row of rows) {
    const label = columns.labels[row]!;
    const base = columns.basePredictions[row]!;
    const word = columns.wordPredictions[row]!;
    const outcome = outcomeOf(label, base);
    const wordOutcome = outcomeOf(label, word);
    const agreement = agreementOf(base, word);
    if (outcome !== null) labelled++;
    if (outcome === 'right') right++;
    if (wordOutcome !== null) wordLabelled++;
    if (wordOutcome === 'right') wordRight++;
    if (agreement !== null) compared++;
    if (agreement === 'agree') agreeing++;
  }
  const chance = 1 / Math.max(1, columns.classes.length);
  return {
    baseAccuracy: rateOf(right, labelled, { chance, reason: reasons.noLabels }),
    wordAccuracy: rateOf(wordRight, wordLabelled, { chance, reason: reasons.noWordModel }),
    agreement: rateOf(agreeing, compared, { chance, reason: reasons.noWordModel }),
  };
}

/** How many of all images each choice of a filter holds. */
export interface ChoiceCounts {
  readonly right: number;
  readonly wrong: number;
  readonly agree: number;
  readonly disagree: number;
  readonly splits: readonly [number, number, number];
  /** By label, [classes]. */
  readonly labels: Uint32Array;
  /** By the base model's top class, [classes]. */
  readonly predictions: Uint32Array;
  /** By the word model's top class, [classes]. */
  readonly wordPredictions: Uint32Array;
}

/** Counts every choice over all images, once per project. */
export function countChoices(columns: ImageColumns): ChoiceCounts {
  const counts = { right: 0, wrong: 0, agree: 0, disagree: 0 };
  const splits: [number, number, number] = [0, 0, 0];
  const labels = new Uint32Array(columns.classes.length);
  const predictions = new Uint32Array(columns.classes.length);
  const wordPredictions = new Uint32Array(columns.classes.length);
  for (let row = 0; row < columns.count; row++) {
    const label = columns.labels[row]!;
    const predicted = columns.basePredictions[row]!;
    const wordPredicted = columns.wordPredictions[row]!;
    const outcome = outcomeOf(label, predicted);
    const agreement = agreementOf(predicted, wordPredicted);
    if (outcome !== null) counts[outcome]++;
    if (agreement !== null) counts[agreement]++;
    const split = columns.splits[row]!;
    if (split < 3) splits[split as 0 | 1 | 2]++;
    if (label >= 0) labels[label]!++;
    if (predicted >= 0) predictions[predicted]!++;
    if (wordPredicted >= 0) wordPredictions[wordPredicted]!++;
  }
  return { ...counts, splits, labels, predictions, wordPredictions };
}
