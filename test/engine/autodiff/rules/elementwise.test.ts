/** Gradients of element-by-element arithmetic against numeric derivatives, and the stated conventions at hazards. */
import { describe, expect, it } from 'vitest';
import { gradient } from '../../../../main/engine/autodiff/index.ts';
import { int } from '../../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../../main/engine/onnx/build.ts';
import { float32, int64, scalar, tensor, toNumbers } from '../../../../main/engine/tensor/tensor.ts';
import {
  checkGradient,
  checkedGradients,
  checkOp,
  constant,
  opGraph,
  spread,
  spreadValues,
  variable,
} from '../../../support/numeric-gradient.ts';
import { evaluateGraph } from '../../../support/reference-runner.ts';

/** Gradient of the sum of a one-node graph's output for its first variable. */
function slopeAt(op: string, operands: Parameters<typeof opGraph>[1], wrt = 'x0'): number[] {
  const { graph, inputs } = opGraph(op, operands);
  const emitted = gradient(graph, { loss: 'y', wrt: [wrt], upstream: 'ones' });
  const shape = graph.outputs[0]!.shape as number[];
  const count = shape.reduce((product, axis) => product * axis, 1);
  const ones = float32(new Array<number>(count).fill(1), shape);
  return toNumbers(evaluateGraph(emitted, { ...inputs, ones })[`${wrt}.gradient`]!);
}

describe('one operand', () => {
  it.each(['Identity', 'Neg', 'Abs', 'Exp', 'Sin', 'Cos'])('%s', async (op) => {
    await checkOp(op, [spread([2, 3, 4])]);
  });

  it.each(['Log', 'Sqrt', 'Reciprocal'])('%s of positive values', async (op) => {
    await checkOp(op, [spread([2, 5], { low: 0.3, high: 3 })]);
  });

  it('Reciprocal of negative values', async () => {
    await checkOp('Reciprocal', [spread([4], { low: -3, high: -0.3 })]);
  });

  it('a scalar has a gradient too', async () => {
    await checkOp('Exp', [spread([])]);
  });

  it('Abs has slope 0 at 0', () => {
    expect(slopeAt('Abs', [variable(float32([-1, 0, 2]))])).toEqual([-1, 0, 1]);
  });

  it('Sqrt has slope 0 at 0 instead of infinity', () => {
    expect(slopeAt('Sqrt', [variable(float32([0, 4]))])).toEqual([0, 0.25]);
  });
});

describe('two operands with broadcasting', () => {
  const shapes: [string, number[], number[]][] = [
    ['equal shapes', [2, 3], [2, 3]],
    ['a scalar on the right', [2, 3], []],
    ['a scalar on the left', [], [2, 3]],
    ['missing leading axes', [2, 3, 4], [4]],
    ['axes of one inside', [2, 3, 4], [2, 1, 4]],
    ['both stretched', [2, 1, 4], [3, 1]],
    ['channels of an image', [2, 3, 2, 2], [3, 1, 1]],
  ];
  for (const op of ['Add', 'Sub', 'Mul', 'Div']) {
    it.each(shapes)(`${op}: %s`, async (_, left, right) => {
      await checkOp(op, [spread(left), spread(right, { low: 0.5, high: 2, seed: 2 })]);
    });
  }

  it('both operands are the same value', async () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [3]);
    builder.output(builder.op('Mul', [x, x]), 'y');
    const emitted = gradient(builder.build(), { loss: 'y', wrt: ['x'], upstream: 'u' });
    const found = evaluateGraph(emitted, { x: float32([1, -2, 3]), u: float32([1, 1, 1]) });
    expect(toNumbers(found['x.gradient']!)).toEqual([2, -4, 6]);
  });

  it('an empty axis gives an empty gradient and zeros to what was stretched to nothing', async () => {
    const found = await checkedGradients('Mul', [variable(float32([], [0, 3])), spread([1, 3])]);
    expect(found['x0']!.shape).toEqual([0, 3]);
    expect(toNumbers(found['x1']!)).toEqual([0, 0, 0]);
  });
});

describe('Pow', () => {
  it.each([0, 1, 2, 3, -1, 0.5, -1.5])('constant exponent %f', async (exponent) => {
    await checkOp('Pow', [spread([2, 3], { low: 0.4, high: 2 }), constant(scalar(exponent))]);
  });

  it.each([2, 3])('negative base, exponent %i', async (exponent) => {
    await checkOp('Pow', [spread([4], { low: -2, high: -0.5 }), constant(scalar(exponent))]);
  });

  it('an integer exponent tensor', async () => {
    await checkOp('Pow', [spread([2, 3], { low: 0.4, high: 2 }), constant(int64([0, 2, 3]))]);
  });

  it('base and exponent both variable and broadcast', async () => {
    await checkOp('Pow', [spread([2, 3], { low: 0.4, high: 2 }), spread([3], { seed: 3 })]);
  });

  it('exponent 0 has slope 0 even at base 0', () => {
    expect(slopeAt('Pow', [variable(float32([0, 2])), constant(float32([0, 0]))])).toEqual([0, 0]);
  });

  it('a root has slope 0 at 0 instead of infinity', () => {
    expect(slopeAt('Pow', [variable(float32([0, 4])), constant(scalar(0.5))])).toEqual([0, 0.25]);
  });

  it('the exponent has slope 0 where the base is not positive', () => {
    const slopes = slopeAt('Pow', [variable(float32([0, -2, Math.E])), variable(float32([2, 2, 2]))], 'x1');
    expect(slopes.slice(0, 2)).toEqual([0, 0]);
    expect(slopes[2]).toBeCloseTo(Math.E ** 2, 5);
  });
});

describe('choices', () => {
  it.each(['Max', 'Min'])('%s of three operands with broadcasting', async (op) => {
    await checkOp(op, [spread([2, 3]), spread([3], { seed: 2 }), spread([2, 1], { seed: 3 })]);
  });

  it.each(['Max', 'Min'])('%s of one operand', async (op) => {
    await checkOp(op, [spread([2, 3])]);
  });

  it.each(['Max', 'Min'])('%s shares the gradient among operands that tie', (op) => {
    const operands = [variable(float32([1, 5])), variable(float32([1, 5])), constant(float32([1, 5]))];
    for (const slope of slopeAt(op, operands)) expect(slope).toBeCloseTo(1 / 3, 6);
  });

  it.each(['Sum', 'Mean'])('%s of three operands with broadcasting', async (op) => {
    await checkOp(op, [spread([2, 3]), spread([3], { seed: 2 }), spread([], { seed: 3 })]);
  });

  it('Clip with both limits, and the limits as variables', async () => {
    await checkOp('Clip', [spread([3, 4]), spread([], { low: -1.3, high: -1.2 }), spread([], { low: 0.8, high: 0.9 })]);
  });

  it('Clip with only an upper limit', async () => {
    await checkOp('Clip', [spread([3, 4]), '', constant(scalar(0.85))]);
  });

  it('Clip passes the gradient exactly on its limits', () => {
    const operands = [variable(float32([-1, 0, 3, 6, 7])), constant(scalar(0)), constant(scalar(6))];
    expect(slopeAt('Clip', operands)).toEqual([0, 1, 1, 1, 0]);
  });

  it('Where with broadcast branches', async () => {
    const condition = constant(tensor('bool', [2, 3], Uint8Array.from([1, 0, 0, 1, 1, 0])));
    await checkOp('Where', [condition, spread([3]), spread([2, 1], { seed: 2 })]);
  });

  it('a branch that is infinite where it is not chosen does not poison the other', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [2]);
    const zero = builder.constant(scalar(0));
    const positive = builder.op('Greater', [x, zero]);
    builder.output(builder.op('Where', [positive, builder.op('Exp', [x]), x]), 'y');
    const emitted = gradient(builder.build(), { loss: 'y', wrt: ['x'], upstream: 'u' });
    const found = evaluateGraph(emitted, { x: float32([-1, 0.5]), u: float32([1, 1]) });
    expect(toNumbers(found['x.gradient']!)[0]).toBe(1);
  });
});

describe('Cast', () => {
  it('passes between float types', async () => {
    const builder = new GraphBuilder();
    const wide = builder.op('Cast', [builder.input('x', 'float32', [3])], { to: int(11) });
    builder.output(builder.op('Cast', [builder.op('Mul', [wide, wide])], { to: int(1) }), 'y');
    await checkGradient(builder.build(), { x: spreadValues([3]) });
  });

  it('stops at integers: the gradient is zero', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [3]);
    const rounded = builder.op('Cast', [builder.op('Cast', [x], { to: int(7) })], { to: int(1) });
    builder.output(builder.op('Mul', [rounded, rounded]), 'y');
    const emitted = gradient(builder.build(), { loss: 'y', wrt: ['x'], upstream: 'u' });
    const found = evaluateGraph(emitted, { x: float32([1.5, 2, 3]), u: float32([1, 1, 1]) });
    expect(toNumbers(found['x.gradient']!)).toEqual([0, 0, 0]);
  });
});

describe('steps', () => {
  it.each(['Floor', 'Ceil', 'Round', 'Sign'])('%s gives zeros', (op) => {
    expect(slopeAt(op, [variable(float32([-1.5, 0.2, 2.7]))])).toEqual([0, 0, 0]);
  });
});
