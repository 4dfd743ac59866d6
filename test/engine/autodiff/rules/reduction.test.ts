/** Gradients of reductions against numeric derivatives, over axes, kept axes, ties and empty axes. */
import { describe, expect, it } from 'vitest';
import { gradient } from '../../../../main/engine/autodiff/index.ts';
import { int } from '../../../../main/engine/onnx/attributes.ts';
import { float32, int64, toNumbers } from '../../../../main/engine/tensor/tensor.ts';
import type { Operand } from '../../../support/numeric-gradient.ts';
import { checkedGradients, checkOp, constant, opGraph, spread, variable } from '../../../support/numeric-gradient.ts';
import { evaluateGraph } from '../../../support/reference-runner.ts';

const SIGNED = ['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare'];
const ALL = [...SIGNED, 'ReduceLogSum', 'ReduceLogSumExp'];

function operand(op: string, shape: readonly number[]): Operand {
  return spread(shape, op === 'ReduceLogSum' ? { low: 0.3, high: 2 } : {});
}

describe.each(ALL)('%s', (op) => {
  const axes: [string, number[], number][] = [
    ['the last axis, kept', [-1], 1],
    ['the first axis, dropped', [0], 0],
    ['two outer axes', [0, 2], 0],
    ['inner axes of an image', [2, 3], 1],
    ['batch and positions, as a bias gradient does', [0, 2, 3], 0],
  ];
  it.each(axes)('%s', async (_, list, keepdims) => {
    await checkOp(op, [operand(op, [2, 3, 2, 2]), constant(int64(list))], { keepdims: int(keepdims) });
  });
  it('all axes when none is named', () => checkOp(op, [operand(op, [2, 3])], { keepdims: int(0) }));
  it('no axis with noop_with_empty_axes', async () => {
    const operands = [operand(op, [2, 3]), constant(int64([]))];
    if (!['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin'].includes(op)) return;
    await checkOp(op, operands, { noop_with_empty_axes: int(1) });
  });
});

describe('hazards', () => {
  function slopes(op: string, values: readonly number[], shape: readonly number[]): number[] {
    const { graph, inputs } = opGraph(op, [variable(float32(values, shape)), constant(int64([-1]))]);
    const emitted = gradient(graph, { loss: 'y', wrt: ['x0'], upstream: 'u' });
    const rows = shape.slice(0, -1).reduce((product, axis) => product * axis, 1);
    const u = float32(new Array<number>(rows).fill(1), [...shape.slice(0, -1), 1]);
    return toNumbers(evaluateGraph(emitted, { ...inputs, u })['x0.gradient']!);
  }

  it.each(['ReduceMax', 'ReduceMin'])('%s shares the gradient equally among ties', (op) => {
    expect(slopes(op, [4, 4, 4, 4], [1, 4])).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
  it('ReduceMax gives all of it to a single maximum, whatever its sign', () => {
    expect(slopes('ReduceMax', [-3, -1, -2], [1, 3])).toEqual([0, 1, 0]);
  });
  it('ReduceL1 has slope 0 at 0', () => expect(slopes('ReduceL1', [0, -2], [1, 2])).toEqual([0, -1]));
  it('ReduceL2 has slope 0 at the origin instead of NaN', () =>
    expect(slopes('ReduceL2', [0, 0, 3, 4], [2, 2]).map((slope) => Number(slope.toFixed(6)))).toEqual([
      0, 0, 0.6, 0.8,
    ]));
  it('ReduceLogSumExp stays finite for large values', () =>
    slopes('ReduceLogSumExp', [900, 900], [1, 2]).forEach((slope) => expect(slope).toBeCloseTo(0.5, 9)));
  it('a sum over an empty axis passes an empty gradient', async () => {
    const found = await checkedGradients('ReduceSum', [variable(float32([], [2, 0])), constant(int64([1]))]);
    expect(found['x0']!.shape).toEqual([2, 0]);
  });
});
