/** Eigenvectors and principal directions against closed forms. */
import { describe, expect, it } from 'vitest';
import { symmetricEigen } from '../../../main/engine/linalg/eigen.ts';
import { MomentAccumulator } from '../../../main/engine/linalg/moments.ts';
import { principalDirections } from '../../../main/engine/linalg/principal.ts';
import { dot, norm } from '../../../main/engine/linalg/vectors.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });

/** Q diag(values) Q^T with Q a product of two Householder reflections, so spectrum and vectors are known exactly. */
function matrixWithSpectrum(
  values: readonly number[],
  seed: number,
): { matrix: Float64Array; vectors: Float64Array[] } {
  const size = values.length;
  const random = createRandom(seed);
  const reflectors = [0, 1].map(() => {
    const v = Float64Array.from({ length: size }, () => random.normal());
    const length = norm(v);
    return v.map((entry) => entry / length);
  });
  const vectors = values.map((_, index) => {
    let column: Float64Array = new Float64Array(size);
    column[index] = 1;
    for (const v of reflectors) {
      const share = 2 * dot(v, column);
      column = column.map((entry, at) => entry - share * v[at]!);
    }
    return column;
  });
  const matrix = new Float64Array(size * size);
  vectors.forEach((vector, index) => {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++)
        matrix[row * size + column]! += values[index]! * vector[row]! * vector[column]!;
    }
  });
  return { matrix, vectors };
}

describe('symmetricEigen', () => {
  it('finds the eigenvalues 3 and 1 of [[2, 1], [1, 2]] with their diagonals', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect(values[0]).toBeCloseTo(3, 14);
    expect(values[1]).toBeCloseTo(1, 14);
    expect(Math.abs(vectors[0]! - vectors[1]!)).toBeLessThan(1e-14);
    expect(Math.abs(vectors[2]! + vectors[3]!)).toBeLessThan(1e-14);
  });

  it('recovers a known spectrum of size 40 to double precision, repeated values included', () => {
    const spectrum = Array.from({ length: 40 }, (_, index) => Math.max(40 - index, 5));
    const { matrix } = matrixWithSpectrum(spectrum, 1);
    const { values } = symmetricEigen(matrix, 40);
    spectrum.forEach((value, index) => expect(values[index]).toBeCloseTo(value, 10));
  });
});

describe('principalDirections', () => {
  it('recovers the leading directions of a matrix of known spectrum', async () => {
    const size = 200;
    const spectrum = Array.from({ length: size }, (_, index) => 100 * 0.8 ** index);
    const { matrix, vectors } = matrixWithSpectrum(spectrum, 2);
    const found = await principalDirections(runner, matrix, size, 10, createRandom(3));
    for (let index = 0; index < 10; index++) {
      expect(found.values[index]! / spectrum[index]!).toBeCloseTo(1, 4);
      const direction = found.vectors.subarray(index * size, (index + 1) * size);
      expect(Math.abs(dot(direction, vectors[index]!))).toBeGreaterThan(1 - 1e-5);
    }
  });

  it('gives unit orthogonal directions when the rank is lower than asked for', async () => {
    const { matrix } = matrixWithSpectrum([5, 3, ...new Array<number>(28).fill(0)], 4);
    const { values, vectors } = await principalDirections(runner, matrix, 30, 6, createRandom(5));
    expect(values[1]).toBeCloseTo(3, 4);
    expect(Math.abs(values[2]!)).toBeLessThan(1e-5);
    for (let a = 0; a < 6; a++) {
      for (let b = 0; b < 6; b++) {
        const product = dot(vectors.subarray(a * 30, (a + 1) * 30), vectors.subarray(b * 30, (b + 1) * 30));
        expect(product).toBeCloseTo(a === b ? 1 : 0, 8);
      }
    }
  });
});

describe('MomentAccumulator', () => {
  it('equals mean and covariance computed by definition, also with a short last batch', async () => {
    const random = createRandom(6);
    const [images, channels, positions] = [5, 4, 6];
    const data = Float32Array.from({ length: images * channels * positions }, () => random.normal() + 2);
    const accumulator = await MomentAccumulator.open(runner, 3, channels, positions);
    await accumulator.add(float32(data.slice(0, 3 * 24), [3, channels, 2, 3]));
    await accumulator.add(float32(data.slice(3 * 24), [2, channels, 2, 3]));
    const { count, mean, covariance } = accumulator.moments();
    await accumulator.dispose();
    expect(count).toBe(30);
    const at = (image: number, channel: number, place: number): number =>
      data[(image * channels + channel) * positions + place]!;
    const over = (f: (image: number, place: number) => number): number => {
      let sum = 0;
      for (let image = 0; image < images; image++)
        for (let place = 0; place < positions; place++) sum += f(image, place);
      return sum / 30;
    };
    for (let a = 0; a < channels; a++) {
      const meanA = over((image, place) => at(image, a, place));
      expect(mean[a]).toBeCloseTo(meanA, 5);
      for (let b = 0; b < channels; b++) {
        const meanB = over((image, place) => at(image, b, place));
        const expected = over((image, place) => (at(image, a, place) - meanA) * (at(image, b, place) - meanB));
        expect(covariance[a * channels + b]).toBeCloseTo(expected, 5);
      }
    }
  });
});
