/** Shape computations as exporters write them become constants; what a run computes stays the same. */
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../main/engine/errors.ts';
import { int, ints, tensorAttribute } from '../../../main/engine/onnx/attributes.ts';
import { foldConstants } from '../../../main/engine/onnx/fold.ts';
import type { Attribute, Graph, Node } from '../../../main/engine/onnx/graph.ts';
import { inferShapes } from '../../../main/engine/onnx/shapes.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { float32, int64, scalar, toNumbers } from '../../../main/engine/tensor/tensor.ts';
import { runOnZeros } from '../../support/onnxruntime-shapes.ts';

type Line = readonly [output: string, op: string, inputs: readonly string[], attributes?: Record<string, Attribute>];

/** A graph over x [batch, 4, height, width] from lines; the last line is the output. */
function graphOf(lines: readonly Line[], constants: Record<string, Tensor>): Graph {
  const nodes: Node[] = lines.map(([output, op, inputs, attributes = {}]) => ({
    name: `make_${output}`,
    op,
    domain: '',
    inputs,
    outputs: [output],
    attributes,
  }));
  return {
    name: 'chain',
    opset: 18,
    nodes,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4, 'height', 'width'] }],
    outputs: [{ name: lines.at(-1)![0], dtype: 'float32', shape: undefined }],
    initializers: new Map(Object.entries(constants)),
  };
}

const FIXED = { batch: 2, height: 6, width: 10 };
const LARGEST = { dtype: 'int64', shape: [1], data: BigInt64Array.of(2n ** 63n - 1n) } as const;

/** x.view(x.size(0), -1), PyTorch. */
const VIEW = graphOf(
  [
    ['shape', 'Shape', ['x']],
    ['batchSize', 'Gather', ['shape', 'zero'], { axis: int(0) }],
    ['batchList', 'Unsqueeze', ['batchSize', 'axes']],
    ['target', 'Concat', ['batchList', 'rest'], { axis: int(0) }],
    ['y', 'Reshape', ['x', 'target']],
  ],
  { zero: int64([0], []), axes: int64([0]), rest: int64([-1]) },
);

/** channel_shuffle of ShuffleNet: sizes divided by groups. */
const SHUFFLE = graphOf(
  [
    ['shape', 'Shape', ['x']],
    ['batchList', 'Slice', ['shape', 'zero', 'one']],
    ['channelList', 'Shape', ['x'], { start: int(1), end: int(2) }],
    ['channels', 'Squeeze', ['channelList']],
    ['perGroup', 'Div', ['channels', 'groups']],
    ['perGroupList', 'Unsqueeze', ['perGroup', 'zero']],
    ['tail', 'Slice', ['shape', 'two', 'end']],
    ['target', 'Concat', ['batchList', 'groupList', 'perGroupList', 'tail'], { axis: int(0) }],
    ['y', 'Reshape', ['x', 'target']],
  ],
  { groups: int64([2], []), zero: int64([0]), one: int64([1]), two: int64([2]), end: LARGEST, groupList: int64([2]) },
);

/** F.interpolate(scale_factor=2): float arithmetic on sizes, floor, cast. */
const INTERPOLATE = graphOf(
  [
    ['shape', 'Shape', ['x']],
    ['head', 'Slice', ['shape', 'zeroList', 'twoList']],
    ['tail', 'Slice', ['shape', 'twoList', 'end']],
    ['tailFloat', 'Cast', ['tail'], { to: int(1) }],
    ['scaled', 'Mul', ['tailFloat', 'factor']],
    ['floored', 'Floor', ['scaled']],
    ['sizes', 'Cast', ['floored'], { to: int(7) }],
    ['target', 'Concat', ['head', 'sizes'], { axis: int(0) }],
    ['y', 'Resize', ['x', '', '', 'target']],
  ],
  { zeroList: int64([0]), twoList: int64([2]), end: LARGEST, factor: scalar(1.5) },
);

/** F.pad in opset 11: ConstantOfShape, Concat, Reshape to [-1, 2], reversed Slice, Transpose, Cast. */
const PAD = graphOf(
  [
    ['zeros', 'ConstantOfShape', ['four'], { value: tensorAttribute(int64([0])) }],
    ['all', 'Concat', ['given', 'zeros'], { axis: int(0) }],
    ['pairs', 'Reshape', ['all', 'pairShape']],
    ['reversed', 'Slice', ['pairs', 'minusOne', 'first', 'zeroList', 'minusOne']],
    ['turned', 'Transpose', ['reversed'], { perm: ints([1, 0]) }],
    ['flat', 'Reshape', ['turned', 'flatShape']],
    ['pads', 'Cast', ['flat'], { to: int(7) }],
    ['y', 'Pad', ['x', 'pads', 'zero']],
  ],
  {
    four: int64([4]),
    given: int64([1, 2, 0, 3]),
    pairShape: int64([-1, 2]),
    minusOne: int64([-1]),
    first: { dtype: 'int64', shape: [1], data: BigInt64Array.of(-(2n ** 63n) + 1n) },
    zeroList: int64([0]),
    flatShape: int64([-1]),
    zero: scalar(0),
  },
);

/** x.expand(...) with -1 for "keep": Equal, Where, ConstantOfShape, Mul. */
const EXPAND = graphOf(
  [
    ['ones', 'ConstantOfShape', ['five'], { value: tensorAttribute(int64([1])) }],
    ['negative', 'Mul', ['ones', 'minusOne']],
    ['isKept', 'Equal', ['wanted', 'negative']],
    ['target', 'Where', ['isKept', 'ones', 'wanted']],
    ['y', 'Expand', ['x', 'target']],
  ],
  { five: int64([5]), minusOne: int64([-1], []), wanted: int64([3, -1, -1, -1, -1]) },
);

const CHAINS: readonly (readonly [string, Graph, readonly number[], number])[] = [
  ['view', VIEW, [2, 240], 1],
  ['channel shuffle', SHUFFLE, [2, 2, 2, 6, 10], 1],
  ['interpolate', INTERPOLATE, [2, 4, 9, 15], 1],
  ['pad', PAD, [2, 4, 9, 13], 1],
  ['expand', EXPAND, [3, 2, 4, 6, 10], 1],
];

describe("an exporter's chain", () => {
  it.each(CHAINS)('%s has a static shape and folds into one node', (_, graph, shape, nodeCount) => {
    expect(inferShapes(graph, FIXED).get('y')?.shape).toEqual(shape);
    const folded = foldConstants(graph, FIXED);
    expect(folded.nodes).toHaveLength(nodeCount);
    expect(folded.inputs[0]!.shape).toEqual([2, 4, 6, 10]);
    expect(folded.outputs[0]!.shape).toEqual(shape);
  });

  it.each(CHAINS)('%s gives the same shape in onnxruntime, folded or not', async (_, graph, shape) => {
    const inputs = [{ name: 'x', dtype: 'float32' as const, shape: [2, 4, 6, 10] }];
    expect((await runOnZeros({ ...graph, inputs })).get('y')?.shape).toEqual(shape);
    expect((await runOnZeros(foldConstants(graph, FIXED))).get('y')?.shape).toEqual(shape);
  });
});

describe('folding', () => {
  const whole = (
    op: string,
    inputs: Record<string, Tensor>,
    attributes: Record<string, Attribute> = {},
  ): Tensor | undefined => {
    const graph = graphOf([['y', op, Object.keys(inputs), attributes]], inputs);
    return inferShapes(graph, FIXED).get('y')?.constant;
  };

  it('divides integers towards zero', () => {
    expect(toNumbers(whole('Div', { a: int64([7, -7]), b: int64([2]) })!)).toEqual([3, -3]);
  });

  it('leaves a division of integers by zero to the run', () => {
    expect(whole('Div', { a: int64([7]), b: int64([0]) })).toBeUndefined();
  });

  it('keeps the largest int64 exactly', () => {
    expect(whole('Unsqueeze', { a: LARGEST, axes: int64([0]) })?.data[0]).toBe(2n ** 63n - 1n);
    expect(whole('Mul', { a: LARGEST, b: int64([1]) })?.data[0]).toBe(2n ** 63n - 1n);
  });

  it('gives Mod the sign of the divisor', () => {
    expect(toNumbers(whole('Mod', { a: int64([-7, 7]), b: int64([3, -3]) })!)).toEqual([2, -2]);
  });

  it('counts a Range', () => {
    const range = whole('Range', { a: int64([1], []), b: int64([8], []), c: int64([3], []) })!;
    expect(toNumbers(range)).toEqual([1, 4, 7]);
  });

  it('rounds half to even', () => {
    expect(toNumbers(whole('Round', { a: float32([0.5, 1.5, 2.5, -1.5, 2.4]) })!)).toEqual([0, 2, 2, -2, 2]);
  });

  it('refuses a Gather outside the axis by name', () => {
    expect(() => whole('Gather', { a: int64([1, 2]), b: int64([2]) })).toThrow(EngineError);
    expect(() => whole('Gather', { a: int64([1, 2]), b: int64([2]) })).toThrow(/"make_y" needs indices in -2\.\.1/);
  });

  it('says which value makes a shape depend on the image', () => {
    const graph = graphOf(
      [
        ['sizes', 'Cast', ['x'], { to: int(7) }],
        ['list', 'Reshape', ['sizes', 'flat']],
        ['y', 'Reshape', ['x', 'list']],
      ],
      { flat: int64([-1]) },
    );
    expect(() => inferShapes(graph, FIXED)).toThrow(
      /"make_y" needs axis sizes that do not depend on the image, but found "list"/,
    );
  });

  it('names the axis that has no size', () => {
    expect(() => inferShapes(VIEW, { batch: 2, height: 6 })).toThrow(/Axis 3 \("width"\) of input "x" has no size/);
  });
});
