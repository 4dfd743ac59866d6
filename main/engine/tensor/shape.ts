/** Shape arithmetic: sizes, strides, broadcasting after the ONNX (NumPy) rules. */
import { InvariantError } from '../errors.ts';

/** Number of elements; 1 for a scalar, 0 when an axis is empty. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const axis of shape) size *= axis;
  return size;
}

/** Row-major strides in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** True when both list the same axes. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((axis, index) => axis === b[index]);
}

/**
 * Common shape of two operands, or undefined when they do not broadcast.
 * An axis of 1 stretches, also to 0.
 */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    result[axis] = left === 1 ? right : left;
  }
  return result;
}

/**
 * Axis as a non-negative index.
 * @param axis -rank..rank-1
 * @throws InvariantError when out of range
 */
export function normalizeAxis(axis: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis;
  if (index < 0 || index >= Math.max(rank, 1)) throw new InvariantError(`axis ${axis} outside rank ${rank}`);
  return index;
}
