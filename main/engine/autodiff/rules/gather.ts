/** Gradients of ops that pick elements by index: products with one-hot rows instead of a scatter, which WebGPU lacks. */
import type { GraphBuilder } from '../../onnx/build.ts';
import { cast, equal, matmul, reshape, shift, transpose, where } from '../../onnx/emit.ts';
import { normalizeAxis, sizeOf } from '../../tensor/shape.ts';
import { constantLike, multiplyAlongAxis, scalarLike } from '../emit-gradient.ts';
import type { Rule } from '../rule-context.ts';
import { below } from './elementwise.ts';
import { padded } from './slices.ts';

/**
 * Gather: gradient[..., i, ...] = sum of the upstream over all k with index[k] = i; repeated indices add up.
 * The one-hot matrix is a constant when the indices are, and computed when they are not.
 */
const gather: Rule = (context) => {
  const { builder, upstream } = context;
  const shape = context.shape(0);
  const axis = normalizeAxis(context.int('axis', 0), shape.length);
  const size = shape[axis]!;
  const count = sizeOf(context.shape(1));
  // Index axes joined to one: [...outer, count, ...inner]
  const flat = reshape(builder, upstream, [...shape.slice(0, axis), count, ...shape.slice(axis + 1)]);
  const known = builder.constantOf(context.input(1));
  if (known) {
    const indices = Array.from(known.data as ArrayLike<number | bigint>, Number);
    const matrix = new Float64Array(size * count);
    indices.forEach((index, column) => (matrix[(index < 0 ? index + size : index) * count + column] = 1));
    return [multiplyAlongAxis(builder, flat, axis, matrix, size)];
  }
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const rows = oneHotRows(builder, reshape(builder, context.input(1), [count]), size, upstream);
  // [size, count] x [outer, count, inner] -> [outer, size, inner]
  const gradient = matmul(builder, transpose(builder, rows, [1, 0]), reshape(builder, flat, [outer, count, inner]));
  return [reshape(builder, gradient, shape)];
};

/** GatherElements along one axis: each row has its own indices. */
const gatherElements: Rule = (context) => {
  const axis = normalizeAxis(context.int('axis', 0), context.shape(0).length);
  return [scatterRows(context.builder, context.upstream, context.input(1), context.shape(0), axis)];
};

/** TopK: its values are elements picked by its indices. */
const topK: Rule = (context) => {
  const indices = context.node.outputs[1] ?? '';
  if (indices === '') context.forbid('it does not hand out its indices', 'Name its second output.');
  const axis = normalizeAxis(context.int('axis', -1), context.shape(0).length);
  return [scatterRows(context.builder, context.upstream, indices, context.shape(0), axis)];
};

/**
 * Adds each element of `upstream` to position `indices` along one axis of zeros of `shape`.
 * @param indices integer, of the shape of upstream; its other axes may be shorter than those of `shape`
 */
function scatterRows(
  builder: GraphBuilder,
  upstream: string,
  indices: string,
  shape: readonly number[],
  axis: number,
): string {
  const picked = builder.shapeOf(upstream);
  const toLast = [...shape.keys()].filter((other) => other !== axis);
  const order = [...toLast, axis];
  const count = picked[axis]!;
  const rowCount = sizeOf(picked) / count;
  // [rows, 1, count] x [rows, count, size] -> [rows, 1, size]
  const move = (name: string): string => (axis === shape.length - 1 ? name : transpose(builder, name, order));
  const values = reshape(builder, move(upstream), [rowCount, 1, count]);
  const rows = oneHotRows(builder, reshape(builder, move(indices), [rowCount, count]), shape[axis]!, upstream);
  const sums = reshape(builder, matmul(builder, values, rows), [
    ...toLast.map((other) => picked[other]!),
    shape[axis]!,
  ]);
  const inverse = [...shape.keys()].map((other) => order.indexOf(other));
  const back = axis === shape.length - 1 ? sums : transpose(builder, sums, inverse);
  const missing = shape.map((size, other) => (other === axis ? 0 : size - picked[other]!));
  return padded(
    builder,
    back,
    shape.map(() => 0),
    missing,
  );
}

/**
 * A row with a 1 at each index: [...indices, size], of the element type of `like`.
 * Compared as floats, because WebGPU leaves Equal on int64 to the CPU; indices below 2^24 are exact in float32.
 * Negative indices count from the end.
 */
function oneHotRows(builder: GraphBuilder, indices: string, size: number, like: string): string {
  const given = cast(builder, reshape(builder, indices, [...builder.shapeOf(indices), 1]), builder.dtypeOf(like));
  const index = where(builder, below(builder, given, 0), shift(builder, given, size), given);
  const positions = constantLike(
    builder,
    Array.from({ length: size }, (_, position) => position),
    [size],
    like,
  );
  const [one, zero] = [scalarLike(builder, 1, like), scalarLike(builder, 0, like)];
  return where(builder, equal(builder, index, positions), one, zero);
}

/** Rules of ops that pick by index. */
export const GATHER_RULES = {
  Gather: gather,
  GatherElements: gatherElements,
  TopK: topK,
} as const satisfies Record<string, Rule>;
