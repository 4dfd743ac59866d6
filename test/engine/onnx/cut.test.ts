/** Cut points of small networks of every common build, and heads read off in closed form. */
import { describe, expect, it } from 'vitest';
import { float, int, ints } from '../../../main/engine/onnx/attributes.ts';
import { canonicalize } from '../../../main/engine/onnx/canonical.ts';
import { cutModel } from '../../../main/engine/onnx/cut.ts';
import type { CutModel, CutOptions } from '../../../main/engine/onnx/cut.ts';
import { inspectModel } from '../../../main/engine/onnx/inspect.ts';
import { editDistance } from '../../../main/engine/onnx/nearest-names.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { float32, int64, scalar, tensor } from '../../../main/engine/tensor/tensor.ts';
import { expectAllclose } from '../../support/allclose.ts';
import { noise, smallGraph, TRUNK } from '../../support/onnx-graphs.ts';
import type { Line, SmallGraph } from '../../support/onnx-graphs.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });

/** The trunk (map [*, 6, 4, 4]) and lines behind it. */
function network(
  lines: readonly Line[],
  constants: SmallGraph['constants'] = {},
  more: Partial<SmallGraph> = {},
): SmallGraph {
  return {
    input: ['batch', 3, 8, 8],
    constants: { ...TRUNK.constants, w: noise([6, 5], 11), b: noise([5], 12), ...constants },
    lines: [...TRUNK.lines, ...lines],
    ...more,
  };
}

function cut(parts: SmallGraph, options?: CutOptions): CutModel {
  const canonical = canonicalize(smallGraph(parts));
  return cutModel(canonical, inspectModel(canonical), options);
}

const GEMM: Line = ['scores', 'Gemm', ['flat', 'w', 'b']];

/** Heads that are a mean and a linear map, as exporters write them. */
const LINEAR_HEADS: Readonly<Record<string, SmallGraph>> = {
  'GlobalAveragePool, Flatten, Gemm': network([['p', 'GlobalAveragePool', ['map']], ['flat', 'Flatten', ['p']], GEMM]),
  'AveragePool over the whole map, 1x1 Conv, Squeeze': network(
    [
      ['p', 'AveragePool', ['map'], { kernel_shape: ints([4, 4]) }],
      ['c', 'Conv', ['p', 'k', 'b']],
      ['scores', 'Squeeze', ['c', 'axes']],
    ],
    { k: noise([5, 6, 1, 1], 13), axes: int64([2, 3]) },
  ),
  'ReduceMean over space, MatMul, Add': network(
    [
      ['flat', 'ReduceMean', ['map', 'axes'], { keepdims: int(0) }],
      ['m', 'MatMul', ['flat', 'w']],
      ['scores', 'Add', ['b', 'm']],
    ],
    { axes: int64([2, 3]) },
  ),
  'channels last: Transpose, ReduceMean, MatMul': network(
    [
      ['last', 'Transpose', ['map'], { perm: ints([0, 2, 3, 1]) }],
      ['flat', 'ReduceMean', ['last', 'axes'], { keepdims: int(0) }],
      ['scores', 'MatMul', ['flat', 'w']],
    ],
    { axes: int64([1, 2]) },
  ),
  'positions flattened before the mean': network(
    [['rows', 'Reshape', ['map', 'shape']], ['flat', 'ReduceMean', ['rows', 'axes'], { keepdims: int(0) }], GEMM],
    { shape: int64([0, 6, -1]), axes: int64([-1]) },
  ),
  'Shape, Gather, Concat, Reshape (view(x.size(0), -1))': network(
    [
      ['p', 'GlobalAveragePool', ['map']],
      ['s', 'Shape', ['p']],
      ['n', 'Gather', ['s', 'zero']],
      ['n1', 'Unsqueeze', ['n', 'front']],
      ['to', 'Concat', ['n1', 'minus'], { axis: int(0) }],
      ['flat', 'Reshape', ['p', 'to']],
      GEMM,
    ],
    { zero: int64([0], []), front: int64([0]), minus: int64([-1]) },
  ),
  'two linear layers, a scale and a shift per channel': network(
    [
      ['p', 'GlobalAveragePool', ['map']],
      ['ps', 'Mul', ['p', 'gain']],
      ['pb', 'Sub', ['ps', 'shift']],
      ['flat', 'Flatten', ['pb']],
      ['h', 'Gemm', ['flat', 'w0'], { transB: int(1), alpha: float(0.5) }],
      ['scores', 'Gemm', ['h', 'w', 'b'], { beta: float(2) }],
    ],
    { gain: noise([6, 1, 1], 14), shift: scalar(0.25), w0: noise([6, 6], 15) },
  ),
  'a linear map of every position before the mean': network(
    [['c', 'Conv', ['map', 'k', 'b6']], ['p', 'GlobalAveragePool', ['c']], ['flat', 'Flatten', ['p']], GEMM],
    { k: noise([6, 6, 1, 1], 16), b6: noise([6], 17) },
  ),
};

/** Runs the head graph on seeded features and compares it with the closed form. */
async function expectClosedForm({ head, headGraph, cutPoint }: CutModel): Promise<void> {
  if (head.kind !== 'gap-linear') throw new Error('the head is general');
  const { channels, height, width } = cutPoint;
  const features = noise([1, channels, height, width], 21);
  const session = await runner.open(headGraph);
  const found = await session.run({ [cutPoint.tensor]: features });
  await session.dispose();
  const [classes = 0] = head.weights.shape;
  const logits = Array.from({ length: classes }, (_, row) => {
    let sum = head.bias.data[row]!;
    features.data.forEach((value, index) => {
      const channel = Math.floor(index / (height * width));
      sum += (head.weights.data[row * channels + channel]! * value) / (height * width);
    });
    return sum;
  });
  expectAllclose(found['scores']!, float32(logits, [1, classes]), { absolute: 1e-4, relative: 1e-4 });
}

describe('a head of mean and linear map is read off exactly', () => {
  it.each(Object.entries(LINEAR_HEADS))('%s', async (name, parts) => {
    const tensorName = name.startsWith('a linear map') ? { tensor: 'map' } : {};
    const model = cut(parts, tensorName);
    expect(model.cutPoint).toMatchObject({ tensor: 'map', op: 'Relu', channels: 6, height: 4, width: 4 });
    await expectClosedForm(model);
  });

  it('with quantised weights', async () => {
    const q = tensor(
      'int8',
      [6, 5],
      Int8Array.from({ length: 30 }, (_, index) => ((index * 37) % 256) - 128),
    );
    const model = cut(
      network(
        [
          ['p', 'GlobalAveragePool', ['map']],
          ['flat', 'Flatten', ['p']],
          ['wd', 'DequantizeLinear', ['q', 'scale']],
          ['scores', 'Gemm', ['flat', 'wd']],
        ],
        { q, scale: scalar(0.02) },
      ),
    );
    await expectClosedForm(model);
  });
});

describe('a model quantised in QDQ format', () => {
  it('is cut where the head reads, and its head is what the rounding approximates', async () => {
    const zero = tensor('uint8', [], Uint8Array.of(0));
    const q = tensor(
      'int8',
      [6, 5],
      Int8Array.from({ length: 30 }, (_, index) => ((index * 53) % 256) - 128),
    );
    const model = cut(
      network(
        [
          ['mq', 'QuantizeLinear', ['map', 'mapScale', 'zero']],
          ['md', 'DequantizeLinear', ['mq', 'mapScale', 'zero']],
          ['p', 'GlobalAveragePool', ['md']],
          ['pq', 'QuantizeLinear', ['p', 'poolScale', 'zero']],
          ['pd', 'DequantizeLinear', ['pq', 'poolScale', 'zero']],
          ['flat', 'Flatten', ['pd']],
          ['wd', 'DequantizeLinear', ['q', 'scale']],
          ['scores', 'Gemm', ['flat', 'wd', 'b']],
        ],
        { q, zero, scale: scalar(0.01), mapScale: scalar(0.05), poolScale: scalar(0.01) },
      ),
    );
    expect(model.cutPoint).toMatchObject({ tensor: 'md', op: 'DequantizeLinear', channels: 6, height: 4, width: 4 });
    if (model.head.kind !== 'gap-linear') throw new Error('the head is general');
    const features = float32(noise([1, 6, 4, 4], 22).data.map(Math.abs), [1, 6, 4, 4]);
    const session = await runner.open(model.headGraph);
    const { scores } = await session.run({ md: features });
    await session.dispose();
    const { weights, bias } = model.head;
    const logits = Array.from({ length: 5 }, (_, row) =>
      features.data.reduce(
        (sum, value, index) => sum + (weights.data[row * 6 + Math.floor(index / 16)]! * value) / 16,
        bias.data[row]!,
      ),
    );
    // Half a step of the pooled values (0.005), times weights of at most 1.28, times 6 channels.
    expectAllclose(scores!, float32(logits, [1, 5]), { absolute: 0.04 });
  });
});

describe('the default cut point', () => {
  const GAP: readonly Line[] = [['p', 'GlobalAveragePool', ['last']], ['flat', 'Flatten', ['p']], GEMM];
  it.each([
    [
      'before Flatten, without a mean (VGG)',
      network(
        [
          ['flat', 'Flatten', ['map']],
          ['scores', 'Gemm', ['flat', 'wide']],
        ],
        { wide: noise([96, 5]) },
      ),
      'map',
    ],
    [
      'behind the last pooling (VGG)',
      network(
        [
          ['last', 'MaxPool', ['map'], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }],
          ['flat', 'Flatten', ['last']],
          ['scores', 'Gemm', ['flat', 'wide']],
        ],
        { wide: noise([24, 5]) },
      ),
      'last',
    ],
    [
      'behind squeeze-and-excitation, not inside of it',
      network(
        [
          ['s', 'GlobalAveragePool', ['map']],
          ['e', 'Conv', ['s', 'k']],
          ['g', 'Sigmoid', ['e']],
          ['last', 'Mul', ['map', 'g']],
          ...GAP,
        ],
        { k: noise([6, 6, 1, 1]) },
      ),
      'last',
    ],
    [
      'behind the residual sum and its activation',
      network(
        [
          ['c3', 'Conv', ['map', 'k'], { pads: ints([1, 1, 1, 1]) }],
          ['sum', 'Add', ['c3', 'map']],
          ['last', 'Relu', ['sum']],
          ...GAP,
        ],
        { k: noise([6, 6, 3, 3]) },
      ),
      'last',
    ],
    [
      'behind x * sigmoid(x)',
      network([['c3', 'Conv', ['map', 'k']], ['g', 'Sigmoid', ['c3']], ['last', 'Mul', ['c3', 'g']], ...GAP], {
        k: noise([6, 6, 1, 1]),
      }),
      'last',
    ],
    [
      'before a map of class scores (SqueezeNet)',
      network(
        [
          ['c3', 'Conv', ['map', 'k']],
          ['r3', 'Relu', ['c3']],
          ['p', 'GlobalAveragePool', ['r3']],
          ['scores', 'Flatten', ['p']],
        ],
        { k: noise([5, 6, 1, 1]) },
      ),
      'map',
    ],
    [
      'not the padded copy of the map',
      network([['last', 'Pad', ['map', 'pads']], ...GAP], { pads: int64([0, 0, 0, 0, 0, 0, 0, 0]) }),
      'map',
    ],
  ] as const)('is %s', (_name, parts, expected) => {
    expect(cut(parts).cutPoint.tensor).toBe(expected);
  });

  it('lists one alternative per layer, the last first', () => {
    const { alternatives } = cut(LINEAR_HEADS['GlobalAveragePool, Flatten, Gemm']!);
    expect(alternatives.map((point) => point.tensor)).toEqual(['map', 'r1']);
  });

  it('has static shapes for the number of images asked for', () => {
    const { featureGraph, headGraph } = cut(LINEAR_HEADS['GlobalAveragePool, Flatten, Gemm']!, { batch: 4 });
    expect(featureGraph.inputs[0]!.shape).toEqual([4, 3, 8, 8]);
    expect(featureGraph.outputs[0]!.shape).toEqual([4, 6, 4, 4]);
    expect(headGraph.outputs[0]!.shape).toEqual([4, 5]);
  });

  it('cuts at the logits behind which a Softmax stands', () => {
    const lines: Line[] = [
      ['p', 'GlobalAveragePool', ['map']],
      ['flat', 'Flatten', ['p']],
      GEMM,
      ['y', 'Softmax', ['scores']],
    ];
    expect(cut(network(lines)).headGraph.outputs.map((output) => output.name)).toEqual(['scores']);
  });

  it('leaves a head with a hidden layer general', () => {
    const lines: Line[] = [
      ['p', 'GlobalAveragePool', ['map']],
      ['f', 'Flatten', ['p']],
      ['h', 'Gemm', ['f', 'w0']],
      ['flat', 'Relu', ['h']],
      GEMM,
    ];
    expect(cut(network(lines, { w0: noise([6, 6]) })).head).toEqual({ kind: 'general' });
  });
});

describe('refusals', () => {
  const plain = LINEAR_HEADS['GlobalAveragePool, Flatten, Gemm']!;
  const attention: readonly Line[] = [
    ['rows', 'Reshape', ['map', 'shape']],
    ['tokens', 'Transpose', ['rows'], { perm: ints([0, 2, 1]) }],
    ['products', 'MatMul', ['tokens', 'rows']],
    ['shares', 'Softmax', ['products'], { axis: int(-1) }],
    ['mixed', 'MatMul', ['shares', 'tokens']],
    ['flat', 'ReduceMean', ['mixed', 'axes'], { keepdims: int(0) }],
    GEMM,
  ];
  const cases: readonly (readonly [string, () => unknown, string, RegExp])[] = [
    ['a name that does not exist', () => cut(plain, { tensor: 'mop' }), 'cut-point', /"mop" does not exist.*"map"/],
    ['a value that is no map', () => cut(plain, { tensor: 'flat' }), 'cut-point', /"flat" is no cut point/],
    [
      'a transformer',
      () => cut(network(attention, { shape: int64([0, 6, 16]), axes: int64([1]) })),
      'model-unsupported',
      /"map" \[1, 6, 4, 4\].*attention, node "node\d" \(MatMul\).*tokens/,
    ],
    [
      'a network without maps',
      () =>
        cut({
          input: [1, 3, 8, 8],
          constants: { w: noise([192, 5]) },
          lines: [
            ['f', 'Flatten', ['x']],
            ['y', 'Gemm', ['f', 'w']],
          ],
        }),
      'model-unsupported',
      /no spatial feature map/,
    ],
    [
      'a missing size',
      () => cut(network(plain.lines.slice(4), {}, { input: [1, 3, 'h', 'w'] })),
      'configuration',
      /any size \(axis "h"/,
    ],
    [
      'another number of images than the fixed one',
      () => cut({ ...plain, input: [1, 3, 8, 8] }, { batch: 2 }),
      'configuration',
      /exactly 1 images per run, not 2/,
    ],
  ];
  it.each(cases)('%s', (_name, action, code, message) => {
    expect(action).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

it('edit distance counts insertions, deletions and replacements', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
});
