/** Gradients of activation functions against numeric derivatives, and the stated conventions at their kinks. */
import { describe, expect, it } from 'vitest';
import { appendGradients, gradient } from '../../../../main/engine/autodiff/index.ts';
import { float, int, text } from '../../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../../main/engine/onnx/build.ts';
import { float32, toNumbers } from '../../../../main/engine/tensor/tensor.ts';
import { checkOp, opGraph, spread, spreadValues, variable } from '../../../support/numeric-gradient.ts';
import { evaluateGraph } from '../../../support/reference-runner.ts';

function slopes(op: string, points: readonly number[], attributes: Parameters<typeof opGraph>[2] = {}): number[] {
  const { graph, inputs } = opGraph(op, [variable(float32(points))], attributes);
  const emitted = gradient(graph, { loss: 'y', wrt: ['x0'], upstream: 'ones' });
  const ones = float32(points.map(() => 1));
  return toNumbers(evaluateGraph(emitted, { ...inputs, ones })['x0.gradient']!);
}

describe('activation functions with their default attributes', () => {
  const ops = ['Relu', 'LeakyRelu', 'ThresholdedRelu', 'Elu', 'Selu', 'Celu', 'Sigmoid', 'HardSigmoid', 'HardSwish'];
  it.each([...ops, 'Tanh', 'Erf', 'Mish', 'Softplus', 'Softsign'])('%s', async (op) => {
    await checkOp(op, [spread([3, 7], { low: -4, high: 4 })]);
  });
});

describe('attributes', () => {
  it('LeakyRelu alpha', () => checkOp('LeakyRelu', [spread([9])], { alpha: float(0.3) }));
  it('ThresholdedRelu alpha', () => checkOp('ThresholdedRelu', [spread([9])], { alpha: float(0.45) }));
  it('Elu alpha', () => checkOp('Elu', [spread([9])], { alpha: float(0.6) }));
  it('Selu alpha and gamma', () => checkOp('Selu', [spread([9])], { alpha: float(1.2), gamma: float(0.8) }));
  it('Celu alpha', () => checkOp('Celu', [spread([9])], { alpha: float(2.5) }));
  it('HardSigmoid alpha and beta', () =>
    checkOp('HardSigmoid', [spread([9])], { alpha: float(0.7), beta: float(0.2) }));
  it('PRelu with a slope per channel', () =>
    checkOp('PRelu', [spread([2, 3, 2, 2]), spread([3, 1, 1], { low: 0.1, high: 0.4 })]));
  it('PRelu with one slope', () => checkOp('PRelu', [spread([2, 3]), spread([1], { low: 0.1, high: 0.4 })]));
});

describe('Gelu, which is only legal from opset 20 on', () => {
  const points = spreadValues([11], { low: -3, high: 3 });
  const normal = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

  /** Slopes without the Gelu node itself: its gradient reads only its input. */
  function geluSlopes(approximate: string): number[] {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [11]);
    const u = builder.input('u', 'float32', [11]);
    const y = builder.op('Gelu', [x], { approximate: text(approximate) });
    builder.output(appendGradients(builder, y, ['x'], { upstream: u }).get('x')!, 'slope');
    const ones = float32(points.shape.flatMap((count) => new Array<number>(count).fill(1)));
    return toNumbers(evaluateGraph(builder.build(), { x: points, u: ones })['slope']!);
  }

  it('exact: the derivative of x * Phi(x), with Phi integrated numerically', () => {
    const found = geluSlopes('none');
    points.data.forEach((x, index) => {
      const steps = 4000;
      let cumulative = 0.5;
      // Midpoint rule from 0 to x.
      for (let step = 0; step < steps; step++) cumulative += (normal(((step + 0.5) * x) / steps) * x) / steps;
      expect(found[index]).toBeCloseTo(cumulative + x * normal(x), 6);
    });
  });

  it('by tanh: the central difference of the approximation', () => {
    const found = geluSlopes('tanh');
    const approximation = (x: number): number =>
      0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    points.data.forEach((x, index) => {
      const expected = (approximation(x + 1e-5) - approximation(x - 1e-5)) / 2e-5;
      expect(found[index]).toBeCloseTo(expected, 6);
    });
  });
});

describe('Softmax and LogSoftmax', () => {
  for (const op of ['Softmax', 'LogSoftmax']) {
    it.each([-1, 0, 1])(`${op} over axis %i`, async (axis) => {
      await checkOp(op, [spread([2, 3, 4])], { axis: int(axis) });
    });
    it(`${op} far from 0 stays finite`, async () => {
      await checkOp(op, [variable(float32([500, 501, 499, -700, -701, -699], [2, 3]))]);
    });
  }
});

describe('kinks take the slope of the flat or left side', () => {
  it('Relu at 0 has slope 0', () => expect(slopes('Relu', [-1, 0, 1])).toEqual([0, 0, 1]));
  it('LeakyRelu at 0 has its small slope', () =>
    expect(slopes('LeakyRelu', [0, 1], { alpha: float(0.25) })).toEqual([0.25, 1]));
  it('Elu is smooth at 0 for alpha 1', () => expect(slopes('Elu', [0])).toEqual([1]));
  it('HardSigmoid is flat at both ends', () =>
    expect(slopes('HardSigmoid', [-2, 2], { alpha: float(0.25) })).toEqual([0, 0]));
  it('HardSwish is 0 at -3 and 1 at 3', () => expect(slopes('HardSwish', [-3, 3])).toEqual([0, 1]));
  it('Softsign has slope 1 at 0', () => expect(slopes('Softsign', [0])).toEqual([1]));
  it('Softplus does not overflow', () => expect(slopes('Softplus', [200, -200])[0]).toBe(1));
  it('Mish does not overflow', () => expect(slopes('Mish', [200])[0]).toBe(1));
});
