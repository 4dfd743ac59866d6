/** Leading eigenvectors of a large symmetric matrix: subspace iteration with Rayleigh-Ritz steps. */
import { InvariantError } from '../errors.ts';
import { GraphBuilder } from '../onnx/build.ts';
import { matmul } from '../onnx/emit.ts';
import type { GraphRunner } from '../runner.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Random } from '../tensor/random.ts';
import { symmetricEigen } from './eigen.ts';
import { argMax, dot, norm } from './vectors.ts';

/** Directions along which vectors vary most. */
export interface PrincipalDirections {
  /** Variances along the directions, falling. */
  readonly values: Float64Array;
  /** Unit directions, [count, size]; the entry of largest magnitude is positive, which fixes the sign. */
  readonly vectors: Float64Array;
}

/** When the iteration stops. */
export interface PrincipalOptions {
  /** Largest residual |A v - lambda v| over the wanted directions, relative to the largest eigenvalue. Default 1e-5. */
  readonly tolerance?: number;
  /** Default 40; what is then found still spans nearly the leading subspace. */
  readonly iterationLimit?: number;
}

/** Extra directions that are iterated but not returned: they speed up the last ones (Halko et al. 2011, section 4). */
const OVERSAMPLING = 16;

/**
 * Randomised subspace iteration (Halko, Martinsson and Tropp 2011). The products with the matrix run on the runner,
 * orthogonalisation and the small eigenproblem in double precision here.
 * @param matrix symmetric and positive semi-definite, [size, size]
 * @param count number of directions, 1..size
 */
export async function principalDirections(
  runner: GraphRunner,
  matrix: Float64Array,
  size: number,
  count: number,
  random: Random,
  options: PrincipalOptions = {},
): Promise<PrincipalDirections> {
  const { tolerance = 1e-5, iterationLimit = 40 } = options;
  if (matrix.length !== size * size || count < 1 || count > size) {
    throw new InvariantError(`principal directions: ${count} of a matrix with ${matrix.length} entries, size ${size}`);
  }
  const width = Math.min(size, count + OVERSAMPLING);
  const builder = new GraphBuilder({ name: 'subspace' });
  const block = builder.input('block', 'float32', [width, size]);
  const symmetric = builder.input('matrix', 'float32', [size, size]);
  builder.output(matmul(builder, block, symmetric), 'product');
  const session = await runner.open(builder.build());
  const single = float32(Float32Array.from(matrix), [size, size]);
  try {
    let basis: Float64Array = Float64Array.from({ length: width * size }, () => random.normal());
    orthonormalize(basis, size, random);
    for (let iteration = 1; ; iteration++) {
      const result = await session.run({ block: float32(Float32Array.from(basis), [width, size]), matrix: single });
      const product = Float64Array.from(result['product']!.data as Float32Array);
      const ritz = symmetricEigen(gramOf(basis, product, width, size), width);
      const vectors = combine(ritz.vectors, basis, width, size);
      const images = combine(ritz.vectors, product, width, size);
      if (iteration >= iterationLimit || largestResidual(vectors, images, ritz.values, count, size) <= tolerance) {
        return { values: ritz.values.slice(0, count), vectors: fixSigns(vectors.slice(0, count * size), size) };
      }
      basis = images;
      orthonormalize(basis, size, random);
    }
  } finally {
    await session.dispose();
  }
}

/** Modified Gram-Schmidt over rows, in place; a row that vanishes is drawn anew. */
function orthonormalize(rows: Float64Array, size: number, random: Random): void {
  const count = rows.length / size;
  for (let index = 0; index < count; index++) {
    const row = rows.subarray(index * size, (index + 1) * size);
    const before = norm(row);
    removeEarlier(rows, row, index, size);
    let length = norm(row);
    // Rank deficiency: what is left is rounding noise, so start from fresh noise and clean it twice.
    if (length <= 1e-10 * before || length === 0) {
      for (let entry = 0; entry < size; entry++) row[entry] = random.normal();
      removeEarlier(rows, row, index, size);
      removeEarlier(rows, row, index, size);
      length = norm(row);
    }
    for (let entry = 0; entry < size; entry++) row[entry]! /= length;
  }
}

function removeEarlier(rows: Float64Array, row: Float64Array, index: number, size: number): void {
  for (let earlier = 0; earlier < index; earlier++) {
    const other = rows.subarray(earlier * size, (earlier + 1) * size);
    const share = dot(row, other);
    for (let entry = 0; entry < size; entry++) row[entry]! -= share * other[entry]!;
  }
}

/** a b^T made symmetric, [count, count]. */
function gramOf(a: Float64Array, b: Float64Array, count: number, size: number): Float64Array {
  const gram = new Float64Array(count * count);
  for (let row = 0; row < count; row++) {
    const left = a.subarray(row * size, (row + 1) * size);
    for (let column = 0; column < count; column++) {
      const share = dot(left, b.subarray(column * size, (column + 1) * size)) / 2;
      gram[row * count + column]! += share;
      gram[column * count + row]! += share;
    }
  }
  return gram;
}

/** weights [count, count] times rows [count, size]. */
function combine(weights: Float64Array, rows: Float64Array, count: number, size: number): Float64Array {
  const result = new Float64Array(count * size);
  for (let to = 0; to < count; to++) {
    const target = result.subarray(to * size, (to + 1) * size);
    for (let from = 0; from < count; from++) {
      const weight = weights[to * count + from]!;
      const row = rows.subarray(from * size, (from + 1) * size);
      for (let entry = 0; entry < size; entry++) target[entry]! += weight * row[entry]!;
    }
  }
  return result;
}

function largestResidual(
  vectors: Float64Array,
  images: Float64Array,
  values: Float64Array,
  count: number,
  size: number,
): number {
  let worst = 0;
  for (let index = 0; index < count; index++) {
    let sum = 0;
    for (let entry = index * size; entry < (index + 1) * size; entry++) {
      sum += (images[entry]! - values[index]! * vectors[entry]!) ** 2;
    }
    worst = Math.max(worst, Math.sqrt(sum));
  }
  return values[0]! > 0 ? worst / values[0]! : 0;
}

function fixSigns(vectors: Float64Array, size: number): Float64Array {
  for (let start = 0; start < vectors.length; start += size) {
    const row = vectors.subarray(start, start + size);
    if (row[argMax(row.map(Math.abs))]! < 0) row.forEach((value, entry) => (row[entry] = -value));
  }
  return vectors;
}
