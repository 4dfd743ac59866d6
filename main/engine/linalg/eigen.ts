/** Eigenvalues and vectors of a small symmetric matrix by Jacobi rotations (Golub and Van Loan, section 8.5). */
import { InvariantError } from '../errors.ts';

/** Eigenvalues in falling order; `vectors` holds one unit vector per row, in the same order. */
export interface Eigen {
  readonly values: Float64Array;
  /** [size, size] */
  readonly vectors: Float64Array;
}

/** Sweeps after which a double-precision matrix has long converged (quadratic convergence, typically 6 to 10). */
const SWEEP_LIMIT = 50;

/**
 * Diagonalises a symmetric matrix; meant for sizes up to a few hundred (cost about 50 size^3).
 * @param matrix [size, size]; only its upper half is trusted
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  if (matrix.length !== size * size) throw new InvariantError(`eigen: ${matrix.length} entries for size ${size}`);
  const work = Float64Array.from(matrix);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < row; column++) work[row * size + column] = work[column * size + row]!;
  const vectors = new Float64Array(size * size);
  for (let index = 0; index < size; index++) vectors[index * size + index] = 1;

  const scale = frobenius(work);
  for (let sweep = 0; sweep < SWEEP_LIMIT && offDiagonal(work, size) > Number.EPSILON * scale; sweep++) {
    for (let p = 0; p < size - 1; p++) for (let q = p + 1; q < size; q++) rotate(work, vectors, size, p, q);
  }

  const order = Array.from({ length: size }, (_, index) => index).sort(
    (a, b) => work[b * size + b]! - work[a * size + a]!,
  );
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size));
  return { values: Float64Array.from(order, (index) => work[index * size + index]!), vectors: sorted };
}

/** One rotation in the plane (p, q) that makes entry (p, q) zero; rows of `vectors` rotate along. */
function rotate(work: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const entry = work[p * size + q]!;
  if (entry === 0) return;
  // The smaller of the two angles, without cancellation.
  const theta = (work[q * size + q]! - work[p * size + p]!) / (2 * entry);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  rotateRows(work, size, p, q, cosine, sine);
  for (let row = 0; row < size; row++) {
    const left = work[row * size + p]!;
    const right = work[row * size + q]!;
    work[row * size + p] = cosine * left - sine * right;
    work[row * size + q] = sine * left + cosine * right;
  }
  rotateRows(vectors, size, p, q, cosine, sine);
}

function rotateRows(data: Float64Array, size: number, p: number, q: number, cosine: number, sine: number): void {
  const pStart = p * size;
  const qStart = q * size;
  for (let column = 0; column < size; column++) {
    const upper = data[pStart + column]!;
    const lower = data[qStart + column]!;
    data[pStart + column] = cosine * upper - sine * lower;
    data[qStart + column] = sine * upper + cosine * lower;
  }
}

function frobenius(matrix: Float64Array): number {
  let sum = 0;
  for (const value of matrix) sum += value * value;
  return Math.sqrt(sum);
}

function offDiagonal(matrix: Float64Array, size: number): number {
  let sum = 0;
  for (let row = 0; row < size; row++) {
    for (let column = row + 1; column < size; column++) sum += 2 * matrix[row * size + column]! ** 2;
  }
  return Math.sqrt(sum);
}
