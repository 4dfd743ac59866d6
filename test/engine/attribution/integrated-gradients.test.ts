/** Integrated gradients against integrals known in closed form, or taken numerically along the same line. */
import { describe, expect, it } from 'vitest';
import { integratedGradients } from '../../../main/engine/attribution/index.ts';
import type { GradientOf, ValueOf } from '../../../main/engine/attribution/index.ts';
import { quadrature } from '../../../main/engine/attribution/quadrature.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32, tensor } from '../../../main/engine/tensor/tensor.ts';

const SIZE = 2 * 2 * 3;
const random = createRandom(11);
const image = float32(
  Float32Array.from({ length: SIZE }, () => random.normal()),
  [2, 2, 3],
);
const baseline = Float32Array.from({ length: SIZE }, () => random.normal());

/** Lifts functions of one image to batches. */
function functions(value: (x: Float32Array) => number, gradient: (x: Float32Array) => number[]) {
  const rows = (data: Float32Array) =>
    Array.from({ length: data.length / SIZE }, (_, row) => data.subarray(row * SIZE, (row + 1) * SIZE));
  const valueOf: ValueOf = ({ data }) => Promise.resolve(Float64Array.from(rows(data), value));
  const gradientOf: GradientOf = ({ data, shape }) =>
    Promise.resolve(tensor('float32', shape, Float32Array.from(rows(data).flatMap(gradient))));
  return { valueOf, gradientOf };
}

describe('on a quadratic', () => {
  // f = sum a_i x_i^2 + x_0 x_1; along the line its gradient is linear, so one midpoint integrates it exactly.
  const a = Array.from({ length: SIZE }, (_, index) => index - 4);
  const quadratic = functions(
    (x) => x.reduce((sum, value, index) => sum + a[index]! * value * value, x[0]! * x[1]!),
    (x) => Array.from(x, (value, index) => 2 * a[index]! * value + (index === 0 ? x[1]! : index === 1 ? x[0]! : 0)),
  );

  it.each([
    ['midpoint', 1],
    ['midpoint', 9],
    ['gaussLegendre', 1],
    ['gaussLegendre', 5],
  ] as const)('is exact with %s and %d steps', async (rule, steps) => {
    const { values, map, gap } = await integratedGradients({ image, baseline, ...quadratic, rule, steps });
    expect(Math.abs(gap)).toBeLessThan(1e-4);
    for (let index = 2; index < SIZE; index++) {
      expect(values[index]).toBeCloseTo(a[index]! * (image.data[index]! ** 2 - baseline[index]! ** 2), 4);
    }
    for (let pixel = 0; pixel < 6; pixel++) expect(map[pixel]).toBeCloseTo(values[pixel]! + values[pixel + 6]!, 5);
  });
});

describe('on a small network', () => {
  // f = v . tanh(W x): smooth, so that a fine sum of differences along the line is a second opinion.
  const w = Array.from({ length: 4 }, () => Array.from({ length: SIZE }, () => random.normal() / 2));
  const v = [1, -2, 0.5, 1.5];
  const hidden = (x: ArrayLike<number>) =>
    w.map((row) => Math.tanh(row.reduce((sum, one, index) => sum + one * x[index]!, 0)));
  const value = (x: ArrayLike<number>) => hidden(x).reduce((sum, one, unit) => sum + v[unit]! * one, 0);
  const network = functions(value, (x) => {
    const units = hidden(x);
    return Array.from({ length: SIZE }, (_, index) =>
      units.reduce((sum, one, unit) => sum + v[unit]! * (1 - one * one) * w[unit]![index]!, 0),
    );
  });

  it('equals the line integral of numeric differences, and is complete', async () => {
    const { values, gap, start, end } = await integratedGradients({ image, baseline, ...network, steps: 200 });
    expect(end - start).toBeCloseTo(value(image.data) - value(baseline), 5);
    expect(Math.abs(gap)).toBeLessThan(1e-4);
    const parts = 2000;
    const step = 1e-5;
    for (let index = 0; index < SIZE; index++) {
      let integral = 0;
      for (let part = 0; part < parts; part++) {
        const point = Array.from(
          baseline,
          (from, place) => from + ((part + 0.5) / parts) * (image.data[place]! - from),
        );
        const [up, down] = [point.with(index, point[index]! + step), point.with(index, point[index]! - step)];
        integral += (value(up) - value(down)) / (2 * step) / parts;
      }
      expect(values[index]).toBeCloseTo(integral * (image.data[index]! - baseline[index]!), 3);
    }
  });

  it('states the gap that few steps leave, smaller with more', async () => {
    const gapAt = async (steps: number) =>
      Math.abs((await integratedGradients({ image, baseline, ...network, steps })).gap);
    const [few, more] = [await gapAt(2), await gapAt(32)];
    expect(few).toBeGreaterThan(1e-4);
    expect(more).toBeLessThan(few / 10);
  });
});

it('gives nothing to an image that is its own baseline', async () => {
  const { valueOf, gradientOf } = functions(
    (x) => x[0]!,
    (x) => Array.from(x, (_, index) => Number(index === 0)),
  );
  const { values, gap } = await integratedGradients({ image, baseline: image.data, valueOf, gradientOf });
  expect(values.every((one) => one === 0)).toBe(true);
  expect(gap).toBe(0);
});

it.each([0, -3, 1.5, 1001])('refuses %d steps', async (steps) => {
  const { valueOf, gradientOf } = functions(
    () => 0,
    (x) => [...x],
  );
  const refused = integratedGradients({ image, baseline, valueOf, gradientOf, steps });
  await expect(refused).rejects.toMatchObject({ code: 'configuration' });
});

describe('quadrature', () => {
  it.each([1, 2, 3, 8, 20, 64])('of Gauss and Legendre with %d points is exact to degree 2 n - 1', (count) => {
    const { points, weights } = quadrature('gaussLegendre', count);
    expect([...points].every((point, index) => point > (points[index - 1] ?? 0) && point < 1)).toBe(true);
    for (const degree of [0, 1, count, 2 * count - 1]) {
      const sum = points.reduce((total, point, index) => total + weights[index]! * point ** degree, 0);
      expect(sum).toBeCloseTo(1 / (degree + 1), 12);
    }
  });

  it('has the known points of two and three', () => {
    const two = quadrature('gaussLegendre', 2);
    expect(two.points[1]).toBeCloseTo(0.5 + 0.5 / Math.sqrt(3), 14);
    const three = quadrature('gaussLegendre', 3);
    expect(three.points[0]).toBeCloseTo(0.5 - 0.5 * Math.sqrt(0.6), 14);
    [5 / 18, 8 / 18, 5 / 18].forEach((weight, index) => expect(three.weights[index]).toBeCloseTo(weight, 14));
  });
});
