/** Small loops over typed arrays: dot products, norms, rows. Sums run in double precision. */
import type { Tensor } from '../tensor/tensor.ts';

/** Any flat numeric storage these loops read. */
export type Numbers = Float32Array | Float64Array;

/** Sum of a[i] b[i]; both of the same length. */
export function dot(a: Numbers, b: Numbers): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/** Euclidean length. */
export function norm(values: Numbers): number {
  return Math.sqrt(dot(values, values));
}

/** Row `index` of a matrix [rows, columns], a view on its storage. */
export function rowOf(matrix: Tensor<'float32'>, index: number): Float32Array {
  const columns = matrix.shape[1]!;
  return matrix.data.subarray(index * columns, (index + 1) * columns);
}

/** Divides every row by its length in place; rows of length 0 stay 0. */
export function normalizeRows(data: Numbers, columns: number): void {
  for (let start = 0; start < data.length; start += columns) {
    const row = data.subarray(start, start + columns);
    const length = norm(row);
    if (length === 0) continue;
    for (let index = 0; index < columns; index++) row[index]! /= length;
  }
}

/** Index of the largest entry; the first one of equals; -1 when empty. */
export function argMax(values: ArrayLike<number>): number {
  let best = -1;
  for (let index = 0; index < values.length; index++) {
    if (best < 0 || values[index]! > values[best]!) best = index;
  }
  return best;
}
