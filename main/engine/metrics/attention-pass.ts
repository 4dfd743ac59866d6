/** Everything that compares maps with Grad-CAM, image by image: word maps, controls, single words, partness, masks. */
import type { Random } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import {
  AttentionMeter,
  AttentionSeries,
  ATTENTION_SIZE,
  atEveryPercentile,
  contributionMap,
  MAP_WORDS,
  maximumMap,
  strongestWords,
} from './alignment.ts';
import { centredDirections, centreMap, classEvidence, derangement, featureNorm } from './controls.ts';
import type { AttentionControl, AttentionResult, EvaluationControls } from './evaluation.ts';
import { measureMean } from './interval.ts';
import { energyInMask, maskShare, pointing } from './mask-energy.ts';
import { notAssessed, withChance } from './measure.ts';
import type { Assessment } from './measure.ts';
import { rowOfClass } from './outcome.ts';
import type { ImageOutcome } from './outcome.ts';
import { partness } from './partness.ts';
import type { TopParts } from './top-part.ts';
import { WordAttention } from './word-attention.ts';
import type { WordAttentionFigures } from './word-attention.ts';

/** Sizes and settings of an attention pass. */
export interface AttentionPassOptions {
  readonly imageCount: number;
  /** Rows of the feature map. */
  readonly height: number;
  /** Columns of the feature map. */
  readonly width: number;
  /** [classes, words] */
  readonly lastLayer: Tensor<'float32'>;
  /** [classes, channels]; undefined when the head has none. */
  readonly classDirections: Tensor<'float32'> | undefined;
}

/** What an attention pass measured. */
export interface AttentionFigures {
  readonly published: AttentionResult;
  readonly contribution: AttentionResult;
  readonly controls: EvaluationControls;
  readonly words: readonly WordAttentionFigures[];
  readonly partness: Assessment;
  readonly energyInMask: Assessment;
  readonly pointing: Assessment;
}

/** Kinds of maps that are compared with Grad-CAM. */
type SeriesName = 'published' | 'contribution' | 'otherImage' | 'centre' | 'norm' | 'evidence';

/** Streams images in batches; keeps one number per image, measure and percentile. */
export class AttentionPass {
  readonly #options: AttentionPassOptions;
  readonly #positions: number;
  readonly #meter: AttentionMeter;
  readonly #directions: Tensor<'float32'> | undefined;
  readonly #centre: TopParts;
  readonly #wordAttention: WordAttention;
  readonly #series: Record<SeriesName, AttentionSeries>;
  readonly #figures: Record<'partness' | 'energy' | 'pointing' | 'maskArea', Float64Array>;
  /** One per strong word and one for whole maps, reused for every image. */
  readonly #bits: Uint32Array[];
  readonly #pixels: Float32Array;

  constructor(options: AttentionPassOptions) {
    const { imageCount, height, width } = options;
    this.#options = options;
    this.#positions = height * width;
    this.#meter = new AttentionMeter(height, width);
    this.#directions = options.classDirections && centredDirections(options.classDirections);
    this.#centre = this.#meter.ofPixels(centreMap(ATTENTION_SIZE));
    this.#wordAttention = new WordAttention(imageCount);
    const series = (): AttentionSeries => new AttentionSeries(imageCount);
    this.#series = {
      published: series(),
      contribution: series(),
      otherImage: series(),
      centre: series(),
      norm: series(),
      evidence: series(),
    };
    const values = (): Float64Array => new Float64Array(imageCount).fill(NaN);
    this.#figures = { partness: values(), energy: values(), pointing: values(), maskArea: values() };
    this.#bits = Array.from({ length: MAP_WORDS + 1 }, () => this.#meter.createBits());
    this.#pixels = new Float32Array(this.#meter.size);
  }

  /**
   * Adds a batch. Every image is compared with the Grad-CAM of another image of the same batch, so images must come
   * in random order: a batch of one class would make the chance line too high.
   * @param masks part or object mask of each image, [ATTENTION_SIZE * ATTENTION_SIZE], null where there is none
   */
  add(outcomes: readonly ImageOutcome[], masks: readonly (Uint8Array | null)[], random: Random): void {
    const attention = outcomes.map((outcome) => this.#meter.ofAttention(outcome.attention));
    const partners = derangement(outcomes.length, random);
    outcomes.forEach((outcome, index) => {
      const partner = partners[index];
      const pair = { own: attention[index]!, other: partner === undefined ? undefined : attention[partner]! };
      this.#addMaps(outcome, pair, masks[index] ?? null);
      this.#addWords(outcome, pair, masks[index] ?? null);
    });
  }

  /** Top parts of a map at feature resolution; valid until the next call. Its pixels stay in `#pixels`. */
  #parts(map: Float32Array): TopParts {
    return this.#meter.ofPixels(this.#meter.upsample(map, this.#pixels), this.#bits[MAP_WORDS]);
  }

  #addMaps(
    outcome: ImageOutcome,
    { own, other }: { own: TopParts; other: TopParts | undefined },
    mask: Uint8Array | null,
  ): void {
    const { row, maps, features, scores } = outcome;
    const add = (name: SeriesName, parts: TopParts): void => this.#series[name].add(row, parts, own, other);
    const wordMap = this.#parts(maximumMap(maps, strongestWords(scores, MAP_WORDS), this.#positions));
    add('published', wordMap);
    if (mask) {
      this.#figures.energy[row] = energyInMask(this.#pixels, mask);
      this.#figures.pointing[row] = pointing(wordMap, mask);
      this.#figures.maskArea[row] = maskShare(mask);
    }
    add('contribution', this.#parts(contributionMap(maps, this.#weightsOf(outcome), this.#positions)));
    add('centre', this.#centre);
    add('norm', this.#parts(featureNorm(features, this.#positions)));
    if (other) add('otherImage', other);
    if (this.#directions) add('evidence', this.#parts(classEvidence(features, this.#directions, this.#positions)));
  }

  #addWords(
    { row, maps, scores }: ImageOutcome,
    pair: { readonly own: TopParts; readonly other: TopParts | undefined },
    mask: Uint8Array | null,
  ): void {
    const parts = strongestWords(scores, MAP_WORDS).map((word, slot) => {
      const map = maps.subarray(word * this.#positions, (word + 1) * this.#positions);
      const pixels = this.#meter.upsample(map, this.#pixels);
      const part = this.#meter.ofPixels(pixels, this.#bits[slot]);
      const energy = mask ? energyInMask(pixels, mask) : NaN;
      // A flat map is a word that is absent: it says nothing about where the word looks.
      if (!part.isFlat) this.#wordAttention.add(row, slot, word, part, pair, energy);
      return part;
    });
    this.#figures.partness[row] = partness(parts);
  }

  /** The last layer's row of the class that Grad-CAM explains: the base model's. */
  #weightsOf(outcome: ImageOutcome): Float32Array {
    const { lastLayer } = this.#options;
    const [classCount, wordCount] = lastLayer.shape as [number, number];
    const start = rowOfClass(outcome.baseClass, classCount) * wordCount;
    return lastLayer.data.subarray(start, start + wordCount);
  }

  /** Overlap of the published word map at one percentile, by image; NaN where Grad-CAM is flat. */
  publishedValues(percentileIndex: number): Float64Array {
    return this.#series.published.values(percentileIndex);
  }

  /** Means and intervals over the images added. */
  result(random: Random): AttentionFigures {
    const published = this.#series.published.result(random.fork('published'));
    const control = (name: 'centre' | 'norm'): AttentionControl => controlOf(this.#series[name], random.fork(name));
    const meanArea = measureMean(this.#figures.maskArea, random.fork('maskArea')).value ?? 0;
    const inMask = (name: 'energy' | 'pointing'): Assessment =>
      withChance(measureMean(this.#figures[name], random.fork(name), 'no image has a mask'), meanArea);
    return {
      published,
      contribution: this.#series.contribution.result(random.fork('contribution')),
      controls: {
        shuffled: { attentionFidelity: published.shuffled },
        otherImage: {
          attentionFidelity: this.#series.otherImage.result(random.fork('otherImage')).attentionFidelity,
        },
        centre: control('centre'),
        featureNorm: control('norm'),
        classEvidence: this.#directions
          ? controlOf(this.#series.evidence, random.fork('evidence'))
          : missingControl('the head gives no class directions'),
      },
      words: this.#wordAttention.result(this.#options.lastLayer.shape[1]!),
      partness: measureMean(this.#figures.partness, random.fork('partness'), 'fewer than two words with a map'),
      energyInMask: inMask('energy'),
      pointing: inMask('pointing'),
    };
  }
}

function controlOf(series: AttentionSeries, random: Random): AttentionControl {
  const { attentionFidelity, margin } = series.result(random);
  return { attentionFidelity, margin };
}

function missingControl(reason: string): AttentionControl {
  const missing = atEveryPercentile(notAssessed(reason));
  return { attentionFidelity: missing, margin: missing };
}
