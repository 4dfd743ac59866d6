/** The step a provider is probed with: word scores, cross-entropy and their gradients, small but of the real kind. */
import { GraphBuilder } from '../onnx/build.ts';
import {
  add,
  div,
  log,
  logSoftmax,
  matmul,
  mul,
  neg,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  scale,
  shift,
  softmax,
  square,
  sub,
  transpose,
} from '../onnx/emit.ts';
import type { Graph } from '../onnx/graph.ts';
import type { TensorMap } from '../runner.ts';
import { createRandom } from '../tensor/random.ts';
import { sizeOf } from '../tensor/shape.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';

// Large enough that a GPU's launch costs do not decide (0.6 GFLOP, 3 MB in), small enough for some ten ms on two cores.
const IMAGES = 32;
const POSITIONS = 49;
const CHANNELS = 256;
const WORDS = 256;
const CLASSES = 32;

/** A graph and inputs for it. */
export interface ProbeStep {
  readonly graph: Graph;
  readonly inputs: TensorMap;
}

/**
 * Builds the step; always the same one.
 *
 * Positions are pooled by a softmax, not by a maximum: where two positions nearly tie, a maximum sends its gradient to
 * either one depending on the last bit, which would look like a wrong provider.
 */
export function createProbeStep(): ProbeStep {
  const b = new GraphBuilder({ name: 'probe step' });
  const features = b.input('features', 'float32', [IMAGES * POSITIONS, CHANNELS]);
  const words = b.input('words', 'float32', [WORDS, CHANNELS]);
  const lastLayer = b.input('lastLayer', 'float32', [WORDS, CLASSES]);
  const targets = b.input('targets', 'float32', [IMAGES, CLASSES]);

  const products = matmul(b, features, transpose(b, words, [1, 0]));
  const norms = add(b, reduceSum(b, square(b, features), [1], true), reduceSum(b, square(b, words), [1]));
  const distance = relu(b, sub(b, norms, scale(b, products, 2)));
  const similarity = log(b, div(b, shift(b, distance, 1), shift(b, distance, 1e-4)));
  const maps = reshape(b, similarity, [IMAGES, POSITIONS, WORDS]);
  const attention = softmax(b, maps, 1);
  const scores = reduceSum(b, mul(b, attention, maps), [1]);
  const logits = matmul(b, scores, lastLayer);
  const loss = neg(b, reduceMean(b, reduceSum(b, mul(b, targets, logSoftmax(b, logits, 1)), [1]), [0]));

  // Gradients by hand; the attention is held fixed, which is all a probe needs.
  const logitsGradient = scale(b, sub(b, softmax(b, logits, 1), targets), 1 / IMAGES);
  const lastLayerGradient = matmul(b, transpose(b, scores, [1, 0]), logitsGradient);
  const scoresGradient = matmul(b, logitsGradient, transpose(b, lastLayer, [1, 0]));
  const mapsGradient = mul(b, attention, reshape(b, scoresGradient, [IMAGES, 1, WORDS]));
  const flat = reshape(b, mapsGradient, [IMAGES * POSITIONS, WORDS]);
  const wordsGradient = matmul(b, transpose(b, flat, [1, 0]), features);

  b.output(loss, 'loss');
  b.output(lastLayerGradient, 'lastLayerGradient');
  b.output(wordsGradient, 'wordsGradient');
  return { graph: b.build(), inputs: probeInputs() };
}

function probeInputs(): TensorMap {
  const random = createRandom(1);
  const uniform = (...shape: number[]): Tensor =>
    float32(
      Float32Array.from({ length: sizeOf(shape) }, () => random.next()),
      shape,
    );
  const targets = new Float32Array(IMAGES * CLASSES);
  for (let image = 0; image < IMAGES; image++) targets[image * CLASSES + (image % CLASSES)] = 1;
  return {
    features: uniform(IMAGES * POSITIONS, CHANNELS),
    words: uniform(WORDS, CHANNELS),
    lastLayer: uniform(WORDS, CLASSES),
    targets: float32(targets, [IMAGES, CLASSES]),
  };
}
