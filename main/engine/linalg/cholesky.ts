/** Solves small symmetric positive definite systems: the normal equations of least squares. */
import { InvariantError } from '../errors.ts';

/** A pivot this much smaller than the largest entry of the diagonal is rounding, not information. */
const PIVOT_TOLERANCE = 1e-13;

/**
 * Solves A x = b by Cholesky's factorisation A = L L' (Golub and Van Loan, section 4.2).
 * @param matrix A, symmetric, row-major [size, size]; only the lower triangle is read
 * @param right b, [size]
 * @returns x, [size]
 * @throws InvariantError when A is not positive definite: whoever builds it sees to that
 */
export function solvePositive(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  if (matrix.length !== size * size)
    throw new InvariantError(`cholesky: ${matrix.length} entries for ${size} unknowns`);
  const lower = Float64Array.from(matrix);
  let largest = 0;
  for (let index = 0; index < size; index++) largest = Math.max(largest, matrix[index * size + index]!);
  const x = Float64Array.from(right);
  // 1. A = L L', and L y = b on the way
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = lower[row * size + column]!;
      for (let k = 0; k < column; k++) rest -= lower[row * size + k]! * lower[column * size + k]!;
      if (column < row) {
        lower[row * size + column] = rest / lower[column * size + column]!;
        x[row]! -= lower[row * size + column]! * x[column]!;
      } else {
        if (!(rest > PIVOT_TOLERANCE * largest)) throw new InvariantError(`cholesky: pivot ${row} is ${rest}`);
        lower[row * size + row] = Math.sqrt(rest);
        x[row]! /= lower[row * size + row]!;
      }
    }
  }
  // 2. L' x = y
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) x[row]! -= lower[k * size + row]! * x[k]!;
    x[row]! /= lower[row * size + row]!;
  }
  return x;
}

/** Normal equations of a weighted regression, as `weightedNormal` returns them. */
export interface NormalEquations {
  /** X' W X, row-major [columns, columns]. */
  readonly matrix: Float64Array;
  /** X' W y, [columns]. */
  readonly right: Float64Array;
}

/**
 * Builds X' W X and X' W y.
 * @param rows X, [rows][columns]
 * @param targets y, [rows]
 * @param weights diagonal of W, [rows], not negative
 */
export function weightedNormal(
  rows: readonly Float64Array[],
  targets: Float64Array,
  weights: Float64Array,
): NormalEquations {
  const size = rows[0]?.length ?? 0;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  rows.forEach((row, index) => {
    for (let i = 0; i < size; i++) {
      const weighted = weights[index]! * row[i]!;
      // Rows of presences are half zeros.
      if (weighted === 0) continue;
      right[i]! += weighted * targets[index]!;
      for (let j = 0; j <= i; j++) matrix[i * size + j]! += weighted * row[j]!;
    }
  });
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j]!;
  return { matrix, right };
}

/**
 * Weighted coefficient of determination, 1 - sum w (y - f)^2 / sum w (y - mean)^2; null where y does not vary, so that
 * there is nothing to explain.
 */
export function weightedFit(targets: Float64Array, fitted: Float64Array, weights: Float64Array): number | null {
  let [total, mean, scale] = [0, 0, 0];
  targets.forEach((target, index) => {
    total += weights[index]!;
    mean += weights[index]! * target;
    scale = Math.max(scale, Math.abs(target));
  });
  mean /= total;
  let [left, whole] = [0, 0];
  targets.forEach((target, index) => {
    left += weights[index]! * (target - fitted[index]!) ** 2;
    whole += weights[index]! * (target - mean) ** 2;
  });
  // Answers of a model in float32 differ in the last digits where they are the same.
  return whole > total * (1e-6 * scale) ** 2 ? 1 - left / whole : null;
}
