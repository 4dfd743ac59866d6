/** Emits the loss terms of method.md section 2, each a scalar to be minimised. */
import { InvariantError } from '../errors.ts';
import type { GraphBuilder } from '../onnx/build.ts';
import {
  add,
  logSoftmax,
  matmul,
  mul,
  neg,
  reduceMean,
  reduceMin,
  reduceSum,
  scalarOf,
  sub,
  transpose,
} from '../onnx/emit.ts';
import { float32 } from '../tensor/tensor.ts';

/**
 * Cross-entropy to probabilities; hard targets are one-hot rows.
 * @param logits [batch, classes]
 * @param targets rows that sum to 1, [batch, classes]
 */
export function crossEntropy(b: GraphBuilder, logits: string, targets: string): string {
  const perImage = reduceSum(b, mul(b, targets, logSoftmax(b, logits, 1)), [1], false);
  return neg(b, reduceMean(b, perImage, [0], false));
}

/**
 * Mean over images of the distance between the nearest patch and the nearest of ALL words.
 * @param distances [batch, positions, words]
 */
export function clusterCost(b: GraphBuilder, distances: string): string {
  const perWord = reduceMin(b, distances, [1], false);
  return reduceMean(b, reduceMin(b, perWord, [1], false), [0], false);
}

/**
 * Negated mean over images of the distance to the nearest word of another class (ProtoPNet, class-specific words).
 * @param distances [batch, positions, words]
 * @param targets one-hot labels, [batch, classes]
 * @param homeClasses class of every word
 */
export function separationCost(
  b: GraphBuilder,
  distances: string,
  targets: string,
  homeClasses: readonly number[],
): string {
  const classCount = b.shapeOf(targets)[1]!;
  if (homeClasses.length !== b.shapeOf(distances)[2]) throw new InvariantError('one home class per word is needed');
  // [words, classes] -> own [batch, words]: 1 where the word belongs to the image's class
  const home = b.constant(homeMatrix(homeClasses, classCount), 'homeClasses');
  const own = matmul(b, targets, transpose(b, home, [1, 0]));
  const perWord = reduceMin(b, distances, [1], false);
  const others = add(b, perWord, mul(b, own, scalarOf(b, FAR)));
  return neg(b, reduceMean(b, reduceMin(b, others, [1], false), [0], false));
}

/** Larger than any squared distance between bounded vectors, small enough to keep float32 exact around it. */
const FAR = 1e6;

/**
 * Sum of |W|; with home classes only over words that belong to another class (ProtoPNet).
 * @param lastLayer [classes, words]
 */
export function l1(b: GraphBuilder, lastLayer: string, homeClasses?: readonly number[]): string {
  const magnitude = b.op('Abs', [lastLayer]);
  if (!homeClasses) return reduceSum(b, magnitude, [0, 1], false);
  const home = b.constant(homeMatrix(homeClasses, b.shapeOf(lastLayer)[0]!), 'homeClasses');
  const foreign = sub(b, scalarOf(b, 1), transpose(b, home, [1, 0]));
  return reduceSum(b, mul(b, magnitude, foreign), [0, 1], false);
}

/** 1 at a word's class, [words, classes]. */
function homeMatrix(homeClasses: readonly number[], classCount: number) {
  const data = new Float32Array(homeClasses.length * classCount);
  homeClasses.forEach((homeClass, word) => (data[word * classCount + homeClass] = 1));
  return float32(data, [homeClasses.length, classCount]);
}
