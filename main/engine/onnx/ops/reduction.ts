/** Ops that collapse axes: Reduce*, ArgMax, ArgMin, CumSum, TopK. */
import { sizeOf } from '../../tensor/shape.ts';
import { toNumbers } from '../../tensor/tensor.ts';
import type { DType, Tensor } from '../../tensor/tensor.ts';
import type { NodeContext } from './context.ts';
import { shapeText } from './context.ts';
import { tensorOf } from './fold-elementwise.ts';
import type { FoldRule, OpSpec, Shape } from './spec.ts';
import { FLOATS, INDICES, NUMBERS } from './spec.ts';

const REDUCIBLE = [...FLOATS, 'int32', 'uint32', 'int64', 'uint64'] as const satisfies readonly DType[];

/** Axes come as an input; none means all axes, or no reduction when noop_with_empty_axes = 1 (opset 18). */
function reducedAxes(context: NodeContext): Set<number> {
  const given = context.has(1) ? context.numbers(1, 'reduction axes') : [];
  if (given.length > 0) return new Set(context.axes(given, context.rank()));
  return new Set(context.int('noop_with_empty_axes') === 1 ? [] : context.shape().keys());
}

function withoutAxes(shape: Shape, axes: ReadonlySet<number>, keep: boolean): number[] {
  return keep ? shape.map((size, axis) => (axes.has(axis) ? 1 : size)) : shape.filter((_, axis) => !axes.has(axis));
}

function reduceShape(context: NodeContext): Shape[] {
  return [withoutAxes(context.shape(), reducedAxes(context), context.int('keepdims') === 1)];
}

/** Folds the reduction of a whole small tensor (exporters multiply up axis sizes with ReduceProd). */
function foldWhole(combine: (values: readonly number[]) => number): FoldRule {
  return (context, [shape]): readonly Tensor[] | undefined => {
    const constant = context.constant(0);
    if (!constant || sizeOf(shape!) !== 1 || reducedAxes(context).size !== context.rank()) return undefined;
    const result = tensorOf(constant.dtype, shape!, [combine(toNumbers(constant))]);
    return result && [result];
  };
}

function reduce(types: readonly DType[], combine?: (values: readonly number[]) => number): OpSpec {
  const spec: OpSpec = {
    inputs: ['T', 'int64?'],
    outputs: ['T'],
    types: { T: types },
    attributes: { keepdims: { type: 'int', default: 1 }, noop_with_empty_axes: { type: 'int', default: 0 } },
    shape: reduceShape,
  };
  return combine ? { ...spec, fold: foldWhole(combine) } : spec;
}

function argShape(context: NodeContext): Shape[] {
  const axis = context.axis(context.int('axis'), context.rank());
  context.require(context.shape()[axis] !== 0, 'a non-empty axis', shapeText(context.shape()));
  return [withoutAxes(context.shape(), new Set([axis]), context.int('keepdims') === 1)];
}

const ARG: OpSpec = {
  inputs: ['T'],
  outputs: ['int64'],
  types: { T: NUMBERS },
  attributes: {
    axis: { type: 'int', default: 0 },
    keepdims: { type: 'int', default: 1 },
    select_last_index: { type: 'int', default: 0 },
  },
  shape: argShape,
};

function topKShape(context: NodeContext): Shape[] {
  const axis = context.axis(context.int('axis'), context.rank());
  const [count] = context.numbers(1, 'numbers of top elements') as [number];
  const size = context.shape()[axis]!;
  context.require(count >= 0 && count <= size, `k in 0..${size}`, String(count));
  const shape = context.shape().with(axis, count);
  return [shape, shape];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const product = (values: readonly number[]): number => values.reduce((total, value) => total * value, 1);

/** Reductions along axes. */
export const REDUCTION = {
  ReduceSum: reduce(REDUCIBLE, sum),
  ReduceMean: reduce(REDUCIBLE),
  ReduceProd: reduce(REDUCIBLE, product),
  ReduceMax: reduce(NUMBERS, (values) => Math.max(...values)),
  ReduceMin: reduce(NUMBERS, (values) => Math.min(...values)),
  ReduceL1: reduce(REDUCIBLE),
  ReduceL2: reduce(REDUCIBLE),
  ReduceSumSquare: reduce(REDUCIBLE),
  ReduceLogSum: reduce(REDUCIBLE),
  ReduceLogSumExp: reduce(REDUCIBLE),
  ArgMax: ARG,
  ArgMin: ARG,
  CumSum: {
    inputs: ['T', 'U'],
    outputs: ['T'],
    types: { T: REDUCIBLE, U: INDICES },
    attributes: { exclusive: { type: 'int', default: 0 }, reverse: { type: 'int', default: 0 } },
    shape: (context) => [context.shape()],
  },
  TopK: {
    inputs: ['T', 'int64'],
    outputs: ['T', 'int64'],
    types: { T: NUMBERS },
    attributes: {
      axis: { type: 'int', default: -1 },
      largest: { type: 'int', default: 1 },
      sorted: { type: 'int', default: 1 },
    },
    shape: topKShape,
  },
} as const satisfies Record<string, OpSpec>;
