/** Old and new operator sets in canonical form: onnxruntime gives the same numbers for both. */
import { describe, expect, it } from 'vitest';
import { float, int, ints, text, tensorAttribute } from '../../../main/engine/onnx/attributes.ts';
import { canonicalize } from '../../../main/engine/onnx/canonical.ts';
import { encodeModel } from '../../../main/engine/onnx/encode.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { float32, int64, scalar, tensor } from '../../../main/engine/tensor/tensor.ts';
import { expectAllclose } from '../../support/allclose.ts';
import { noise, smallGraph } from '../../support/onnx-graphs.ts';
import type { SmallGraph } from '../../support/onnx-graphs.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });
const LARGEST = 2 ** 63;

const CASES: Readonly<Record<string, SmallGraph>> = {
  'Clip with attributes (9)': { opset: 9, lines: [['y', 'Clip', ['x'], { min: float(-0.5), max: float(0.25) }]] },
  'Clip open above (9)': { opset: 9, lines: [['y', 'Clip', ['x'], { min: float(0) }]] },
  'Pad with attributes (10)': {
    opset: 10,
    lines: [['y', 'Pad', ['x'], { pads: ints([0, 0, 1, 2, 0, 0, 3, 0]), value: float(0.5) }]],
  },
  'Pad by reflection (9)': {
    opset: 9,
    lines: [['y', 'Pad', ['x'], { pads: ints([0, 0, 1, 2, 0, 0, 3, 0]), mode: text('reflect') }]],
  },
  'Slice with attributes to the end (9)': {
    opset: 9,
    lines: [['y', 'Slice', ['x'], { starts: ints([1, -3]), ends: ints([LARGEST, LARGEST]), axes: ints([1, 3]) }]],
  },
  'Slice without axes (9)': { opset: 9, lines: [['y', 'Slice', ['x'], { starts: ints([0, 1]), ends: ints([1, 3]) }]] },
  'Split with attribute (11)': {
    opset: 11,
    lines: [
      ['a,b', 'Split', ['x'], { axis: int(1), split: ints([1, 2]) }],
      ['y', 'Mul', ['a', 'b']],
    ],
  },
  'Split into equal parts (13)': {
    opset: 13,
    lines: [
      ['a,b', 'Split', ['x'], { axis: int(2) }],
      ['y', 'Sub', ['a', 'b']],
    ],
  },
  'Squeeze and Unsqueeze with attributes (11)': {
    opset: 11,
    lines: [
      ['u', 'Unsqueeze', ['x'], { axes: ints([0, 3]) }],
      ['y', 'Squeeze', ['u'], { axes: ints([0]) }],
    ],
  },
  'ReduceSum with attribute (11)': {
    opset: 11,
    lines: [['y', 'ReduceSum', ['x'], { axes: ints([2, 3]), keepdims: int(0) }]],
  },
  'ReduceMean with attribute (13)': {
    opset: 13,
    lines: [['y', 'ReduceMean', ['x'], { axes: ints([-1, -2]), keepdims: int(1) }]],
  },
  'ReduceL2 over everything (9)': { opset: 9, lines: [['y', 'ReduceL2', ['x'], {}]] },
  'Softmax over all axes from 1 (11)': { opset: 11, lines: [['y', 'Softmax', ['x'], {}]] },
  'Softmax over axes 2 and 3 (9)': { opset: 9, lines: [['y', 'Softmax', ['x'], { axis: int(2) }]] },
  'LogSoftmax of a matrix (9)': { opset: 9, input: [2, 5], lines: [['y', 'LogSoftmax', ['x'], {}]] },
  'Softmax over channels (13)': { opset: 13, lines: [['y', 'Softmax', ['x'], { axis: int(1) }]] },
  'Dropout (9)': { opset: 9, lines: [['y', 'Dropout', ['x'], { ratio: float(0.5) }]] },
  'Dropout with mask and inputs (13)': {
    opset: 13,
    constants: { ratio: scalar(0.5) },
    lines: [['y,mask', 'Dropout', ['x', 'ratio']]],
  },
  'BatchNormalization (9)': {
    opset: 9,
    constants: { s: noise([3], 2), b: noise([3], 3), m: noise([3], 4), v: float32([0.5, 1, 2]) },
    lines: [['y', 'BatchNormalization', ['x', 's', 'b', 'm', 'v'], { epsilon: float(1e-3) }]],
  },
  'Upsample nearest (9)': {
    opset: 9,
    constants: { scales: float32([1, 1, 2, 3]) },
    lines: [['y', 'Upsample', ['x', 'scales'], { mode: text('nearest') }]],
  },
  'Upsample linear (9)': {
    opset: 9,
    constants: { scales: float32([1, 1, 2, 2]) },
    lines: [['y', 'Upsample', ['x', 'scales'], { mode: text('linear') }]],
  },
  'Resize nearest, smaller (10)': {
    opset: 10,
    constants: { scales: float32([1, 1, 0.6, 0.6]) },
    lines: [['y', 'Resize', ['x', 'scales'], { mode: text('nearest') }]],
  },
  'Resize linear to sizes (11)': {
    opset: 11,
    constants: { roi: float32([]), scales: float32([]), sizes: int64([2, 3, 5, 13]) },
    lines: [
      [
        'y',
        'Resize',
        ['x', 'roi', 'scales', 'sizes'],
        { mode: text('linear'), coordinate_transformation_mode: text('align_corners') },
      ],
    ],
  },
  'AveragePool (9)': {
    opset: 9,
    lines: [
      ['y', 'AveragePool', ['x'], { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]), strides: ints([2, 2]) }],
    ],
  },
  'Gelu (20)': { opset: 20, lines: [['y', 'Gelu', ['x'], {}]] },
  'Gelu by tanh (20)': { opset: 20, lines: [['y', 'Gelu', ['x'], { approximate: text('tanh') }]] },
  'GroupNormalization per channel (21)': {
    opset: 21,
    input: [2, 6, 4, 4],
    constants: { s: noise([6], 2), b: noise([6], 3) },
    lines: [['y', 'GroupNormalization', ['x', 's', 'b'], { num_groups: int(3), epsilon: float(1e-4) }]],
  },
  'QuantizeLinear with a stated type (21)': {
    opset: 21,
    constants: { scale: scalar(0.05) },
    lines: [
      ['q', 'QuantizeLinear', ['x', 'scale'], { output_dtype: int(3) }],
      ['y', 'DequantizeLinear', ['q', 'scale']],
    ],
  },
  'quantised weights, one scale per channel (13)': {
    opset: 13,
    constants: {
      w: tensor('int8', [2, 3, 1, 1], Int8Array.of(-128, 5, 127, 3, 0, -7)),
      scale: float32([0.01, 0.2]),
      zero: tensor('int8', [2], Int8Array.of(0, 3)),
    },
    lines: [
      ['weights', 'DequantizeLinear', ['w', 'scale', 'zero'], { axis: int(0) }],
      ['y', 'Conv', ['x', 'weights']],
    ],
  },
  'Constant nodes of all kinds (13)': {
    opset: 13,
    lines: [
      ['a', 'Constant', [], { value_float: float(2) }],
      ['b', 'Constant', [], { value: tensorAttribute(noise([8], 4)) }],
      ['shape', 'Constant', [], { value_ints: ints([2, -1]) }],
      ['p', 'Mul', ['x', 'a']],
      ['q', 'Add', ['p', 'b']],
      ['y', 'Reshape', ['q', 'shape']],
    ],
  },
};

describe('canonicalize keeps what the model computes', () => {
  it.each(Object.entries(CASES))('%s', async (_name, parts) => {
    const graph = smallGraph(parts);
    const x = noise((parts.input ?? [2, 3, 8, 8]) as number[], 9);
    const original = await runner.openModel(encodeModel(graph));
    const canonical = canonicalize(graph);
    expect(canonical.opset).toBe(18);
    const translated = await runner.open(canonical);
    const [wanted, found] = [await original.run({ x }), await translated.run({ x })];
    expectAllclose(found['y']!, wanted['y']!, { absolute: 1e-5, relative: 1e-5 });
    await original.dispose();
    await translated.dispose();
  });
});

describe('canonicalize of float16', () => {
  it('computes in float32 what the model computes in float16, within its precision', async () => {
    const half = (value: Tensor<'float32'>): Tensor => tensor('float16', value.shape, Float16Array.from(value.data));
    const graph = smallGraph({
      opset: 13,
      inputDType: 'float16',
      outputDType: 'float16',
      constants: { w: half(noise([4, 3, 3, 3], 2)), k: half(scalar(0.5)) },
      lines: [
        ['c', 'Conv', ['x', 'w']],
        ['wide', 'Cast', ['c'], { to: int(1) }],
        ['narrow', 'Cast', ['wide'], { to: int(10) }],
        ['y', 'Mul', ['narrow', 'k']],
      ],
    });
    const canonical = canonicalize(graph);
    expect([...canonical.initializers.values()].map((value) => value.dtype)).toEqual(['float32', 'float32']);
    expect([canonical.inputs[0]!.dtype, canonical.outputs[0]!.dtype]).toEqual(['float32', 'float32']);
    const x = noise([2, 3, 8, 8], 9);
    const original = await runner.openModel(encodeModel(graph));
    const translated = await runner.open(canonical);
    const wanted = (await original.run({ x: half(x) }))['y']!;
    const found = (await translated.run({ x }))['y']!;
    // float16 has 11 bits: 27 products of size 1 add up to errors of about 27 * 2^-11.
    expectAllclose(found, wanted, { absolute: 0.02, relative: 0.005 });
  });
});

describe('canonicalize refuses by name', () => {
  const refused: readonly (readonly [what: string, parts: SmallGraph, message: RegExp])[] = [
    [
      'training-mode BatchNormalization',
      {
        opset: 15,
        constants: { s: noise([3], 2), b: noise([3], 3), m: noise([3], 4), v: float32([1, 1, 1]) },
        lines: [['y,m1,v1', 'BatchNormalization', ['x', 's', 'b', 'm', 'v'], { training_mode: int(1) }]],
      },
      /"node0" \(BatchNormalization\) .*training.*eval/,
    ],
    ['integer convolution', { lines: [['y', 'QLinearConv', ['x']]] }, /QLinearConv.*QDQ/],
    ['non-maximum suppression', { lines: [['y', 'NonMaxSuppression', ['x']]] }, /NonMaxSuppression.*detectors/],
    ['recurrent layers', { lines: [['y', 'LSTM', ['x']]] }, /LSTM.*sequences/],
    ['an unknown op', { lines: [['y', 'Bogus', ['x']]] }, /"node0" \(Bogus\) is not supported/],
    [
      'dilated averages of operator set 19',
      { opset: 19, lines: [['y', 'AveragePool', ['x'], { kernel_shape: ints([2, 2]), dilations: ints([2, 2]) }]] },
      /AveragePool.*dilated/,
    ],
  ];
  it.each(refused)('%s', (_what, parts, message) => {
    expect(() => canonicalize(smallGraph(parts))).toThrow(
      expect.objectContaining({ code: 'model-unsupported', message: expect.stringMatching(message) }),
    );
  });
});
