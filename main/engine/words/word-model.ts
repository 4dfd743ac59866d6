/** The word model as data: add-on layers, words, similarity, pooling and last layer (method.md section 1). */
import { InvariantError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Non-linearity after an add-on layer. */
export type Activation = 'relu' | 'sigmoid' | 'none';

/** A 1x1 convolution followed by a non-linearity. */
export interface AddOnLayer {
  /** [out, in] */
  readonly weights: Tensor<'float32'>;
  /** [out] */
  readonly bias: Tensor<'float32'>;
  readonly activation: Activation;
}

/**
 * How strongly a position z resembles a word p.
 * - `log`: ln((d + 1) / (d + 1e-4)), d the squared L2 distance (ProtoPNet, Chen et al. 2019, section 2.1);
 * - `linear`: -d;
 * - `cosinePower`: |z| max(0, cos(z, p))^exponent, which keeps the strength of the evidence; 0 where z or p is zero.
 */
export type Similarity =
  { readonly kind: 'log' } | { readonly kind: 'linear' } | { readonly kind: 'cosinePower'; readonly exponent: number };

/** How an activation map becomes a word score: its maximum or its mean over positions. */
export type Pooling = 'max' | 'mean';

/** A complete word model on top of the features at the cut point. */
export interface WordModel {
  /** Applied in order; empty means that words live in the feature space itself. */
  readonly addOn: readonly AddOnLayer[];
  readonly similarity: Similarity;
  readonly pooling: Pooling;
  /** Word vectors, [words, D]. */
  readonly words: Tensor<'float32'>;
  /** Word weights, [classes, words]. */
  readonly lastLayer: Tensor<'float32'>;
  /** [classes]; zeros in the published method. */
  readonly bias: Tensor<'float32'>;
}

/** Sizes of a word model. */
export interface WordModelSize {
  readonly wordCount: number;
  readonly classCount: number;
  /** Channels of the features the model reads. */
  readonly channels: number;
  /** Channels D of z, the space the words live in. */
  readonly dimension: number;
}

/**
 * Sizes of a word model, after checking that its parts fit together.
 * @throws InvariantError when two shapes contradict each other
 */
export function sizeOfWordModel(model: WordModel): WordModelSize {
  const [wordCount, dimension] = axes(model.words, 'words');
  const [classCount, columns] = axes(model.lastLayer, 'lastLayer');
  if (columns !== wordCount) throw new InvariantError(`last layer has ${columns} columns for ${wordCount} words`);
  if (model.bias.shape.length !== 1 || model.bias.shape[0] !== classCount) {
    throw new InvariantError(`bias has shape [${model.bias.shape.join(', ')}] for ${classCount} classes`);
  }
  let expected: number | undefined;
  for (const [index, layer] of model.addOn.entries()) {
    const [outputs, inputs] = axes(layer.weights, `addOn[${index}].weights`);
    if (expected !== undefined && inputs !== expected) {
      throw new InvariantError(`add-on layer ${index} reads ${inputs} channels, the one before gives ${expected}`);
    }
    if (layer.bias.shape.length !== 1 || layer.bias.shape[0] !== outputs) {
      throw new InvariantError(`bias of add-on layer ${index} does not have ${outputs} entries`);
    }
    expected = outputs;
  }
  if (expected !== undefined && expected !== dimension) {
    throw new InvariantError(`words have ${dimension} channels, the add-on layers give ${expected}`);
  }
  return { wordCount, classCount, channels: model.addOn[0]?.weights.shape[1] ?? dimension, dimension };
}

/** The two axes of a matrix. */
function axes(value: Tensor, name: string): [number, number] {
  if (value.shape.length !== 2) throw new InvariantError(`${name} has shape [${value.shape.join(', ')}], not two axes`);
  return [value.shape[0]!, value.shape[1]!];
}
