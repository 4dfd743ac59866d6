/** What both models say about one image: the unit every measure adds up. */
import type { Tensor } from '../tensor/tensor.ts';
import type { FeatureBatch } from '../training/feature-source.ts';

/** How logits become predictions: one class of several, or one yes/no per class. */
export type OutputKind = 'softmax' | 'sigmoid';

/** What the word model computes for n images. */
export interface WordOutputs {
  /** Activation maps, [n, words, height, width]. */
  readonly maps: Tensor<'float32'>;
  /** Word scores, [n, words]. */
  readonly scores: Tensor<'float32'>;
  /** [n, classes] */
  readonly logits: Tensor<'float32'>;
}

/** Runs the word model on features, [n, channels, height, width]; n differs between calls. */
export type WordForward = (features: Tensor<'float32'>) => Promise<WordOutputs>;

/** Views on one image's part of a batch; valid until the next batch. */
export interface ImageOutcome {
  /** Place among the evaluated images, 0..n-1. */
  readonly row: number;
  /** Index in the feature source. */
  readonly imageIndex: number;
  /** Ground truth; null when unlabelled. */
  readonly label: number | null;
  /** [channels, height * width] */
  readonly features: Float32Array;
  /** [height * width], in [0, 1] */
  readonly attention: Float32Array;
  /** [words, height * width] */
  readonly maps: Float32Array;
  /** [words] */
  readonly scores: Float32Array;
  /** [classes] */
  readonly baseLogits: Float32Array;
  /** [classes] */
  readonly wordLogits: Float32Array;
  /** Class the base model predicts. */
  readonly baseClass: number;
  /** Class the word model predicts. */
  readonly wordClass: number;
}

/**
 * The predicted class: the largest logit, the first of equals. A single sigmoid logit decides between
 * class 0 (logit <= 0) and class 1.
 */
export function predictedClass(logits: ArrayLike<number>): number {
  if (logits.length === 1) return logits[0]! > 0 ? 1 : 0;
  let best = 0;
  for (let index = 1; index < logits.length; index++) if (logits[index]! > logits[best]!) best = index;
  return best;
}

/** Row of the last layer behind a prediction: the class, or the only row of a single-logit model. */
export function rowOfClass(predicted: number, logitCount: number): number {
  return logitCount === 1 ? 0 : predicted;
}

/** Number of classes a prediction may name: two for a single logit. */
export function classCountOf(logitCount: number): number {
  return Math.max(2, logitCount);
}

/**
 * Views on every image of a batch.
 * @param batch the base model's side
 * @param outputs the word model's side of the same images
 * @param places row, index in the source and label of each image, in the batch's order
 */
export function outcomesOf(
  batch: FeatureBatch,
  outputs: WordOutputs,
  places: readonly Pick<ImageOutcome, 'row' | 'imageIndex' | 'label'>[],
): ImageOutcome[] {
  return places.map((place, index) => {
    const baseLogits = rowOf(batch.logits, index);
    const wordLogits = rowOf(outputs.logits, index);
    return {
      ...place,
      features: rowOf(batch.features, index),
      attention: rowOf(batch.attention, index),
      maps: rowOf(outputs.maps, index),
      scores: rowOf(outputs.scores, index),
      baseLogits,
      wordLogits,
      baseClass: predictedClass(baseLogits),
      wordClass: predictedClass(wordLogits),
    };
  });
}

/** Entry `index` of the first axis, as a view. */
function rowOf(value: Tensor<'float32'>, index: number): Float32Array {
  const size = value.data.length / value.shape[0]!;
  return value.data.subarray(index * size, (index + 1) * size);
}
