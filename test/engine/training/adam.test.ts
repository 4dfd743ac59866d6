/** The emitted Adam update against the published one. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { float32, scalar, zeros } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { adamScalars, emitAdam } from '../../../main/engine/training/adam.ts';

/** Algorithm 1 of Kingma and Ba, line by line, in double precision. */
function publishedAdam(
  start: readonly number[],
  gradient: (x: number) => number,
  rate: number,
  steps: number,
): number[] {
  return start.map((x0) => {
    let [x, m, v] = [x0, 0, 0];
    for (let t = 1; t <= steps; t++) {
      const g = gradient(x);
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      x -= (rate * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8);
    }
    return x;
  });
}

async function ourAdam(start: readonly number[], rate: number, decay: number, steps: number): Promise<number[]> {
  const b = new GraphBuilder({ name: 'adam' });
  const shape = [start.length];
  for (const name of ['parameter', 'gradient', 'firstMoment', 'secondMoment']) b.input(name, 'float32', shape);
  for (const name of ['rate', 'epsilon']) b.input(name, 'float32', []);
  const names = {
    parameter: 'parameter',
    gradient: 'gradient',
    firstMoment: 'firstMoment',
    secondMoment: 'secondMoment',
    rate: 'rate',
    epsilon: 'epsilon',
  };
  const update = emitAdam(b, names, decay);
  for (const [name, value] of Object.entries(update)) b.output(value, `${name}.next`);
  const session = await createRunner({ provider: 'cpu', threads: 1 }).open(b.build());
  let state: Record<string, Tensor> = {
    parameter: float32(start),
    firstMoment: zeros('float32', shape),
    secondMoment: zeros('float32', shape),
  };
  for (let step = 1; step <= steps; step++) {
    const scalars = adamScalars(rate, step);
    // The quadratic (x - 3)^2
    const gradient = float32(Float32Array.from(state['parameter']!.data as Float32Array, (x) => 2 * (x - 3)));
    const result = await session.run({
      ...state,
      gradient,
      rate: scalar(scalars.rate),
      epsilon: scalar(scalars.epsilon),
    });
    state = Object.fromEntries(Object.keys(state).map((name) => [name, result[`${name}.next`]!]));
  }
  await session.dispose();
  return Array.from(state['parameter']!.data as Float32Array);
}

describe('emitAdam', () => {
  it('follows the published update on a quadratic, with bias correction from the first step', async () => {
    const start = [-2, 0.5, 2.999, 40];
    for (const steps of [1, 2, 25]) {
      const found = await ourAdam(start, 0.05, 0, steps);
      publishedAdam(start, (x) => 2 * (x - 3), 0.05, steps).forEach((x, index) =>
        expect(found[index]).toBeCloseTo(x, 4),
      );
    }
  });

  it('moves by the rate in the first step, whatever the gradient', async () => {
    const [x] = await ourAdam([1e4], 0.25, 0, 1);
    expect(x).toBeCloseTo(1e4 - 0.25, 2);
  });

  it('adds L2 decay to the gradient rather than to the update', async () => {
    const start = [-2, 5];
    const found = await ourAdam(start, 0.05, 0.1, 10);
    const expected = publishedAdam(start, (x) => 2 * (x - 3) + 0.1 * x, 0.05, 10);
    expected.forEach((x, index) => expect(found[index]).toBeCloseTo(x, 4));
  });
});
