/** Emits a word model onto features: add-on layers, similarity to words, pooling, last layer. */
import { InvariantError } from '../errors.ts';
import type { GraphBuilder } from '../onnx/build.ts';
import {
  add,
  div,
  log,
  matmul,
  mul,
  neg,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  relu,
  reshape,
  scalarOf,
  sigmoid,
  sqrt,
  sub,
  transpose,
} from '../onnx/emit.ts';
import { sizeOf } from '../tensor/shape.ts';
import type { Activation, Pooling, Similarity, WordModel } from './word-model.ts';

/** Names of a word model's parameters in a builder: constants for inference, inputs for training. */
export interface WordModelValues {
  readonly addOn: readonly AddOnValues[];
  readonly similarity: Similarity;
  readonly pooling: Pooling;
  /** [words, D] */
  readonly words: string;
  /** [classes, words] */
  readonly lastLayer: string;
  /** [classes] */
  readonly bias: string;
}

/** One add-on layer's parameters. */
export interface AddOnValues {
  /** [out, in] */
  readonly weights: string;
  /** [out] */
  readonly bias: string;
  readonly activation: Activation;
}

/** Values of an emitted word model. */
export interface EmittedWordModel {
  /** Channel-last positions in word space, [batch * height * width, D]. */
  readonly positions: string;
  /**
   * Before the similarity's last step, [batch, height * width, words]: squared distances for `log` and `linear`,
   * similarities for `cosinePower`. Cheap to select from, because no logarithm has been taken.
   */
  readonly closeness: string;
  /** [batch, words] */
  readonly scores: string;
  /** [batch, classes] */
  readonly logits: string;
}

/** Added under square roots: far below any squared length that matters, it keeps the gradient finite at 0. */
const TINY = 1e-12;

/** Puts a word model's parameters into a builder as constants. */
export function constantWordModel(b: GraphBuilder, model: WordModel): WordModelValues {
  return {
    addOn: model.addOn.map((layer, index) => ({
      weights: b.constant(layer.weights, `addOn${index}.weights`),
      bias: b.constant(layer.bias, `addOn${index}.bias`),
      activation: layer.activation,
    })),
    similarity: model.similarity,
    pooling: model.pooling,
    words: b.constant(model.words, 'words'),
    lastLayer: b.constant(model.lastLayer, 'lastLayer'),
    bias: b.constant(model.bias, 'bias'),
  };
}

/**
 * Emits the whole word model.
 * @param features [batch, channels, height, width]
 */
export function emitWordModel(b: GraphBuilder, features: string, values: WordModelValues): EmittedWordModel {
  const [batch, , height, width] = b.shapeOf(features) as [number, number, number, number];
  const wordCount = b.shapeOf(values.words)[0]!;
  const positions = emitAddOn(b, channelLast(b, features), values.addOn);
  const flat = emitCloseness(b, positions, values.words, values.similarity);
  const closeness = reshape(b, flat, [batch, height * width, wordCount]);
  const scores = emitScores(b, closeness, values.similarity, values.pooling);
  const logits = add(b, matmul(b, scores, transpose(b, values.lastLayer, [1, 0])), values.bias);
  return { positions, closeness, scores, logits };
}

/** [batch, channels, height, width] -> [batch * height * width, channels]: one GEMM then serves all positions. */
export function channelLast(b: GraphBuilder, features: string): string {
  const [batch, channels, height, width] = b.shapeOf(features) as [number, number, number, number];
  // [batch, channels, height * width] -> [batch, height * width, channels]
  const byPosition = transpose(b, reshape(b, features, [batch, channels, height * width]), [0, 2, 1]);
  return reshape(b, byPosition, [batch * height * width, channels]);
}

/** The add-on layers on rows [n, channels] -> [n, D]; a 1x1 convolution is a matrix product per position. */
export function emitAddOn(b: GraphBuilder, rows: string, layers: readonly AddOnValues[]): string {
  let value = rows;
  for (const { weights, bias, activation } of layers) {
    value = add(b, matmul(b, value, transpose(b, weights, [1, 0])), bias);
    if (activation === 'relu') value = relu(b, value);
    else if (activation === 'sigmoid') value = sigmoid(b, value);
  }
  return value;
}

/** Closeness of rows [n, D] to words [words, D] before the last step of the similarity: [n, words]. */
export function emitCloseness(b: GraphBuilder, rows: string, words: string, similarity: Similarity): string {
  return similarity.kind === 'cosinePower'
    ? emitCosinePower(b, rows, words, similarity.exponent)
    : emitDistance(b, rows, words);
}

/** The last step: squared distance -> similarity; the identity for `cosinePower`. Any shape. */
export function emitSimilarity(b: GraphBuilder, closeness: string, similarity: Similarity): string {
  switch (similarity.kind) {
    case 'cosinePower':
      return closeness;
    case 'linear':
      return neg(b, closeness);
    case 'log':
      // ln((d + 1) / (d + 1e-4)), ProtoPNet's epsilon
      return sub(b, log(b, add(b, closeness, scalarOf(b, 1))), log(b, add(b, closeness, scalarOf(b, 1e-4))));
  }
}

/** True when a small closeness means a strong similarity. */
export function isDistance(similarity: Similarity): boolean {
  return similarity.kind !== 'cosinePower';
}

/** Word scores [batch, words] from closeness [batch, positions, words]. */
function emitScores(b: GraphBuilder, closeness: string, similarity: Similarity, pooling: Pooling): string {
  if (pooling === 'mean') return reduceMean(b, emitSimilarity(b, closeness, similarity), [1], false);
  // The similarity falls with the distance, so its maximum is taken at the smallest distance: one logarithm per word.
  const best = isDistance(similarity) ? reduceMin(b, closeness, [1], false) : reduceMax(b, closeness, [1], false);
  return emitSimilarity(b, best, similarity);
}

/** max(0, |z|^2 - 2 z.p + |p|^2) */
function emitDistance(b: GraphBuilder, rows: string, words: string): string {
  const rowNorm = reduceSum(b, mul(b, rows, rows), [1], true);
  const wordCount = b.shapeOf(words)[0]!;
  const wordNorm = reshape(b, reduceSum(b, mul(b, words, words), [1], true), [1, wordCount]);
  const cross = matmul(b, rows, transpose(b, words, [1, 0]));
  return relu(b, sub(b, add(b, rowNorm, wordNorm), mul(b, cross, scalarOf(b, 2))));
}

/** |z| max(0, cos)^q = max(0, z.p/|p|) cos^(q - 1), q a whole number from 1 up. */
function emitCosinePower(b: GraphBuilder, rows: string, words: string, exponent: number): string {
  if (!Number.isInteger(exponent) || exponent < 1) throw new InvariantError(`cosinePower exponent ${exponent}`);
  const projection = relu(b, matmul(b, rows, transpose(b, unitRows(b, words), [1, 0])));
  if (exponent === 1) return projection;
  const cosine = div(b, projection, lengthOfRows(b, rows));
  let value = projection;
  for (let power = 1; power < exponent; power++) value = mul(b, value, cosine);
  return value;
}

/** Rows divided by their length; rows of length 0 stay 0. */
export function unitRows(b: GraphBuilder, rows: string): string {
  return div(b, rows, lengthOfRows(b, rows));
}

function lengthOfRows(b: GraphBuilder, rows: string): string {
  return sqrt(b, add(b, reduceSum(b, mul(b, rows, rows), [1], true), scalarOf(b, TINY)));
}

/** [batch, positions, words] -> [batch, words, height, width], with the last step of the similarity. */
export function emitActivationMaps(
  b: GraphBuilder,
  closeness: string,
  similarity: Similarity,
  height: number,
  width: number,
): string {
  const [batch, positions, wordCount] = b.shapeOf(closeness) as [number, number, number];
  if (positions !== height * width) throw new InvariantError(`${positions} positions are not ${height} x ${width}`);
  const maps = transpose(b, emitSimilarity(b, closeness, similarity), [0, 2, 1]);
  return reshape(b, maps, [batch, wordCount, height, width]);
}

/** [batch * height * width, D] -> [batch, D, height, width]. */
export function emitChannelFirst(
  b: GraphBuilder,
  positions: string,
  batch: number,
  height: number,
  width: number,
): string {
  const dimension = sizeOf(b.shapeOf(positions)) / (batch * height * width);
  const byImage = reshape(b, positions, [batch, height * width, dimension]);
  return reshape(b, transpose(b, byImage, [0, 2, 1]), [batch, dimension, height, width]);
}
