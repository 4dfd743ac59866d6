/** What a change of the arrangement of words does to both fidelities, from answers and maps kept in memory. */
import type { Random } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { AttentionMeter, attentionFidelityOf, MAP_WORDS, maximumMap } from './alignment.ts';
import { AnswerShares } from './answer-shares.ts';
import { PERCENTILES } from './evaluation.ts';
import type { PerPercentile } from './evaluation.ts';
import { alikeDecisions, predictionFidelity } from './fidelity.ts';
import { measureMean } from './interval.ts';
import { withChance } from './measure.ts';
import type { Assessment } from './measure.ts';
import { classCountOf, predictedClass, rowOfClass } from './outcome.ts';
import type { OutputKind } from './outcome.ts';
import { topPartIou } from './top-part.ts';
import type { TopParts } from './top-part.ts';
import { ArrangementReader } from './word-arrangement.ts';
import type { WordArrangement } from './word-arrangement.ts';

/** What both models say of the images that a change is judged on; row i is image i everywhere. */
export interface EffectImages {
  readonly count: number;
  /** Rows and columns of the feature map. */
  readonly height: number;
  readonly width: number;
  /** [images, words] */
  readonly scores: Float32Array;
  /** [images, words, height * width] */
  readonly maps: Float32Array;
  /** Grad-CAM of the base model's class, [images, height * width]. */
  readonly attention: Float32Array;
  /** [images, classes] */
  readonly baseLogits: Float32Array;
  /** Of the word model as it was learned, [images, classes]. */
  readonly wordLogits: Float32Array;
}

/** Both fidelities. */
export interface FidelityPair {
  readonly predictionFidelity: Assessment;
  readonly attentionFidelity: PerPercentile<Assessment>;
}

/** An image whose predicted class changes. */
export interface Flip {
  /** Row of the image. */
  readonly image: number;
  readonly before: number;
  readonly after: number;
}

/** What a change does. */
export interface EffectFigures {
  readonly before: FidelityPair;
  readonly after: FidelityPair;
  readonly flips: readonly Flip[];
  /** Mean change of the logit of the class predicted before, logits. */
  readonly meanLogitChange: Assessment;
}

/** The same images, word model and seed as an evaluation: then an arrangement that changes nothing gives its figures. */
export interface EffectOptions {
  readonly images: EffectImages;
  /** [classes, words] */
  readonly lastLayer: Tensor<'float32'>;
  readonly outputs: OutputKind;
  /** The evaluation's stream: equal streams give equal intervals. Only forks of it are drawn from. */
  readonly random: Random;
}

/** One arrangement, measured. */
interface Measured {
  readonly key: string;
  readonly fidelities: FidelityPair;
  /** [images, classes] */
  readonly logits: Float32Array;
  readonly predicted: Int32Array;
  /** Maximum map of each image, [images, height * width]. */
  readonly wordMaps: Float32Array;
  /** One column per percentile, [images]. */
  readonly ious: readonly Float64Array[];
}

/**
 * Measures arrangements of the words over images kept in memory. Overlaps are computed anew only where the word map of an
 * image changed, so that a change of a few words costs milliseconds.
 */
export class EffectMeter {
  readonly #options: EffectOptions;
  readonly #wordCount: number;
  readonly #classCount: number;
  readonly #meter: AttentionMeter;
  readonly #attention: readonly TopParts[];
  /** The arrangement measured last as the present one. */
  #present: Measured | undefined;

  constructor(options: EffectOptions) {
    const { images, lastLayer } = options;
    this.#options = options;
    [this.#classCount, this.#wordCount] = lastLayer.shape as [number, number];
    const { count, height, width, attention } = images;
    const positions = height * width;
    this.#meter = new AttentionMeter(height, width);
    this.#attention = Array.from({ length: count }, (_, image) =>
      this.#meter.ofAttention(attention.subarray(image * positions, (image + 1) * positions)),
    );
  }

  /** @param before as the words are arranged now; @param after as they would be */
  measure(before: WordArrangement, after: WordArrangement): EffectFigures {
    this.#present = this.#measured(before);
    const { logits, predicted, fidelities } = this.#present;
    const changed = this.#measured(after);
    const flips: Flip[] = [];
    const changes = new Float64Array(predicted.length);
    for (let image = 0; image < predicted.length; image++) {
      const own = predicted[image]!;
      if (changed.predicted[image] !== own) flips.push({ image, before: own, after: changed.predicted[image]! });
      const place = image * this.#classCount + rowOfClass(own, this.#classCount);
      // The only logit of two classes speaks against class 0.
      const sign = this.#classCount === 1 && own === 0 ? -1 : 1;
      changes[image] = sign * (changed.logits[place]! - logits[place]!);
    }
    return {
      before: fidelities,
      after: changed.fidelities,
      flips,
      meanLogitChange: measureMean(changes, this.#options.random.fork('logit change')),
    };
  }

  #measured(arrangement: WordArrangement): Measured {
    const key = keyOf(arrangement);
    if (this.#present?.key === key) return this.#present;
    const reader = new ArrangementReader(arrangement, this.#wordCount);
    const logits = this.#logits(reader);
    const predicted = Int32Array.from({ length: this.#options.images.count }, (_, image) =>
      predictedClass(this.#row(logits, image)),
    );
    const { wordMaps, ious } = this.#overlaps(reader);
    return {
      key,
      logits,
      predicted,
      wordMaps,
      ious,
      fidelities: {
        predictionFidelity: this.#agreement(logits, predicted),
        // The path of forks that an evaluation takes.
        attentionFidelity: attentionFidelityOf(ious, this.#options.random.fork('attention').fork('published')),
      },
    };
  }

  /** The learned logits without the contributions of words left out. */
  #logits(reader: ArrangementReader): Float32Array {
    const { images, lastLayer } = this.#options;
    const logits = images.wordLogits.slice();
    for (let image = 0; image < images.count; image++) {
      for (const word of reader.excluded(image)) {
        const score = images.scores[image * this.#wordCount + word]!;
        for (let row = 0; row < this.#classCount; row++) {
          logits[image * this.#classCount + row]! -= score * lastLayer.data[row * this.#wordCount + word]!;
        }
      }
    }
    return logits;
  }

  #agreement(logits: Float32Array, predicted: Int32Array): Assessment {
    const { images, outputs } = this.#options;
    if (outputs === 'sigmoid' && this.#classCount > 1) {
      const shares = new AnswerShares(this.#classCount, outputs);
      const alike = Float64Array.from({ length: images.count }, (_, image) => {
        const [base, word] = [this.#row(images.baseLogits, image), this.#row(logits, image)];
        shares.add(base, word);
        return alikeDecisions(base, word) / this.#classCount;
      });
      return withChance(
        measureMean(alike, this.#options.random.fork('predictions').fork('alike')),
        shares.decisionChance(),
      );
    }
    const base = Int32Array.from(predicted, (_, image) => predictedClass(this.#row(images.baseLogits, image)));
    return predictionFidelity(base, predicted, classCountOf(this.#classCount));
  }

  #overlaps(reader: ArrangementReader): Pick<Measured, 'wordMaps' | 'ious'> {
    const { count, height, width, scores, maps } = this.#options.images;
    const positions = height * width;
    const wordMaps = new Float32Array(count * positions);
    const ious = PERCENTILES.map(() => new Float64Array(count).fill(NaN));
    for (let image = 0; image < count; image++) {
      const own = scores.subarray(image * this.#wordCount, (image + 1) * this.#wordCount);
      const words = reader.strongestGroups(image, own, MAP_WORDS).flatMap((group) => group.words);
      const ofImage = maps.subarray(image * this.#wordCount * positions, (image + 1) * this.#wordCount * positions);
      // Without a single word there is nothing to look at: a flat map.
      const map = words.length === 0 ? new Float32Array(positions) : maximumMap(ofImage, words, positions);
      wordMaps.set(map, image * positions);
      if (this.#attention[image]!.isFlat) continue;
      const known = this.#knownOverlaps(image, map);
      const values = known ?? topPartIou(this.#meter.ofPixels(this.#meter.upsample(map)), this.#attention[image]!);
      values.forEach((iou, index) => (ious[index]![image] = iou));
    }
    return { wordMaps, ious };
  }

  /** Overlaps of the present arrangement where the image's word map is the same. */
  #knownOverlaps(image: number, map: Float32Array): number[] | undefined {
    if (!this.#present) return undefined;
    const { wordMaps, ious } = this.#present;
    const start = image * map.length;
    for (let position = 0; position < map.length; position++) {
      if (wordMaps[start + position] !== map[position]) return undefined;
    }
    return ious.map((column) => column[image]!);
  }

  #row(logits: Float32Array, image: number): Float32Array {
    return logits.subarray(image * this.#classCount, (image + 1) * this.#classCount);
  }
}

function keyOf({ leaders, isExcluded, divisions }: WordArrangement): string {
  return [leaders, isExcluded, ...divisions.flatMap(({ word, speakers }) => [word, speakers])].join('|');
}
