/** Short forms of the ops that emitters use most; each adds its nodes to a builder and returns the result's name. */
import { normalizeAxis, sameShape } from '../tensor/shape.ts';
import type { DType, Tensor } from '../tensor/tensor.ts';
import { int64 } from '../tensor/tensor.ts';
import { float, int, ints } from './attributes.ts';
import type { GraphBuilder } from './build.ts';
import { ELEMENT_TYPE_CODES } from './ops/element-types.ts';
import { tensorOf } from './ops/fold-elementwise.ts';

/** A scalar constant, shape []. Equal ones are shared. */
export function scalarOf(builder: GraphBuilder, value: number, dtype: DType = 'float32'): string {
  return builder.constant(tensorOf(dtype, [], [value]) as Tensor, 'scalar');
}

/** A list of int64, shape [count]; what shape inputs take. */
export function listOf(builder: GraphBuilder, values: readonly number[]): string {
  return builder.constant(int64(values), 'list');
}

/** x + y, broadcast. */
export function add(builder: GraphBuilder, x: string, y: string, hint?: string): string {
  return builder.op('Add', [x, y], {}, hint);
}

/** x - y, broadcast. */
export function sub(builder: GraphBuilder, x: string, y: string, hint?: string): string {
  return builder.op('Sub', [x, y], {}, hint);
}

/** x * y, broadcast. */
export function mul(builder: GraphBuilder, x: string, y: string, hint?: string): string {
  return builder.op('Mul', [x, y], {}, hint);
}

/** x / y, broadcast. */
export function div(builder: GraphBuilder, x: string, y: string, hint?: string): string {
  return builder.op('Div', [x, y], {}, hint);
}

/** x * factor with a scalar constant of x's type. */
export function scale(builder: GraphBuilder, x: string, factor: number, hint?: string): string {
  return factor === 1 && hint === undefined ? x : mul(builder, x, scalarOf(builder, factor, builder.dtypeOf(x)), hint);
}

/** x + offset with a scalar constant of x's type. */
export function shift(builder: GraphBuilder, x: string, offset: number, hint?: string): string {
  return offset === 0 && hint === undefined ? x : add(builder, x, scalarOf(builder, offset, builder.dtypeOf(x)), hint);
}

/** -x. */
export function neg(builder: GraphBuilder, x: string, hint?: string): string {
  return builder.op('Neg', [x], {}, hint);
}

/** e^x. */
export function exp(builder: GraphBuilder, x: string, hint?: string): string {
  return builder.op('Exp', [x], {}, hint);
}

/** Natural logarithm. */
export function log(builder: GraphBuilder, x: string, hint?: string): string {
  return builder.op('Log', [x], {}, hint);
}

/** Square root. */
export function sqrt(builder: GraphBuilder, x: string, hint?: string): string {
  return builder.op('Sqrt', [x], {}, hint);
}

/** x * x; exact where Pow is not. */
export function square(builder: GraphBuilder, x: string, hint?: string): string {
  return builder.op('Mul', [x, x], {}, hint);
}

/** max(x, 0). */
export function relu(builder: GraphBuilder, x: string, hint?: string): string {
  return builder.op('Relu', [x], {}, hint);
}

/** 1 / (1 + e^-x). */
export function sigmoid(builder: GraphBuilder, x: string, hint?: string): string {
  return builder.op('Sigmoid', [x], {}, hint);
}

/** Larger of two, broadcast. */
export function maximum(builder: GraphBuilder, x: string, y: string, hint?: string): string {
  return builder.op('Max', [x, y], {}, hint);
}

/** Smaller of two, broadcast. */
export function minimum(builder: GraphBuilder, x: string, y: string, hint?: string): string {
  return builder.op('Min', [x, y], {}, hint);
}

/** x == y as bool, broadcast. */
export function equal(builder: GraphBuilder, x: string, y: string, hint?: string): string {
  return builder.op('Equal', [x, y], {}, hint);
}

/** x > y as bool, broadcast. */
export function greater(builder: GraphBuilder, x: string, y: string, hint?: string): string {
  return builder.op('Greater', [x, y], {}, hint);
}

/** x < y as bool, broadcast. */
export function less(builder: GraphBuilder, x: string, y: string, hint?: string): string {
  return builder.op('Less', [x, y], {}, hint);
}

/** x where the condition holds, else y; broadcast. */
export function where(builder: GraphBuilder, condition: string, x: string, y: string, hint?: string): string {
  return builder.op('Where', [condition, x, y], {}, hint);
}

/** Conversion to another element type; nothing when x has it already. */
export function cast(builder: GraphBuilder, x: string, dtype: DType, hint?: string): string {
  if (builder.dtypeOf(x) === dtype) return x;
  return builder.op('Cast', [x], { to: int(ELEMENT_TYPE_CODES[dtype]) }, hint);
}

/** Matrix product after numpy.matmul: [..., rows, inner] x [..., inner, columns]. */
export function matmul(builder: GraphBuilder, x: string, y: string, hint?: string): string {
  return builder.op('MatMul', [x, y], {}, hint);
}

/** Options of `gemm`. */
export interface GemmOptions {
  /** Added to the product, broadcast to [rows, columns]. */
  readonly bias?: string;
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** Factor of the product, default 1. */
  readonly alpha?: number;
  /** Factor of the bias, default 1. */
  readonly beta?: number;
}

/** Product of two matrices, each transposed on request, plus a bias. */
export function gemm(builder: GraphBuilder, x: string, y: string, options: GemmOptions = {}, hint?: string): string {
  const { bias, transA = false, transB = false, alpha = 1, beta = 1 } = options;
  const attributes = {
    ...(alpha === 1 ? {} : { alpha: float(alpha) }),
    ...(beta === 1 ? {} : { beta: float(beta) }),
    ...(transA ? { transA: int(1) } : {}),
    ...(transB ? { transB: int(1) } : {}),
  };
  return builder.op('Gemm', bias === undefined ? [x, y] : [x, y, bias], attributes, hint);
}

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin';

/** Reduces the listed axes; no axes means no reduction (never "all", as ONNX has it). */
function reduce(
  builder: GraphBuilder,
  op: Reduction,
  x: string,
  axes: readonly number[],
  keep: boolean,
  hint?: string,
): string {
  if (axes.length === 0) return x;
  return builder.op(op, [x, listOf(builder, axes)], { keepdims: int(keep ? 1 : 0) }, hint);
}

/** Sum over axes. @param keep reduced axes stay with size 1 */
export function reduceSum(
  builder: GraphBuilder,
  x: string,
  axes: readonly number[],
  keep = false,
  hint?: string,
): string {
  return reduce(builder, 'ReduceSum', x, axes, keep, hint);
}

/** Mean over axes. @param keep reduced axes stay with size 1 */
export function reduceMean(
  builder: GraphBuilder,
  x: string,
  axes: readonly number[],
  keep = false,
  hint?: string,
): string {
  return reduce(builder, 'ReduceMean', x, axes, keep, hint);
}

/** Maximum over axes. @param keep reduced axes stay with size 1 */
export function reduceMax(
  builder: GraphBuilder,
  x: string,
  axes: readonly number[],
  keep = false,
  hint?: string,
): string {
  return reduce(builder, 'ReduceMax', x, axes, keep, hint);
}

/** Minimum over axes. @param keep reduced axes stay with size 1 */
export function reduceMin(
  builder: GraphBuilder,
  x: string,
  axes: readonly number[],
  keep = false,
  hint?: string,
): string {
  return reduce(builder, 'ReduceMin', x, axes, keep, hint);
}

/** Same elements, other shape; nothing when x has the shape already. Sizes are static and may be 0. */
export function reshape(builder: GraphBuilder, x: string, shape: readonly number[], hint?: string): string {
  if (sameShape(builder.shapeOf(x), shape)) return x;
  const attributes = shape.includes(0) ? { allowzero: int(1) } : {};
  return builder.op('Reshape', [x, listOf(builder, shape)], attributes, hint);
}

/** Axis i of the result is axis order[i] of x; nothing for the identity. */
export function transpose(builder: GraphBuilder, x: string, order: readonly number[], hint?: string): string {
  if (order.every((axis, index) => axis === index)) return x;
  return builder.op('Transpose', [x], { perm: ints(order) }, hint);
}

/** Joins along an axis; nothing for a single part. */
export function concat(builder: GraphBuilder, parts: readonly string[], axis: number, hint?: string): string {
  if (parts.length === 1) return parts[0]!;
  return builder.op('Concat', parts, { axis: int(axis) }, hint);
}

/**
 * Elements starts..ends (exclusive) of the listed axes.
 * @param axes default 0, 1, ...
 * @param steps default 1
 */
export function slice(
  builder: GraphBuilder,
  x: string,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[] = [...starts.keys()],
  steps?: readonly number[],
  hint?: string,
): string {
  const inputs = [x, ...[starts, ends, axes, ...(steps ? [steps] : [])].map((values) => listOf(builder, values))];
  return builder.op('Slice', inputs, {}, hint);
}

/** Stretches axes of size 1; nothing when x has the shape already. */
export function expand(builder: GraphBuilder, x: string, shape: readonly number[], hint?: string): string {
  if (sameShape(builder.shapeOf(x), shape)) return x;
  return builder.op('Expand', [x, listOf(builder, shape)], {}, hint);
}

/** Adds axes of size 1 at these places of the result. */
export function unsqueeze(builder: GraphBuilder, x: string, axes: readonly number[], hint?: string): string {
  return axes.length === 0 ? x : builder.op('Unsqueeze', [x, listOf(builder, axes)], {}, hint);
}

/** Drops axes of size 1. */
export function squeeze(builder: GraphBuilder, x: string, axes: readonly number[], hint?: string): string {
  return axes.length === 0 ? x : builder.op('Squeeze', [x, listOf(builder, axes)], {}, hint);
}

/**
 * Pads with a constant.
 * @param pads begin of each axis, then end of each axis; negative pads crop
 * @param value default 0
 */
export function pad(builder: GraphBuilder, x: string, pads: readonly number[], value = 0, hint?: string): string {
  if (pads.every((size) => size === 0)) return x;
  const fill = value === 0 ? [] : [scalarOf(builder, value, builder.dtypeOf(x))];
  return builder.op('Pad', [x, listOf(builder, pads), ...fill], {}, hint);
}

/** Rows of x at constant places along an axis. */
export function gather(builder: GraphBuilder, x: string, indices: string, axis: number, hint?: string): string {
  return builder.op('Gather', [x, indices], { axis: int(axis) }, hint);
}

/** Splits an axis into parts of these sizes. */
export function split(
  builder: GraphBuilder,
  x: string,
  sizes: readonly number[],
  axis: number,
  hint?: string,
): string[] {
  return builder.ops('Split', [x, listOf(builder, sizes)], { axis: int(axis) }, sizes.length, hint);
}

/** Softmax along an axis. */
export function softmax(builder: GraphBuilder, x: string, axis: number, hint?: string): string {
  return builder.op('Softmax', [x], { axis: int(axis) }, hint);
}

/**
 * Logarithm of the softmax along an axis, from primitives: x - max - log(sum(exp(x - max))).
 * LogSoftmax itself does not run on WebGPU. The maximum keeps exp from overflowing; its gradient cancels.
 */
export function logSoftmax(builder: GraphBuilder, x: string, axis: number, hint?: string): string {
  const at = [normalizeAxis(axis, builder.shapeOf(x).length)];
  const centred = sub(builder, x, reduceMax(builder, x, at, true));
  return sub(builder, centred, log(builder, reduceSum(builder, exp(builder, centred), at, true)), hint);
}
