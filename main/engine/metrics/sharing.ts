/** Are words shared by classes, or class names in disguise? Sharedness of weights and, harder to fool, of their use. */
import type { Random } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { measureMean } from './interval.ts';
import type { Assessment } from './measure.ts';
import { rowOfClass } from './outcome.ts';
import type { ImageOutcome } from './outcome.ts';

/** Share of a word's positive contribution that `classes80` must hold (reference.md). */
const MOST = 0.8;

/** Sharing figures of one word; NaN where undefined. */
export interface WordSharing {
  readonly sharedness: number;
  readonly useSharedness: number;
  readonly classes80: number;
}

/** Sharing figures of a word model; intervals over words. */
export interface SharingFigures {
  /** Of positive weights. The entropy of |W| is not reported: entries of -0.5 read as shared. */
  readonly sharedness: Assessment;
  readonly useSharedness: Assessment;
  readonly classes80: Assessment;
  /** Mean over classes of the number of words with a positive weight. */
  readonly wordsPerClass: Assessment;
  readonly words: readonly WordSharing[];
  /** Words with a positive weight, per class. */
  readonly wordCountOfClass: readonly number[];
}

/**
 * Entropy of non-negative masses / ln(count), 0..1: 0 when one holds everything, 1 when all are equal.
 * NaN when there is no mass, or only one place for it.
 */
export function normalizedEntropy(masses: Float64Array): number {
  let total = 0;
  for (const mass of masses) total += mass;
  if (!(total > 0) || masses.length < 2) return NaN;
  let entropy = 0;
  for (const mass of masses) {
    const share = mass / total;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return entropy / Math.log(masses.length);
}

/** Fewest entries that hold at least `share` of the sum of non-negative masses; NaN when there is no mass. */
export function fewestHolding(masses: Float64Array, share: number): number {
  const sorted = Float64Array.from(masses).sort().reverse();
  let total = 0;
  for (const mass of sorted) total += mass;
  if (!(total > 0)) return NaN;
  // A hair of slack: 0.1 + 0.7 must count as 0.8.
  const goal = total * share * (1 - 1e-12);
  let held = 0;
  let count = 0;
  while (held < goal) held += sorted[count++]!;
  return count;
}

/** Adds up, per predicted class, how much each word pushes towards it. */
export class UsageCounter {
  readonly #lastLayer: Tensor<'float32'>;
  /** Sums of positive contributions, [rows, words] */
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  /** @param lastLayer [classes, words] */
  constructor(lastLayer: Tensor<'float32'>) {
    this.#lastLayer = lastLayer;
    this.#sums = new Float64Array(lastLayer.data.length);
    this.#counts = new Float64Array(lastLayer.shape[0]!);
  }

  /** Counts one image for the class the word model predicts. */
  add(outcome: Pick<ImageOutcome, 'scores' | 'wordClass'>): void {
    const [classCount, wordCount] = this.#lastLayer.shape as [number, number];
    const row = rowOfClass(outcome.wordClass, classCount);
    this.#counts[row]!++;
    for (let word = 0; word < wordCount; word++) {
      const place = row * wordCount + word;
      this.#sums[place]! += Math.max(0, outcome.scores[word]! * this.#lastLayer.data[place]!);
    }
  }

  /** Figures per word and over words. A word is used when it ever pushes towards a predicted class. */
  result(random: Random): SharingFigures {
    const [classCount, wordCount] = this.#lastLayer.shape as [number, number];
    const words = Array.from({ length: wordCount }, (_, word): WordSharing => {
      const use = this.#meanUse(word);
      return {
        sharedness: normalizedEntropy(positiveColumn(this.#lastLayer, word)),
        useSharedness: normalizedEntropy(use),
        classes80: fewestHolding(use, MOST),
      };
    });
    const wordCountOfClass = Array.from({ length: classCount }, (_, row) =>
      this.#lastLayer.data.subarray(row * wordCount, (row + 1) * wordCount).reduce((n, w) => n + Number(w > 0), 0),
    );
    const over = (name: keyof WordSharing, reason: string): Assessment =>
      measureMean(
        Float64Array.from(words, (figures) => figures[name]),
        random.fork(name),
        reason,
      );
    return {
      sharedness: over('sharedness', 'no word has a positive weight, or there is one class only'),
      useSharedness: over('useSharedness', 'no word pushes towards a predicted class, or there is one class only'),
      classes80: over('classes80', 'no word pushes towards a predicted class'),
      wordsPerClass: measureMean(wordCountOfClass, random.fork('wordsPerClass'), 'no classes'),
      words,
      wordCountOfClass,
    };
  }

  /**
   * Where a word's positive contribution goes: share of each predicted class in its sum over the images, [rows];
   * all zero when the word never pushes towards a predicted class.
   */
  shares(word: number): Float64Array {
    const wordCount = this.#lastLayer.shape[1]!;
    const sums = this.#counts.map((_, row) => this.#sums[row * wordCount + word]!);
    const total = sums.reduce((sum, value) => sum + value, 0);
    return total > 0 ? sums.map((value) => value / total) : sums;
  }

  /** Mean positive contribution of a word over the images of each predicted class; 0 for a class never predicted. */
  #meanUse(word: number): Float64Array {
    const wordCount = this.#lastLayer.shape[1]!;
    return this.#counts.map((count, row) => (count === 0 ? 0 : this.#sums[row * wordCount + word]! / count));
  }
}

function positiveColumn(lastLayer: Tensor<'float32'>, word: number): Float64Array {
  const [classCount, wordCount] = lastLayer.shape as [number, number];
  return Float64Array.from({ length: classCount }, (_, row) => Math.max(0, lastLayer.data[row * wordCount + word]!));
}
