/** Overlap of each single word's map with Grad-CAM, over the images where the word is strong. */
import { MAP_WORDS, nominalChance, perPercentile } from './alignment.ts';
import { PERCENTILES } from './evaluation.ts';
import type { AttentionResult } from './evaluation.ts';
import { measureMeanStudent, measureRate } from './interval.ts';
import { withChance } from './measure.ts';
import type { Assessment } from './measure.ts';
import { topPartIou } from './top-part.ts';
import type { TopParts } from './top-part.ts';

/** Why a word has no figures. */
const TOO_RARE = 'among the ten most activated words of fewer than two images';

/** Figures of one word from its own map. */
export interface WordAttentionFigures extends AttentionResult {
  readonly frequency: Assessment;
  readonly energyInMask: Assessment;
}

/** Columns per entry: own and other at every percentile, then the energy inside the mask. */
const COLUMNS = 2 * PERCENTILES.length + 1;

/** Keeps a few numbers for each (image, strong word) pair. */
export class WordAttention {
  readonly #words: Int32Array;
  /** [images * MAP_WORDS, COLUMNS] */
  readonly #values: Float32Array;
  readonly #imageCount: number;

  constructor(imageCount: number) {
    this.#imageCount = imageCount;
    this.#words = new Int32Array(imageCount * MAP_WORDS).fill(-1);
    this.#values = new Float32Array(imageCount * MAP_WORDS * COLUMNS).fill(NaN);
  }

  /**
   * Adds one word of one image.
   * @param slot place of the word among the image's strongest, 0..MAP_WORDS-1
   * @param energyInMask NaN without a mask
   */
  add(
    row: number,
    slot: number,
    word: number,
    map: TopParts,
    attention: { readonly own: TopParts; readonly other: TopParts | undefined },
    energyInMask: number,
  ): void {
    const entry = row * MAP_WORDS + slot;
    this.#words[entry] = word;
    const { own, other } = attention;
    if (!own.isFlat) this.#values.set(topPartIou(map, own), entry * COLUMNS);
    if (!own.isFlat && other && !other.isFlat) {
      const iou = topPartIou(map, other);
      this.#values.set(iou, entry * COLUMNS + PERCENTILES.length);
    }
    this.#values[entry * COLUMNS + COLUMNS - 1] = energyInMask;
  }

  /** Figures of every word, with Student's t intervals over its images. */
  result(wordCount: number): WordAttentionFigures[] {
    const entries: number[][] = Array.from({ length: wordCount }, () => []);
    this.#words.forEach((word, entry) => {
      if (word >= 0) entries[word]!.push(entry);
    });
    return entries.map((own) => this.#figuresOf(own));
  }

  #figuresOf(entries: readonly number[]): WordAttentionFigures {
    const column = (place: number): number[] => entries.map((entry) => this.#values[entry * COLUMNS + place]!);
    const other = PERCENTILES.length;
    return {
      attentionFidelity: perPercentile((p, index) =>
        withChance(measureMeanStudent(column(index), TOO_RARE), nominalChance(p)),
      ),
      shuffled: perPercentile((p, index) =>
        withChance(measureMeanStudent(column(other + index), TOO_RARE), nominalChance(p)),
      ),
      margin: perPercentile((_, index) => {
        const chance = column(other + index);
        return measureMeanStudent(
          column(index).map((iou, place) => iou - chance[place]!),
          TOO_RARE,
        );
      }),
      frequency: measureRate(entries.length, this.#imageCount),
      energyInMask: measureMeanStudent(column(COLUMNS - 1), 'fewer than two images with a mask'),
    };
  }
}
