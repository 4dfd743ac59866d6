/** Small pieces the gradient rules share: constants in the element type of a value, and products along one axis. */
import type { GraphBuilder } from '../onnx/build.ts';
import { expand, matmul, reshape, scalarOf } from '../onnx/emit.ts';
import { sizeOf } from '../tensor/shape.ts';
import type { DType } from '../tensor/tensor.ts';
import { allocate, tensor } from '../tensor/tensor.ts';

/** True for the element types that carry gradients. */
export function isDifferentiable(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16';
}

/** A constant with the element type of `like`. */
export function constantLike(
  builder: GraphBuilder,
  values: ArrayLike<number>,
  shape: readonly number[],
  like: string,
): string {
  const dtype = builder.dtypeOf(like);
  const data = allocate(dtype, values.length);
  for (let index = 0; index < values.length; index++) (data as Float32Array)[index] = values[index]!;
  return builder.constant(tensor(dtype, shape, data));
}

/** A scalar constant, shape [], with the element type of `like`. */
export function scalarLike(builder: GraphBuilder, value: number, like: string): string {
  return scalarOf(builder, value, builder.dtypeOf(like));
}

/** Ones of the shape and element type of `like`. */
export function onesLike(builder: GraphBuilder, like: string): string {
  return filled(builder, 1, builder.shapeOf(like), like);
}

/** Zeros of the shape and element type of `like`. */
export function zerosLike(builder: GraphBuilder, like: string): string {
  return filled(builder, 0, builder.shapeOf(like), like);
}

/** One value over a whole shape: a scalar that is expanded, so that the graph stays small. */
export function filled(builder: GraphBuilder, value: number, shape: readonly number[], like: string): string {
  const scalar = scalarLike(builder, value, like);
  return shape.length === 0 ? scalar : expand(builder, scalar, shape);
}

/**
 * Multiplies by a constant matrix along one axis: y[..., j, ...] = sum over i of matrix[j, i] * x[..., i, ...].
 * @param matrix row-major [rows, size of the axis]
 * @returns x with the axis replaced by `rows`
 */
export function multiplyAlongAxis(
  builder: GraphBuilder,
  x: string,
  axis: number,
  matrix: ArrayLike<number>,
  rows: number,
): string {
  const shape = builder.shapeOf(x);
  const columns = shape[axis]!;
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const result = [...shape.slice(0, axis), rows, ...shape.slice(axis + 1)];
  if (inner === 1) {
    // [outer, columns] x [columns, rows]: one product instead of one per outer index.
    const transposed = constantLike(builder, transposeMatrix(matrix, rows, columns), [columns, rows], x);
    return reshape(builder, matmul(builder, reshape(builder, x, [outer, columns]), transposed), result);
  }
  const left = constantLike(builder, matrix, [rows, columns], x);
  return reshape(builder, matmul(builder, left, reshape(builder, x, [outer, columns, inner])), result);
}

/** Transpose of a row-major [rows, columns] matrix. */
export function transposeMatrix(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = matrix[row * columns + column]!;
  }
  return result;
}
