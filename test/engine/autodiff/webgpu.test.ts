/** Emitted gradients run wholly on WebGPU (a Vulkan driver in software), no node on the CPU, to the reference's values. */
import { beforeAll, describe, expect, test } from 'vitest';
import { gradient, gradientName } from '../../../main/engine/autodiff/index.ts';
import { int, ints, text } from '../../../main/engine/onnx/attributes.ts';
import type { Attribute, Graph } from '../../../main/engine/onnx/graph.ts';
import { subgraph } from '../../../main/engine/onnx/graph.ts';
import type { TensorMap } from '../../../main/engine/runner.ts';
import { float32, int64, scalar } from '../../../main/engine/tensor/tensor.ts';
import { expectAllclose } from '../../support/allclose.ts';
import type { GraphReply } from '../../support/graph-process.ts';
import { runInChild } from '../../support/graph-process.ts';
import type { Operand } from '../../support/numeric-gradient.ts';
import { constant, opGraph, spread, spreadValues } from '../../support/numeric-gradient.ts';
import { evaluateGraph } from '../../support/reference-runner.ts';
import { prepareSoftwareVulkan } from '../../support/software-vulkan.ts';
import { readTorchFixture } from '../../support/torch-fixture.ts';
import { residualNetwork } from '../../support/torch-networks.ts';

const vulkan = prepareSoftwareVulkan();
const skipped = vulkan.ready ? '' : ` (skipped: ${vulkan.reason})`;
/** The driver compiles every kernel on the processor: seconds on an idle machine, minutes on a busy one. */
const TIMEOUT_MS = 240_000;

interface Case {
  readonly graph: Graph;
  readonly feeds: TensorMap;
}

/** The gradient of one node for all its variables, without the node's own output. */
function backward(
  op: string,
  operands: readonly Operand[],
  attributes: Record<string, Attribute> = {},
  outputCount = 1,
): Case {
  const { graph, inputs } = opGraph(op, operands, attributes, outputCount);
  const shape = graph.outputs[0]!.shape as number[];
  const wrt = Object.keys(inputs);
  return alone(gradient(graph, { loss: 'y', wrt, upstream: 'u' }), wrt, { ...inputs, u: spreadValues(shape) });
}

/** Only what the gradients need, with only the inputs that are read. */
function alone(emitted: Graph, wrt: readonly string[], feeds: TensorMap): Case {
  const names = new Set(wrt.map(gradientName));
  const outputs = emitted.outputs.filter(({ name }) => names.has(name));
  const pruned = subgraph(emitted, emitted.inputs, outputs);
  const read = new Set(pruned.nodes.flatMap((node) => node.inputs));
  const inputs = emitted.inputs.filter(({ name }) => read.has(name));
  return {
    graph: { ...pruned, inputs },
    feeds: Object.fromEntries(inputs.map(({ name }) => [name, feeds[name]!])),
  };
}

function residual(): Case {
  const fixture = readTorchFixture('residual');
  const wrt = Object.keys(fixture.gradients);
  return alone(gradient(residualNetwork(fixture, 'primitives'), { loss: 'loss', wrt }), wrt, fixture.inputs);
}

const PADS = { pads: ints([1, 1, 1, 1]) };
const STRIDED = { ...PADS, strides: ints([2, 2]) };
const WINDOW = { kernel_shape: ints([3, 3]), ...STRIDED };
const CASES: Record<string, Case> = {
  'Conv with stride that leaves a rest': backward('Conv', [spread([2, 16, 6, 6]), spread([3, 16, 3, 3])], STRIDED),
  'Conv on a stem': backward('Conv', [spread([2, 3, 7, 7]), spread([4, 3, 3, 3]), spread([4])], STRIDED),
  'Conv 1 x 1': backward('Conv', [spread([2, 16, 3, 3]), spread([4, 16, 1, 1])]),
  'Conv on a small map': backward('Conv', [spread([1, 16, 4, 4]), spread([2, 16, 3, 3])], PADS),
  'Conv with asymmetric padding': backward('Conv', [spread([1, 2, 5, 5]), spread([2, 2, 3, 3])], {
    pads: ints([2, 0, 1, 1]),
  }),
  'Conv with dilation': backward('Conv', [spread([1, 2, 8, 8]), spread([2, 2, 3, 3])], {
    dilations: ints([2, 2]),
    strides: ints([2, 2]),
  }),
  'Conv depthwise': backward('Conv', [spread([2, 4, 6, 6]), spread([4, 1, 3, 3])], { ...STRIDED, group: int(4) }),
  'Conv with groups': backward('Conv', [spread([2, 4, 5, 5]), spread([6, 2, 3, 3])], { ...PADS, group: int(2) }),
  ConvTranspose: backward('ConvTranspose', [spread([1, 3, 4, 4]), spread([3, 2, 3, 3])], STRIDED),
  'MaxPool of overlapping windows': backward('MaxPool', [spread([2, 3, 7, 7])], WINDOW),
  'MaxPool of tiles': backward('MaxPool', [spread([2, 3, 6, 6])], {
    kernel_shape: ints([2, 2]),
    strides: ints([2, 2]),
  }),
  AveragePool: backward('AveragePool', [spread([2, 3, 7, 7])], WINDOW),
  'BatchNormalization in training': backward(
    'BatchNormalization',
    [spread([3, 4, 3, 3]), spread([4]), spread([4]), constant(float32([0, 0, 0, 0])), constant(float32([1, 1, 1, 1]))],
    { training_mode: int(1) },
    3,
  ),
  LayerNormalization: backward('LayerNormalization', [spread([3, 8]), spread([8]), spread([8])]),
  'MatMul of a matrix and a batch': backward('MatMul', [spread([3, 4]), spread([2, 4, 5])]),
  'Gemm transposed': backward('Gemm', [spread([3, 2]), spread([4, 3]), spread([4])], {
    transA: int(1),
    transB: int(1),
  }),
  'Gather with constant indices': backward('Gather', [spread([2, 5, 3]), constant(int64([4, 0, 0]))], { axis: int(1) }),
  'Slice with steps': backward('Slice', [
    spread([3, 9]),
    constant(int64([1])),
    constant(int64([9])),
    constant(int64([1])),
    constant(int64([3])),
  ]),
  'Slice backwards': backward('Slice', [
    spread([3, 6]),
    constant(int64([-1])),
    constant(int64([-99])),
    constant(int64([1])),
    constant(int64([-2])),
  ]),
  'Pad by reflection': backward('Pad', [spread([2, 5]), constant(int64([0, 2, 0, 1]))], { mode: text('reflect') }),
  'Resize linear': backward('Resize', [spread([1, 2, 3, 3]), '', constant(float32([1, 1, 2, 3]))], {
    mode: text('linear'),
  }),
  'Concat and its pieces': backward('Concat', [spread([2, 3]), spread([2, 2], { seed: 2 })], { axis: int(1) }),
  'ReduceMax with ties counted': backward('ReduceMax', [spread([3, 4, 5]), constant(int64([1]))]),
  Clip: backward('Clip', [spread([3, 4]), constant(scalar(-1)), constant(scalar(1))]),
  'Pow with a variable exponent': backward('Pow', [spread([2, 3], { low: 0.5 }), spread([3])]),
  Softmax: backward('Softmax', [spread([3, 5])]),
  HardSwish: backward('HardSwish', [spread([9], { low: -4, high: 4 })]),
  Mish: backward('Mish', [spread([9])]),
  DepthToSpace: backward('DepthToSpace', [spread([1, 8, 2, 3])], { blocksize: int(2) }),
  SpaceToDepth: backward('SpaceToDepth', [spread([1, 2, 4, 6])], { blocksize: int(2) }),
  'the residual network': residual(),
};

describe.skipIf(!vulkan.ready)(`on WebGPU alone${skipped}`, () => {
  let replies: readonly GraphReply[] = [];
  beforeAll(async () => {
    if (!vulkan.ready) return;
    const options = { provider: 'webgpu', forbidCpuFallback: true } as const;
    replies = await runInChild(
      Object.values(CASES).map(({ graph, feeds }) => ({ graph, feeds, options })),
      vulkan.env,
    );
  }, TIMEOUT_MS);

  test.each(Object.keys(CASES).map((name, index) => [name, index] as const))('%s', (name, index) => {
    const reply = replies[index]!;
    if ('error' in reply) expect.fail(reply.error);
    const { graph, feeds } = CASES[name]!;
    for (const [output, expected] of Object.entries(evaluateGraph(graph, feeds))) {
      const largest = Math.max(1, ...Array.from(expected.data as Float64Array, Math.abs));
      expectAllclose(reply.outputs[output]!, expected, { absolute: 2e-5 * largest, relative: 1e-4 });
    }
  });
});
