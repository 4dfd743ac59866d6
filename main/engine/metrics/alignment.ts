/** Attention fidelity: overlap of a map's strongest part with Grad-CAM's, beside its honest chance lines. */
import { InvariantError } from '../errors.ts';
import { createMapResizer } from '../image/resize-map.ts';
import type { MapResizer } from '../image/resize-map.ts';
import type { Random } from '../tensor/random.ts';
import { PERCENTILES } from './evaluation.ts';
import type { AttentionResult, PercentileKey, PerPercentile } from './evaluation.ts';
import { measureMean, measurePairedDifference } from './interval.ts';
import { withChance } from './measure.ts';
import type { Assessment } from './measure.ts';
import { createTopPartBits, createTopPartScratch, topPartIou, topParts } from './top-part.ts';
import type { TopParts, TopPartScratch } from './top-part.ts';

/** Side in pixels at which maps are compared, whatever the model's input size (the published protocol). */
export const ATTENTION_SIZE = 224;

/** Words whose maps make up an image's word map (the published k). */
export const MAP_WORDS = 10;

/** Why overlap is missing. */
const NO_ATTENTION = 'Grad-CAM is flat on every image';

/** One value per percentile. */
export function perPercentile<T>(valueOf: (percentile: number, index: number) => T): PerPercentile<T> {
  const entries = PERCENTILES.map((percentile, index) => [String(percentile), valueOf(percentile, index)] as const);
  return Object.fromEntries(entries) as Record<PercentileKey, T>;
}

/** Expected overlap of two independent random maps: q / (2 - q), q = 1 - p / 100. */
export function nominalChance(percentile: number): number {
  const q = 1 - percentile / 100;
  return q / (2 - q);
}

/** Indices of the `count` largest scores, largest first; the lower index first among equals. */
export function strongestWords(scores: ArrayLike<number>, count: number): number[] {
  const order = Array.from({ length: scores.length }, (_, index) => index);
  return order.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, count);
}

/**
 * Maximum over some words' activation maps.
 * @param maps [words, positions]
 * @returns [positions]
 */
export function maximumMap(maps: Float32Array, words: readonly number[], positions: number): Float32Array {
  const result = new Float32Array(positions).fill(-Infinity);
  for (const word of words) {
    for (let position = 0; position < positions; position++) {
      result[position] = Math.max(result[position]!, maps[word * positions + position]!);
    }
  }
  return result;
}

/**
 * Contribution-weighted map: sum over words of relu(weight) x activation.
 * @param maps [words, positions]
 * @param weights the last layer's row of the explained class, [words]
 */
export function contributionMap(maps: Float32Array, weights: ArrayLike<number>, positions: number): Float32Array {
  const result = new Float32Array(positions);
  for (let word = 0; word < weights.length; word++) {
    const weight = weights[word]!;
    if (weight <= 0) continue;
    for (let position = 0; position < positions; position++) {
      result[position]! += weight * maps[word * positions + position]!;
    }
  }
  return result;
}

/** Upsamples maps of one size and finds their top parts at the published percentiles. Keeps buffers: not re-entrant. */
export class AttentionMeter {
  readonly #bilinear: MapResizer;
  readonly #bicubic: MapResizer;
  readonly #scratch: TopPartScratch;
  readonly #pixels: Float32Array;
  readonly size: number;

  /**
   * @param height rows of the feature map
   * @param width columns of the feature map
   * @param side side of the compared maps in pixels
   */
  constructor(height: number, width: number, side: number = ATTENTION_SIZE) {
    const sizes = { height, width, outputHeight: side, outputWidth: side };
    this.#bilinear = createMapResizer({ ...sizes, method: 'bilinear' });
    this.#bicubic = createMapResizer({ ...sizes, method: 'bicubic' });
    this.size = side * side;
    this.#scratch = createTopPartScratch(this.size);
    this.#pixels = new Float32Array(this.size);
  }

  /** Top parts of a Grad-CAM map, [height * width], upsampled bilinearly. */
  ofAttention(attention: Float32Array): TopParts {
    return this.ofPixels(this.#bilinear(checked(attention), this.#pixels));
  }

  /** A word map or control map, [height * width], upsampled bicubically into `target`, [side * side]. */
  upsample(map: Float32Array, target: Float32Array = new Float32Array(this.size)): Float32Array {
    return this.#bicubic(checked(map), target);
  }

  /** Top parts of a map that already has the compared size. */
  ofPixels(map: Float32Array, bits: Uint32Array = this.createBits()): TopParts {
    return topParts(map, PERCENTILES, bits, this.#scratch);
  }

  /** Storage for the top parts of one map, to be reused. */
  createBits(): Uint32Array {
    return createTopPartBits(this.size, PERCENTILES.length);
  }
}

/** @throws InvariantError when a value is not finite: every later number would be wrong without a sign */
function checked(map: Float32Array): Float32Array {
  if (!map.every(Number.isFinite)) throw new InvariantError('a map holds a value that is not finite');
  return map;
}

/** Overlaps of one kind of map, one value per image and percentile; NaN where Grad-CAM is flat. */
export class AttentionSeries {
  readonly #own: readonly Float64Array[];
  readonly #other: readonly Float64Array[];

  constructor(imageCount: number) {
    this.#own = PERCENTILES.map(() => new Float64Array(imageCount).fill(NaN));
    this.#other = PERCENTILES.map(() => new Float64Array(imageCount).fill(NaN));
  }

  /**
   * Adds one image.
   * @param map top parts of the map under test
   * @param own Grad-CAM of the image
   * @param other Grad-CAM of another image; undefined when there is none
   */
  add(row: number, map: TopParts, own: TopParts, other: TopParts | undefined): void {
    if (own.isFlat) return;
    record(this.#own, row, map, own);
    if (other && !other.isFlat) record(this.#other, row, map, other);
  }

  /** Overlap at one percentile (index into PERCENTILES) of every image. */
  values(percentileIndex: number): Float64Array {
    return this.#own[percentileIndex]!;
  }

  /** Means with bootstrap intervals over images; the margin is paired by image. */
  result(random: Random): AttentionResult {
    const other = 'no second image with a Grad-CAM that is not flat';
    return {
      attentionFidelity: attentionFidelityOf(this.#own, random),
      shuffled: perPercentile((p, index) =>
        withChance(measureMean(this.#other[index]!, random.fork(`other ${p}`), other), nominalChance(p)),
      ),
      margin: perPercentile((p, index) =>
        measurePairedDifference(this.#own[index]!, this.#other[index]!, random.fork(`margin ${p}`), other),
      ),
    };
  }
}

/**
 * Mean overlap at every percentile with its interval and nominal chance.
 * @param columns one per percentile, one value per image; NaN where Grad-CAM is flat
 */
export function attentionFidelityOf(columns: readonly Float64Array[], random: Random): PerPercentile<Assessment> {
  return perPercentile((p, index) =>
    withChance(measureMean(columns[index]!, random.fork(`own ${p}`), NO_ATTENTION), nominalChance(p)),
  );
}

function record(series: readonly Float64Array[], row: number, map: TopParts, attention: TopParts): void {
  topPartIou(map, attention).forEach((iou, index) => (series[index]![row] = iou));
}

/** The same assessment at every percentile. */
export function atEveryPercentile(assessment: Assessment): PerPercentile {
  return perPercentile(() => assessment);
}
