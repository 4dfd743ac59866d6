/** Emitted gradients of fixed cases as text: a refactoring must leave them unchanged, a change is reviewed. */
import { describe, it } from 'vitest';
import { gradient } from '../../../main/engine/autodiff/index.ts';
import type { GradientRequest } from '../../../main/engine/autodiff/index.ts';
import { int, ints, text } from '../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import { gemm, logSoftmax, mul, neg, reduceMean, reduceSum, relu, reshape } from '../../../main/engine/onnx/emit.ts';
import type { Graph } from '../../../main/engine/onnx/graph.ts';
import { printGraph } from '../../../main/engine/onnx/print.ts';
import { float32, int64 } from '../../../main/engine/tensor/tensor.ts';
import { expectGolden } from '../../support/golden.ts';
import { constant, opGraph, spread } from '../../support/numeric-gradient.ts';
import { readTorchFixture } from '../../support/torch-fixture.ts';
import { headStepNetwork } from '../../support/torch-networks.ts';

interface Case {
  readonly graph: Graph;
  readonly request: GradientRequest;
}

const WINDOW = { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) };
const SEEDED = { loss: 'y', wrt: ['x0'], upstream: 'upstream' };

/** Softmax regression: cross-entropy of relu(x) w' + c. */
function regression(): Graph {
  const b = new GraphBuilder({ name: 'regression' });
  const x = b.input('x', 'float32', [4, 5]);
  const w = b.input('w', 'float32', [3, 5]);
  const c = b.input('c', 'float32', [3]);
  const target = b.input('target', 'float32', [4, 3]);
  const logits = gemm(b, relu(b, x), w, { transB: true, bias: c });
  const perImage = reduceSum(b, mul(b, target, logSoftmax(b, logits, 1)), [1]);
  b.output(neg(b, reduceMean(b, perImage, [0])), 'loss');
  return b.build();
}

/** Global average and a linear layer, as Grad-CAM meets them. */
function pooledHead(): Graph {
  const b = new GraphBuilder({ name: 'pooledHead' });
  const features = b.input('features', 'float32', [1, 8, 7, 7]);
  const pooled = reshape(b, b.op('GlobalAveragePool', [features]), [1, 8]);
  b.output(gemm(b, pooled, b.constant(float32(new Float32Array(24).fill(0.5), [3, 8])), { transB: true }), 'logits');
  return b.build();
}

const CASES: Record<string, Case> = {
  regression: { graph: regression(), request: { loss: 'loss', wrt: ['w', 'c'] } },
  'pooled-head': { graph: pooledHead(), request: { loss: 'logits', wrt: ['features'], upstream: 'classes' } },
  'conv-strided': {
    graph: opGraph('Conv', [spread([2, 16, 8, 8]), spread([4, 16, 3, 3]), spread([4])], {
      strides: ints([2, 2]),
      pads: ints([1, 1, 1, 1]),
    }).graph,
    request: { ...SEEDED, wrt: ['x0', 'x1', 'x2'] },
  },
  'conv-depthwise': {
    graph: opGraph('Conv', [spread([2, 4, 8, 8]), spread([4, 1, 3, 3])], { group: int(4), pads: ints([1, 1, 1, 1]) })
      .graph,
    request: { ...SEEDED, wrt: ['x0', 'x1'] },
  },
  'max-pool': { graph: opGraph('MaxPool', [spread([2, 3, 8, 8])], WINDOW).graph, request: SEEDED },
  'batch-normalization-training': {
    graph: opGraph(
      'BatchNormalization',
      [spread([4, 3, 5, 5]), spread([3]), spread([3]), spread([3]), spread([3])],
      { training_mode: int(1) },
      3,
    ).graph,
    request: { ...SEEDED, wrt: ['x0', 'x1', 'x2'] },
  },
  'resize-linear': {
    graph: opGraph('Resize', [spread([1, 2, 3, 3]), '', constant(float32([1, 1, 2, 2]))], { mode: text('linear') })
      .graph,
    request: SEEDED,
  },
  'slice-steps': {
    graph: opGraph('Slice', [
      spread([2, 9]),
      constant(int64([1])),
      constant(int64([9])),
      constant(int64([1])),
      constant(int64([3])),
    ]).graph,
    request: SEEDED,
  },
  'head-step': {
    graph: headStepNetwork(readTorchFixture('head-step')),
    request: {
      loss: 'loss',
      wrt: ['weights1', 'bias1', 'weights2', 'bias2', 'words', 'lastLayer'],
      ties: 'whole',
    },
  },
};

describe('emitted gradients stay as reviewed', () => {
  it.each(Object.entries(CASES))('%s', (name, { graph, request }) => {
    expectGolden(`autodiff/${name}.txt`, printGraph(gradient(graph, request)));
  });
});
