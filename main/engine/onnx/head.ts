/** Recognises heads that are a mean over positions followed by a linear map, and reads off that map. */
import { sizeOf } from '../tensor/shape.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { attributeOf } from './attributes.ts';
import { dependentValues } from './cut-candidates.ts';
import type { Graph, Node } from './graph.ts';
import type { Facts } from './shapes.ts';

/**
 * The part after the cut. For 'gap-linear', logits = weights . mean over positions of features + bias:
 * weights [classes, channels], bias [classes].
 */
export type Head =
  | { readonly kind: 'gap-linear'; readonly weights: Tensor<'float32'>; readonly bias: Tensor<'float32'> }
  | { readonly kind: 'general' };

/** An affine map of the channels, accumulated in float64: out = matrix . in + offset. */
interface Affine {
  /** [rows, columns], row-major; undefined is the identity, which would be costly to multiply out. */
  readonly matrix: Float64Array | undefined;
  readonly rows: number;
  readonly columns: number;
  /** [rows] */
  readonly offset: Float64Array;
}

/** How far the walk has come: the map so far, and the axis of `channels` while positions are still there. */
interface State {
  readonly affine: Affine;
  /** Axis of the channels in the current value; undefined once one number per channel is left. */
  readonly channelAxis: number | undefined;
}

/** What a step may look at. */
interface Walk {
  readonly facts: ReadonlyMap<string, Facts>;
  readonly constantOf: (name: string | undefined) => Tensor | undefined;
  readonly shapeOf: (name: string | undefined) => readonly number[];
}

/** Advances over one node, or returns undefined when the node is not affine per channel. */
type Step = (node: Node, state: State, walk: Walk, inputIndex: number) => State | undefined;

/**
 * Reads the head's linear map, if it has that form. Quantise-dequantise pairs count as what they approximate, the
 * identity, so that a quantised head has a gradient at all.
 * @param head features [batch, channels, height, width] -> logits, static and canonical
 * @param facts of the head's values
 */
export function describeHead(head: Graph, facts: ReadonlyMap<string, Facts>): Head {
  const dependent = dependentValues(head);
  const walk: Walk = {
    facts,
    constantOf: (name) =>
      name === undefined || name === '' ? undefined : (head.initializers.get(name) ?? facts.get(name)?.constant),
    shapeOf: (name) => facts.get(name ?? '')?.shape ?? [],
  };
  const channels = walk.shapeOf(head.inputs[0]?.name)[1] ?? 0;
  let state: State | undefined = {
    affine: { matrix: undefined, rows: channels, columns: channels, offset: new Float64Array(channels) },
    channelAxis: 1,
  };
  let current = head.inputs[0]?.name;
  for (const node of head.nodes) {
    const live = node.inputs.flatMap((name, index) => (dependent.has(name) ? [index] : []));
    if (live.length === 0) continue;
    const [inputIndex] = live;
    if (live.length > 1 || inputIndex === undefined || node.inputs[inputIndex] !== current) return { kind: 'general' };
    state = STEPS[node.op]?.(node, state, walk, inputIndex);
    if (!state) return { kind: 'general' };
    current = node.outputs[0];
  }
  if (state.channelAxis !== undefined || current !== head.outputs[0]?.name) return { kind: 'general' };
  const { matrix, rows, columns, offset } = state.affine;
  return {
    kind: 'gap-linear',
    weights: float32(Float32Array.from(matrix ?? identity(rows)), [rows, columns]),
    bias: float32(Float32Array.from(offset)),
  };
}

const pass: Step = (_node, state) => state;

/** Padding, pooling over one position and the like: only where nothing changes. */
const passSameShape: Step = (node, state, walk) =>
  walk.shapeOf(node.inputs[0]).join() === walk.shapeOf(node.outputs[0]).join() ? state : undefined;

/** Mean over all positions. */
const globalAverage: Step = (_node, state) =>
  state.channelAxis === 1 ? { ...state, channelAxis: undefined } : undefined;

/** A window as large as the map, without padding, is the mean over all positions. */
const averagePool: Step = (node, state, walk) => {
  const shape = walk.shapeOf(node.inputs[0]);
  const window = attributeOf(node, 'kernel_shape', 'ints') ?? [];
  const pads = attributeOf(node, 'pads', 'ints') ?? [];
  const isWhole = window.join() === shape.slice(2).join() && pads.every((size) => size === 0);
  if (state.channelAxis === undefined) return window.every((size) => size === 1) ? state : undefined;
  return isWhole && sizeOf(walk.shapeOf(node.outputs[0]).slice(2)) === 1
    ? { ...state, channelAxis: undefined }
    : undefined;
};

/** Mean over exactly the position axes. */
const reduceMean: Step = (node, state, walk) => {
  const shape = walk.shapeOf(node.inputs[0]);
  const given = walk.constantOf(node.inputs[1]);
  if (!given || state.channelAxis === undefined) return undefined;
  const axes = Array.from(
    given.data as ArrayLike<number | bigint>,
    (axis) => (Number(axis) + shape.length) % shape.length,
  );
  const positions = shape.flatMap((size, axis) => (axis > 0 && axis !== state.channelAxis && size > 1 ? [axis] : []));
  const isExact =
    positions.every((axis) => axes.includes(axis)) && !axes.includes(0) && !axes.includes(state.channelAxis);
  return isExact ? { ...state, channelAxis: undefined } : undefined;
};

const transpose: Step = (node, state) => {
  const perm = attributeOf(node, 'perm', 'ints') ?? [];
  if (perm[0] !== 0) return undefined;
  return state.channelAxis === undefined ? state : { ...state, channelAxis: perm.indexOf(state.channelAxis) };
};

/** Reshapes keep the order of numbers; with positions left, channels must stay one axis of their own. */
const reshape: Step = (node, state, walk) => {
  const before = walk.shapeOf(node.inputs[0]);
  const after = walk.shapeOf(node.outputs[0]);
  if (before[0] !== after[0]) return undefined;
  if (state.channelAxis === undefined) return state;
  const isFirst = state.channelAxis === 1 && after[1] === before[1];
  const isLast = state.channelAxis === before.length - 1 && after.at(-1) === before.at(-1) && after.length > 2;
  if (isFirst && after.length > 2) return state;
  return isLast ? { ...state, channelAxis: after.length - 1 } : undefined;
};

/** 1x1 convolution: a linear map of the channels, before or after the mean. */
const conv: Step = (node, state, walk) => {
  const weights = walk.constantOf(node.inputs[1]);
  const biasName = node.inputs[2] ?? '';
  const bias = walk.constantOf(biasName);
  if (!weights || (biasName !== '' && !bias) || (attributeOf(node, 'group', 'int') ?? 1) !== 1) return undefined;
  const [rows = 0, columns = 0, ...window] = weights.shape;
  const [before, after] = [walk.shapeOf(node.inputs[0]), walk.shapeOf(node.outputs[0])];
  const isPointwise = window.every((size) => size === 1) && before.slice(2).join() === after.slice(2).join();
  const isPlaced = state.channelAxis === undefined ? before[1] === columns : state.channelAxis === 1;
  if (!isPointwise || !isPlaced) return undefined;
  return followedBy(state, numbersOf(weights), rows, columns, bias && numbersOf(bias));
};

/** Gemm with constant B and C. */
const gemm: Step = (node, state, walk, inputIndex) => {
  const weights = walk.constantOf(node.inputs[1]);
  const biasName = node.inputs[2] ?? '';
  const bias = walk.constantOf(biasName);
  if (inputIndex !== 0 || !weights || (biasName !== '' && !bias)) return undefined;
  if (state.channelAxis !== undefined || (attributeOf(node, 'transA', 'int') ?? 0) !== 0) return undefined;
  const isTransposed = (attributeOf(node, 'transB', 'int') ?? 0) !== 0;
  const [first = 0, second = 0] = weights.shape;
  const [rows, columns] = isTransposed ? [first, second] : [second, first];
  const values = numbersOf(weights);
  const alpha = attributeOf(node, 'alpha', 'float') ?? 1;
  const beta = attributeOf(node, 'beta', 'float') ?? 1;
  const matrix = (isTransposed ? values : transposed(values, columns, rows)).map((value) => value * alpha);
  return followedBy(state, matrix, rows, columns, bias && numbersOf(bias).map((value) => value * beta));
};

/** MatMul with a constant matrix on the right. */
const matMul: Step = (node, state, walk, inputIndex) => {
  const weights = walk.constantOf(node.inputs[1]);
  const shape = walk.shapeOf(node.inputs[0]);
  if (inputIndex !== 0 || weights?.shape.length !== 2) return undefined;
  const [columns = 0, rows = 0] = weights.shape;
  if (state.channelAxis !== undefined ? state.channelAxis !== shape.length - 1 : shape.at(-1) !== columns)
    return undefined;
  return followedBy(state, transposed(numbersOf(weights), columns, rows), rows, columns, undefined);
};

/** A constant for all channels, or one per channel, combined with the value. */
function perChannel(combine: (affine: Affine, factor: (row: number) => number) => Affine | undefined): Step {
  return (node, state, walk, inputIndex) => {
    const constant = walk.constantOf(node.inputs[1 - inputIndex]);
    const shape = walk.shapeOf(node.outputs[0]);
    if (!constant || (inputIndex !== 0 && (node.op === 'Sub' || node.op === 'Div'))) return undefined;
    if (shape.join() !== walk.shapeOf(node.inputs[inputIndex]).join()) return undefined;
    const values = numbersOf(constant);
    if (values.length !== 1 && !isAlongChannels(constant.shape, shape, state)) return undefined;
    const affine = combine(state.affine, (row) => values[values.length === 1 ? 0 : row]!);
    return affine && { ...state, affine };
  };
}

/** True when the constant's one long axis is the axis of the channels. */
function isAlongChannels(constant: readonly number[], shape: readonly number[], state: State): boolean {
  const offset = shape.length - constant.length;
  const long = constant.flatMap((size, axis) => (size > 1 ? [axis + offset] : []));
  const axis = state.channelAxis ?? shape.findIndex((size, index) => index > 0 && size > 1);
  return long.length === 1 && long[0] === axis && axis > 0 && shape[axis] === state.affine.rows;
}

/** Ops of affine heads; every other op makes the head general. */
const STEPS: Readonly<Record<string, Step | undefined>> = {
  Identity: pass,
  Cast: pass,
  QuantizeLinear: pass,
  DequantizeLinear: pass,
  Pad: passSameShape,
  GlobalAveragePool: globalAverage,
  AveragePool: averagePool,
  ReduceMean: reduceMean,
  Transpose: transpose,
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Conv: conv,
  Gemm: gemm,
  MatMul: matMul,
  Add: perChannel((affine, value) => ({ ...affine, offset: affine.offset.map((old, row) => old + value(row)) })),
  Sub: perChannel((affine, value) => ({ ...affine, offset: affine.offset.map((old, row) => old - value(row)) })),
  Mul: perChannel((affine, value) => scaled(affine, value)),
  Div: perChannel((affine, value) => scaled(affine, (row) => 1 / value(row))),
};

function scaled(affine: Affine, factor: (row: number) => number): Affine {
  return {
    ...affine,
    matrix: (affine.matrix ?? identity(affine.rows)).map(
      (value, index) => value * factor(Math.floor(index / affine.columns)),
    ),
    offset: affine.offset.map((value, row) => value * factor(row)),
  };
}

/** The map followed by another one: W (M x + o) + b = (W M) x + (W o + b). */
function followedBy(
  state: State,
  matrix: Float64Array,
  rows: number,
  columns: number,
  bias: Float64Array | undefined,
): State | undefined {
  const { affine } = state;
  if (affine.rows !== columns || (bias && bias.length !== 1 && bias.length !== rows)) return undefined;
  const offset = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = bias ? bias[bias.length === 1 ? 0 : row]! : 0;
    for (let inner = 0; inner < columns; inner++) sum += matrix[row * columns + inner]! * affine.offset[inner]!;
    offset[row] = sum;
  }
  const product = affine.matrix ? multiplied(matrix, affine.matrix, rows, columns, affine.columns) : matrix;
  return { ...state, affine: { matrix: product, rows, columns: affine.columns, offset } };
}

/** [rows, inner] x [inner, columns] */
function multiplied(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const product = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let middle = 0; middle < inner; middle++) {
      const factor = a[row * inner + middle]!;
      for (let column = 0; column < columns; column++) {
        product[row * columns + column]! += factor * b[middle * columns + column]!;
      }
    }
  }
  return product;
}

function identity(size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let index = 0; index < size; index++) matrix[index * size + index] = 1;
  return matrix;
}

/** [rows, columns] -> [columns, rows] */
function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column]!;
  }
  return result;
}

function numbersOf(value: Tensor): Float64Array {
  // Element by element through `Number` takes 0.2 s for the last layer of an ImageNet model; floats need no conversion.
  if (value.dtype === 'float32') return new Float64Array(value.data as Float32Array);
  return Float64Array.from(value.data as ArrayLike<number | bigint>, Number);
}
