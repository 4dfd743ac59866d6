/** Softmax regression against closed forms and its own optimality conditions. */
import { describe, expect, it } from 'vitest';
import { openRegression } from '../../../main/engine/linalg/softmax-regression.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });

describe('openRegression', () => {
  it('reaches the closed form: one word that is 1 for every row reproduces the mean target', async () => {
    // Without L2 the optimum of CE with a constant score is softmax(w) = mean target, so w0 - w1 = ln(0.75 / 0.25).
    const regression = await openRegression(
      runner,
      float32([1, 1, 1, 1], [4, 1]),
      float32([1, 0, 1, 0, 1, 0, 0, 1], [4, 2]),
    );
    const { weights } = await regression.solve({ l2: 1e-7, nonNegative: false, bias: false, tolerance: 1e-5 });
    await regression.dispose();
    expect(weights.data[0]! - weights.data[1]!).toBeCloseTo(Math.log(3), 3);
  });

  it('satisfies the optimality conditions, computed in double precision, with and without W >= 0', async () => {
    const random = createRandom(1);
    const [rows, words, classes] = [60, 8, 3];
    const scores = float32(
      Float32Array.from({ length: rows * words }, () => Math.abs(random.normal()) * 3),
      [rows, words],
    );
    const targets = float32(new Float32Array(rows * classes), [rows, classes]);
    for (let row = 0; row < rows; row++) {
      const raw = Array.from({ length: classes }, () => Math.exp(random.normal()));
      const sum = raw.reduce((a, b) => a + b);
      raw.forEach((value, index) => (targets.data[row * classes + index] = value / sum));
    }
    const regression = await openRegression(runner, scores, targets);
    const l2 = 1e-3;
    const squares = Array.from({ length: words }, (_, word) =>
      Array.from({ length: rows }, (_, row) => scores.data[row * words + word]! ** 2).reduce((a, b) => a + b),
    );
    const meanSquare = squares.map((sum) => sum / rows);
    for (const nonNegative of [false, true]) {
      const { weights, bias, crossEntropy } = await regression.solve({ l2, nonNegative, bias: true, tolerance: 1e-5 });
      const gradient = new Float64Array(classes * words);
      const biasGradient = new Float64Array(classes);
      let loss = 0;
      for (let row = 0; row < rows; row++) {
        const logits = Array.from({ length: classes }, (_, c) => {
          let sum = bias.data[c]!;
          for (let word = 0; word < words; word++)
            sum += weights.data[c * words + word]! * scores.data[row * words + word]!;
          return sum;
        });
        const total = logits.reduce((sum, value) => sum + Math.exp(value), 0);
        logits.forEach((value, c) => {
          const target = targets.data[row * classes + c]!;
          loss -= (target * (value - Math.log(total))) / rows;
          const error = (Math.exp(value) / total - target) / rows;
          biasGradient[c]! += error;
          for (let word = 0; word < words; word++)
            gradient[c * words + word]! += error * scores.data[row * words + word]!;
        });
      }
      expect(crossEntropy).toBeCloseTo(loss, 5);
      biasGradient.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-4));
      for (let index = 0; index < gradient.length; index++) {
        // Gradient of the penalised objective, in the scaled units the solver works in.
        const unit = Math.sqrt(meanSquare[index % words]!);
        const slope = gradient[index]! / unit + l2 * weights.data[index]! * unit;
        if (nonNegative && weights.data[index] === 0) expect(slope).toBeGreaterThan(-1e-4);
        else expect(Math.abs(slope)).toBeLessThan(1e-4);
        if (nonNegative) expect(weights.data[index]).toBeGreaterThanOrEqual(0);
      }
    }
    await regression.dispose();
  });

  it('gives weight 0 to a word that never speaks', async () => {
    const regression = await openRegression(
      runner,
      float32([1, 0, 2, 0, 3, 0], [3, 2]),
      float32([1, 0, 0, 1, 1, 0], [3, 2]),
    );
    const { weights } = await regression.solve({ l2: 1e-3, nonNegative: false, bias: false });
    await regression.dispose();
    expect([weights.data[1], weights.data[3]]).toEqual([0, 0]);
  });

  it('ends at once from its own solution', async () => {
    const random = createRandom(5);
    const scores = float32(
      Float32Array.from({ length: 80 }, () => random.next()),
      [20, 4],
    );
    const targets = float32(
      Float32Array.from({ length: 40 }, (_, index) => (index % 3 === 0 ? 1 : index % 2)),
      [20, 2],
    );
    const regression = await openRegression(runner, scores, targets);
    const options = { l2: 1e-2, nonNegative: true, bias: false };
    const first = await regression.solve(options);
    const second = await regression.solve({ ...options, start: first, tolerance: 2e-4 });
    await regression.dispose();
    expect(first.iterations).toBeGreaterThan(0);
    expect(second.iterations).toBe(0);
  });
});
