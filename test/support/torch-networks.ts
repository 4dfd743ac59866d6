/** The networks of the PyTorch fixtures, emitted with GraphBuilder: inputs by the fixture's names, outputs likewise. */
import { interpolationMatrix } from '../../main/engine/autodiff/index.ts';
import { float, int, ints } from '../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../main/engine/onnx/build.ts';
import {
  add,
  cast,
  div,
  equal,
  gemm,
  log,
  logSoftmax,
  matmul,
  mul,
  neg,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  relu,
  reshape,
  scale,
  scalarOf,
  shift,
  sigmoid,
  sqrt,
  square,
  sub,
  where,
} from '../../main/engine/onnx/emit.ts';
import type { Graph } from '../../main/engine/onnx/graph.ts';
import { float32, int64 } from '../../main/engine/tensor/tensor.ts';
import type { TorchFixture } from './torch-fixture.ts';

function addInputs(builder: GraphBuilder, fixture: TorchFixture): void {
  for (const [name, value] of Object.entries(fixture.inputs)) builder.input(name, 'float32', value.shape);
}

/** Mean over images of -sum(target * log softmax(logits)). */
function crossEntropy(builder: GraphBuilder, logits: string, target: string): string {
  const perImage = reduceSum(builder, mul(builder, target, logSoftmax(builder, logits, 1)), [1]);
  return neg(builder, reduceMean(builder, perImage, [0]));
}

/** The head step of head_step.py; outputs distance, scores, logits, the loss parts and loss. */
export function headStepNetwork(fixture: TorchFixture): Graph {
  const { settings, inputs } = fixture;
  const b = new GraphBuilder({ name: 'headStep' });
  addInputs(b, fixture);
  const [images, channels, height, width] = inputs['features']!.shape as [number, number, number, number];
  const positions = height * width;
  const [wordCount, depth] = inputs['words']!.shape as [number, number];
  const size = settings['attentionSize']!;
  const nearest = settings['nearestWords']!;

  // 1. Add-on layers over [images, channels, positions].
  const layer = (x: string, weights: string, bias: string): string =>
    add(b, matmul(b, weights, x), reshape(b, bias, [depth, 1]));
  const hidden = relu(b, layer(reshape(b, 'features', [images, channels, positions]), 'weights1', 'bias1'));
  const patches = sigmoid(b, layer(hidden, 'weights2', 'bias2'));

  // 2. Distances [images, words, positions], word scores, logits.
  const patchNorms = reduceSum(b, square(b, patches), [1], true);
  const wordNorms = reduceSum(b, square(b, 'words'), [1], true);
  const cross = scale(b, matmul(b, 'words', patches), -2);
  const distance = relu(b, add(b, add(b, cross, patchNorms), wordNorms));
  const similarity = (d: string): string => log(b, div(b, shift(b, d, 1), shift(b, d, 1e-4)));
  const least = reduceMin(b, distance, [2]);
  const scores = similarity(least);
  const logits = gemm(b, scores, 'lastLayer', { transB: true });

  // 3. Attention: activation maps of the nearest words by one-hot rows, upsampled by two products.
  const [, picks] = b.ops('TopK', [neg(b, least), b.constant(int64([nearest]))], {}, 2);
  const index = cast(b, reshape(b, picks!, [images, nearest, 1]), 'float32');
  const order = b.constant(float32(Array.from({ length: wordCount }, (_, word) => word)));
  const oneHot = where(b, equal(b, index, order), scalarOf(b, 1), scalarOf(b, 0));
  const maps = reshape(b, similarity(matmul(b, oneHot, distance)), [images, nearest, height, width]);
  const rows = interpolationMatrix(height, size, { mode: 'linear', coordinates: 'align_corners' });
  const up = b.constant(float32(rows, [size, height]));
  const down = b.op('Transpose', [up]);
  const together = reduceMax(b, matmul(b, matmul(b, up, maps), down), [1]);
  const scaled = div(b, together, shift(b, reduceMax(b, together, [1, 2], true), 1e-5));
  const parts = {
    crossEntropy: crossEntropy(b, logits, 'target'),
    clusterCost: reduceMean(b, reduceMin(b, least, [1]), [0]),
    l1: reduceSum(b, b.op('Abs', ['lastLayer']), [0, 1]),
    attentionAlignment: reduceMean(b, square(b, sub(b, scaled, 'attention')), [0, 1, 2]),
  };
  const loss = Object.entries(parts)
    .map(([name, part]) => scale(b, part, settings[name]!))
    .reduce((sum, part) => add(b, sum, part));
  b.output(reshape(b, distance, [images, wordCount, height, width]), 'distance');
  for (const [name, value] of Object.entries({ scores, logits, ...parts, loss })) b.output(value, name);
  return b.build();
}

/** How the batch statistics of the stem are written: one node, or primitives (WebGPU refuses the node's training form). */
export type StatisticsForm = 'node' | 'primitives';

/** The residual network of residual.py; outputs features, logits and loss. */
export function residualNetwork(fixture: TorchFixture, form: StatisticsForm = 'node'): Graph {
  const b = new GraphBuilder({ name: 'residual' });
  addInputs(b, fixture);
  const epsilon = float(fixture.settings['epsilon']!);
  const conv = (x: string, weights: string, stride = 1, group = 1): string =>
    b.op('Conv', [x, weights], { pads: ints([1, 1, 1, 1]), strides: ints([stride, stride]), group: int(group) });
  const first = conv('image', 'stem');
  const zeros = b.constant(float32([0, 0, 0, 0]));
  const byNode = (): string =>
    b.ops(
      'BatchNormalization',
      [first, 'stemScale', 'stemBias', zeros, zeros],
      { training_mode: int(1), epsilon },
      3,
    )[0]!;
  const byPrimitives = (): string => {
    const centered = sub(b, first, reduceMean(b, first, [0, 2, 3], true));
    const variance = reduceMean(b, square(b, centered), [0, 2, 3], true);
    const normalized = div(b, centered, sqrt(b, shift(b, variance, fixture.settings['epsilon']!)));
    const perChannel = (name: string): string => reshape(b, name, [4, 1, 1]);
    return add(b, mul(b, normalized, perChannel('stemScale')), perChannel('stemBias'));
  };
  const stem = form === 'node' ? byNode() : byPrimitives();
  const window = { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) };
  const x = b.op('MaxPool', [relu(b, stem)], window);
  const statistics = ['middleScale', 'middleBias', 'middleMean', 'middleVariance'];
  const middle = relu(b, b.op('BatchNormalization', [conv(x, 'middle'), ...statistics], { epsilon }));
  const joined = relu(b, add(b, x, conv(middle, 'depthwise', 1, 4)));
  const features = relu(b, conv(joined, 'down', 2));
  const pooled = b.op('Flatten', [b.op('GlobalAveragePool', [features])], { axis: int(1) });
  const logits = gemm(b, pooled, 'weights', { transB: true, bias: 'bias' });
  // Labels 0, 2, 1 as one-hot rows.
  const target = b.constant(float32([1, 0, 0, 0, 0, 1, 0, 1, 0], [3, 3]));
  b.output(features, 'features');
  b.output(logits, 'logits');
  b.output(crossEntropy(b, logits, target), 'loss');
  return b.build();
}
