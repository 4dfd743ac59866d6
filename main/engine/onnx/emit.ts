/** Short forms of the ops that emitters use most; each adds its nodes to a builder and returns the result's name. */
import { normalizeAxis, sameShape } from '../tensor/shape.ts';
import type { DType, Tensor } from '../tensor/tensor.ts';
import { int64 } from '../tensor/tensor.ts';
import { float, int, ints } from './attributes.ts';
import type { GraphBuilder } from './build.ts';
import { ELEMENT_TYPE_CODES } from './ops/element-types.ts';
import { tensorOf } from './ops/fold-elementwise.ts';

/** A scalar constant, shape []. Equal ones are shared. */
export function scalarOf(b: GraphBuilder, value: number, dtype: DType = 'float32'): string {
  return b.constant(tensorOf(dtype, [], [value]) as Tensor, 'scalar');
}

/** A list of int64, shape [count]; what shape inputs take. */
export function listOf(b: GraphBuilder, values: readonly number[]): string {
  return b.constant(int64(values), 'list');
}

/** x + y, broadcast. */
export function add(b: GraphBuilder, x: string, y: string, hint?: string): string {
  return b.op('Add', [x, y], {}, hint);
}

/** x - y, broadcast. */
export function sub(b: GraphBuilder, x: string, y: string, hint?: string): string {
  return b.op('Sub', [x, y], {}, hint);
}

/** x * y, broadcast. */
export function mul(b: GraphBuilder, x: string, y: string, hint?: string): string {
  return b.op('Mul', [x, y], {}, hint);
}

/** x / y, broadcast. */
export function div(b: GraphBuilder, x: string, y: string, hint?: string): string {
  return b.op('Div', [x, y], {}, hint);
}

/** x * factor with a scalar constant of x's type. */
export function scale(b: GraphBuilder, x: string, factor: number, hint?: string): string {
  return factor === 1 && hint === undefined ? x : mul(b, x, scalarOf(b, factor, b.dtypeOf(x)), hint);
}

/** x + offset with a scalar constant of x's type. */
export function shift(b: GraphBuilder, x: string, offset: number, hint?: string): string {
  return offset === 0 && hint === undefined ? x : add(b, x, scalarOf(b, offset, b.dtypeOf(x)), hint);
}

/** -x. */
export function neg(b: GraphBuilder, x: string, hint?: string): string {
  return b.op('Neg', [x], {}, hint);
}

/** e^x. */
export function exp(b: GraphBuilder, x: string, hint?: string): string {
  return b.op('Exp', [x], {}, hint);
}

/** Natural logarithm. */
export function log(b: GraphBuilder, x: string, hint?: string): string {
  return b.op('Log', [x], {}, hint);
}

/** Square root. */
export function sqrt(b: GraphBuilder, x: string, hint?: string): string {
  return b.op('Sqrt', [x], {}, hint);
}

/** x * x; exact where Pow is not. */
export function square(b: GraphBuilder, x: string, hint?: string): string {
  return b.op('Mul', [x, x], {}, hint);
}

/** max(x, 0). */
export function relu(b: GraphBuilder, x: string, hint?: string): string {
  return b.op('Relu', [x], {}, hint);
}

/** 1 / (1 + e^-x). */
export function sigmoid(b: GraphBuilder, x: string, hint?: string): string {
  return b.op('Sigmoid', [x], {}, hint);
}

/** Larger of two, broadcast. */
export function maximum(b: GraphBuilder, x: string, y: string, hint?: string): string {
  return b.op('Max', [x, y], {}, hint);
}

/** Smaller of two, broadcast. */
export function minimum(b: GraphBuilder, x: string, y: string, hint?: string): string {
  return b.op('Min', [x, y], {}, hint);
}

/** x == y as bool, broadcast. */
export function equal(b: GraphBuilder, x: string, y: string, hint?: string): string {
  return b.op('Equal', [x, y], {}, hint);
}

/** x > y as bool, broadcast. */
export function greater(b: GraphBuilder, x: string, y: string, hint?: string): string {
  return b.op('Greater', [x, y], {}, hint);
}

/** x < y as bool, broadcast. */
export function less(b: GraphBuilder, x: string, y: string, hint?: string): string {
  return b.op('Less', [x, y], {}, hint);
}

/** x where the condition holds, else y; broadcast. */
export function where(b: GraphBuilder, condition: string, x: string, y: string, hint?: string): string {
  return b.op('Where', [condition, x, y], {}, hint);
}

/** Conversion to another element type; nothing when x has it already. */
export function cast(b: GraphBuilder, x: string, dtype: DType, hint?: string): string {
  if (b.dtypeOf(x) === dtype) return x;
  return b.op('Cast', [x], { to: int(ELEMENT_TYPE_CODES[dtype]) }, hint);
}

/** Matrix product after numpy.matmul: [..., rows, inner] x [..., inner, columns]. */
export function matmul(b: GraphBuilder, x: string, y: string, hint?: string): string {
  return b.op('MatMul', [x, y], {}, hint);
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
export function gemm(b: GraphBuilder, x: string, y: string, options: GemmOptions = {}, hint?: string): string {
  const { bias, transA = false, transB = false, alpha = 1, beta = 1 } = options;
  const attributes = {
    ...(alpha === 1 ? {} : { alpha: float(alpha) }),
    ...(beta === 1 ? {} : { beta: float(beta) }),
    ...(transA ? { transA: int(1) } : {}),
    ...(transB ? { transB: int(1) } : {}),
  };
  return b.op('Gemm', bias === undefined ? [x, y] : [x, y, bias], attributes, hint);
}

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin';

/** Reduces the listed axes; no axes means no reduction (never "all", as ONNX has it). */
function reduce(
  b: GraphBuilder,
  op: Reduction,
  x: string,
  axes: readonly number[],
  keep: boolean,
  hint?: string,
): string {
  if (axes.length === 0) return x;
  return b.op(op, [x, listOf(b, axes)], { keepdims: int(keep ? 1 : 0) }, hint);
}

/** Sum over axes. @param keep reduced axes stay with size 1 */
export function reduceSum(b: GraphBuilder, x: string, axes: readonly number[], keep = false, hint?: string): string {
  return reduce(b, 'ReduceSum', x, axes, keep, hint);
}

/** Mean over axes. @param keep reduced axes stay with size 1 */
export function reduceMean(b: GraphBuilder, x: string, axes: readonly number[], keep = false, hint?: string): string {
  return reduce(b, 'ReduceMean', x, axes, keep, hint);
}

/** Maximum over axes. @param keep reduced axes stay with size 1 */
export function reduceMax(b: GraphBuilder, x: string, axes: readonly number[], keep = false, hint?: string): string {
  return reduce(b, 'ReduceMax', x, axes, keep, hint);
}

/** Minimum over axes. @param keep reduced axes stay with size 1 */
export function reduceMin(b: GraphBuilder, x: string, axes: readonly number[], keep = false, hint?: string): string {
  return reduce(b, 'ReduceMin', x, axes, keep, hint);
}

/** Same elements, other shape; nothing when x has the shape already. Sizes are static and may be 0. */
export function reshape(b: GraphBuilder, x: string, shape: readonly number[], hint?: string): string {
  if (sameShape(b.shapeOf(x), shape)) return x;
  const attributes = shape.includes(0) ? { allowzero: int(1) } : {};
  return b.op('Reshape', [x, listOf(b, shape)], attributes, hint);
}

/** Axis i of the result is axis order[i] of x; nothing for the identity. */
export function transpose(b: GraphBuilder, x: string, order: readonly number[], hint?: string): string {
  if (order.every((axis, index) => axis === index)) return x;
  return b.op('Transpose', [x], { perm: ints(order) }, hint);
}

/** Joins along an axis; nothing for a single part. */
export function concat(b: GraphBuilder, parts: readonly string[], axis: number, hint?: string): string {
  if (parts.length === 1) return parts[0]!;
  return b.op('Concat', parts, { axis: int(axis) }, hint);
}

/**
 * Elements starts..ends (exclusive) of the listed axes.
 * @param axes default 0, 1, ...
 * @param steps default 1
 */
export function slice(
  b: GraphBuilder,
  x: string,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[] = [...starts.keys()],
  steps?: readonly number[],
  hint?: string,
): string {
  const inputs = [x, ...[starts, ends, axes, ...(steps ? [steps] : [])].map((values) => listOf(b, values))];
  return b.op('Slice', inputs, {}, hint);
}

/** Stretches axes of size 1; nothing when x has the shape already. */
export function expand(b: GraphBuilder, x: string, shape: readonly number[], hint?: string): string {
  if (sameShape(b.shapeOf(x), shape)) return x;
  return b.op('Expand', [x, listOf(b, shape)], {}, hint);
}

/** Adds axes of size 1 at these places of the result. */
export function unsqueeze(b: GraphBuilder, x: string, axes: readonly number[], hint?: string): string {
  return axes.length === 0 ? x : b.op('Unsqueeze', [x, listOf(b, axes)], {}, hint);
}

/** Drops axes of size 1. */
export function squeeze(b: GraphBuilder, x: string, axes: readonly number[], hint?: string): string {
  return axes.length === 0 ? x : b.op('Squeeze', [x, listOf(b, axes)], {}, hint);
}

/**
 * Pads with a constant.
 * @param pads begin of each axis, then end of each axis; negative pads crop
 * @param value default 0
 */
export function pad(b: GraphBuilder, x: string, pads: readonly number[], value = 0, hint?: string): string {
  if (pads.every((size) => size === 0)) return x;
  const fill = value === 0 ? [] : [scalarOf(b, value, b.dtypeOf(x))];
  return b.op('Pad', [x, listOf(b, pads), ...fill], {}, hint);
}

/** Rows of x at constant places along an axis. */
export function gather(b: GraphBuilder, x: string, indices: string, axis: number, hint?: string): string {
  return b.op('Gather', [x, indices], { axis: int(axis) }, hint);
}

/** Splits an axis into parts of these sizes. */
export function split(b: GraphBuilder, x: string, sizes: readonly number[], axis: number, hint?: string): string[] {
  return b.ops('Split', [x, listOf(b, sizes)], { axis: int(axis) }, sizes.length, hint);
}

/** Softmax along an axis. */
export function softmax(b: GraphBuilder, x: string, axis: number, hint?: string): string {
  return b.op('Softmax', [x], { axis: int(axis) }, hint);
}

/**
 * Logarithm of the softmax along an axis, from primitives: x - max - log(sum(exp(x - max))).
 * LogSoftmax itself does not run on WebGPU. The maximum keeps exp from overflowing; its gradient cancels.
 */
export function logSoftmax(b: GraphBuilder, x: string, axis: number, hint?: string): string {
  const at = [normalizeAxis(axis, b.shapeOf(x).length)];
  const centred = sub(b, x, reduceMax(b, x, at, true));
  return sub(b, centred, log(b, reduceSum(b, exp(b, centred), at, true)), hint);
}
