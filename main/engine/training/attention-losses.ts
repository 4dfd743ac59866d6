/** Emits the loss terms that compare word maps with Grad-CAM: the published one and the two of reference.md's recipe. */
import { interpolationMatrix } from '../autodiff/index.ts';
import type { GraphBuilder } from '../onnx/build.ts';
import {
  add,
  concat,
  div,
  equal,
  logSoftmax,
  matmul,
  maximum,
  minimum,
  mul,
  neg,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  scalarOf,
  slice,
  sqrt,
  square,
  sub,
  transpose,
  where,
} from '../onnx/emit.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { emitSimilarity } from '../words/emit-word-model.ts';
import type { Similarity } from '../words/word-model.ts';

/** Words whose maps are joined into the attention of the word model (method.md section 2). */
export const ATTENTION_WORDS = 10;
/** Side of the square the published term compares maps on, in px. */
export const ATTENTION_SIZE = 224;
/** Images upsampled at once: the 224 x 224 maps of two images stay in the cache (measured, toolchain.md). */
const IMAGES_PER_CHUNK = 2;
/** Added to a maximum before dividing by it (published value). */
const MAXIMUM_EPSILON = 1e-5;
/** Temperature of the contrast between images; correlations lie in [-1, 1], so logits lie in [-10, 10]. */
const CONTRAST_TEMPERATURE = 0.1;
/** Far below every score, so that a chosen word is not chosen again. */
const CHOSEN = -1e30;

/**
 * One-hot rows of the strongest words per image, [batch, count, words]. Carries no gradient.
 * Unrolled maxima instead of TopK, which does not run on every provider; of equal scores each gets an equal share.
 * @param scores larger is stronger, [batch, words]
 */
export function strongestWords(b: GraphBuilder, scores: string, count: number): string {
  const [batch, wordCount] = b.shapeOf(scores) as [number, number];
  const one = scalarOf(b, 1);
  const zero = scalarOf(b, 0);
  let left = scores;
  const rows: string[] = [];
  for (let rank = 0; rank < Math.min(count, wordCount); rank++) {
    const isBest = equal(b, left, reduceMax(b, left, [1], true));
    const best = where(b, isBest, one, zero);
    rows.push(reshape(b, div(b, best, reduceSum(b, best, [1], true)), [batch, 1, wordCount]));
    left = where(b, isBest, scalarOf(b, CHOSEN), left);
  }
  return concat(b, rows, 1);
}

/**
 * Maps of the strongest words, [batch, count, positions].
 * @param closeness [batch, positions, words]; the similarity's last step is taken for the chosen words only
 * @param scores [batch, words]
 */
export function strongestMaps(
  b: GraphBuilder,
  closeness: string,
  scores: string,
  similarity: Similarity,
  count: number = ATTENTION_WORDS,
): string {
  const chosen = strongestWords(b, scores, count);
  // [batch, count, words] x [batch, words, positions]
  return emitSimilarity(b, matmul(b, chosen, transpose(b, closeness, [0, 2, 1])), similarity);
}

/**
 * The published term: maps upsampled (corner-aligned), maximum over the words, divided by the image's maximum + 1e-5,
 * mean squared error to Grad-CAM.
 * @param maps [batch, count, height, width]
 * @param attention Grad-CAM in [0, 1], [batch, rows, columns]; upsampled half-pixel, as Grad-CAM is drawn
 * @param size side of the compared maps in px, default 224
 */
export function attentionAlignment(
  b: GraphBuilder,
  maps: string,
  attention: string,
  size: number = ATTENTION_SIZE,
): string {
  const batch = b.shapeOf(maps)[0]!;
  const upsampleMaps = upsampler(b, maps, size, 'align_corners');
  const upsampleAttention = upsampler(b, attention, size, 'half_pixel');
  const sums: string[] = [];
  for (let start = 0; start < batch; start += IMAGES_PER_CHUNK) {
    const end = Math.min(start + IMAGES_PER_CHUNK, batch);
    const joined = reduceMax(b, upsampleMaps(slice(b, maps, [start], [end], [0])), [1], false); // [images, size, size]
    const scaled = div(b, joined, add(b, reduceMax(b, joined, [1, 2], true), scalarOf(b, MAXIMUM_EPSILON)));
    const wanted = upsampleAttention(slice(b, attention, [start], [end], [0]));
    // Row sums first: one long float32 sum over 50,176 squares would lose digits (toolchain.md).
    const perRow = reduceSum(b, square(b, sub(b, scaled, wanted)), [2], false);
    sums.push(reshape(b, reduceSum(b, perRow, [0, 1], false), [1]));
  }
  const total = reduceSum(b, concat(b, sums, 0), [0], false);
  return div(b, total, scalarOf(b, batch * size * size));
}

/** Bilinear upsampling of maps [..., height, width] to a square, as two products with constant matrices. */
function upsampler(
  b: GraphBuilder,
  maps: string,
  size: number,
  coordinates: 'align_corners' | 'half_pixel',
): (part: string) => string {
  const [height, width] = b.shapeOf(maps).slice(-2) as [number, number];
  const matrix = (from: number): Tensor<'float32'> =>
    float32(interpolationMatrix(from, size, { mode: 'linear', coordinates }), [size, from]);
  const rows = b.constant(matrix(height), coordinates);
  const columns = transpose(b, b.constant(matrix(width), coordinates), [1, 0]);
  return (part) => matmul(b, matmul(b, rows, part), columns);
}

/** Maximum over the words, divided by the image's maximum + 1e-5: [batch, positions], at feature resolution. */
export function joinedMap(b: GraphBuilder, maps: string): string {
  const joined = reduceMax(b, maps, [1], false);
  return div(b, joined, add(b, reduceMax(b, joined, [1], true), scalarOf(b, MAXIMUM_EPSILON)));
}

/**
 * 1 - mean over images of sum(min(m, g)) / sum(max(m, g)): 0 exactly when the two maps are equal (the form with
 * products, sum(m g) / sum(m + g - m g), is not: for soft maps it asks for anything but equality).
 * @param joined word attention in [0, 1], [batch, positions]
 * @param attention Grad-CAM in [0, 1], [batch, positions]
 */
export function softIou(b: GraphBuilder, joined: string, attention: string): string {
  const overlap = reduceSum(b, minimum(b, joined, attention), [1], false);
  const union = add(b, reduceSum(b, maximum(b, joined, attention), [1], false), scalarOf(b, MAXIMUM_EPSILON));
  return sub(b, scalarOf(b, 1), reduceMean(b, div(b, overlap, union), [0], false));
}

/**
 * InfoNCE over the images of a batch (van den Oord et al. 2018): the word attention of an image must correlate with its
 * own Grad-CAM more than with those of the others. It cannot be won by a map that is merely central.
 * @param joined [batch, positions]
 * @param attention [batch, positions]
 */
export function imageContrast(b: GraphBuilder, joined: string, attention: string): string {
  const batch = b.shapeOf(joined)[0]!;
  const correlations = matmul(b, standardized(b, joined), transpose(b, standardized(b, attention), [1, 0]));
  const logProbabilities = logSoftmax(b, div(b, correlations, scalarOf(b, CONTRAST_TEMPERATURE)), 1);
  const identity = new Float32Array(batch * batch);
  for (let image = 0; image < batch; image++) identity[image * batch + image] = 1;
  const own = mul(b, logProbabilities, b.constant(float32(identity, [batch, batch]), 'identity'));
  return neg(b, reduceMean(b, reduceSum(b, own, [1], false), [0], false));
}

/** Rows minus their mean, divided by their length. */
function standardized(b: GraphBuilder, rows: string): string {
  const centred = sub(b, rows, reduceMean(b, rows, [1], true));
  // Under the root, so that a constant map has a finite gradient.
  const length = sqrt(b, add(b, reduceSum(b, square(b, centred), [1], true), scalarOf(b, 1e-8)));
  return div(b, centred, length);
}
