/** The short forms compute what they say, against plain arithmetic; forms that change nothing add no node. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import * as emit from '../../../main/engine/onnx/emit.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { float32, toNumbers } from '../../../main/engine/tensor/tensor.ts';
import { evaluateGraph } from '../../support/reference-runner.ts';

const X = float32([1, 2, 3, 4, 5, 6], [2, 3]);

/** Runs what `make` emits for x [2, 3] = 1..6. */
function run(
  make: (b: GraphBuilder, x: string) => string,
  x: Tensor = X,
): { shape: readonly number[]; values: number[] } {
  const b = new GraphBuilder();
  b.output(make(b, b.input('x', 'float32', x.shape)), 'y');
  const result = evaluateGraph(b.build(), { x })['y']!;
  return { shape: result.shape, values: toNumbers(result) };
}

describe('reductions', () => {
  it.each([
    ['sum', emit.reduceSum, [6, 15]],
    ['mean', emit.reduceMean, [2, 5]],
    ['maximum', emit.reduceMax, [3, 6]],
    ['minimum', emit.reduceMin, [1, 4]],
  ] as const)('%s of the rows', (_, reduce, values) => {
    expect(run((b, x) => reduce(b, x, [-1]))).toEqual({ shape: [2], values });
    expect(run((b, x) => reduce(b, x, [1], true))).toEqual({ shape: [2, 1], values });
  });

  it('over no axes change nothing, unlike ONNX, where none means all', () => {
    const b = new GraphBuilder();
    expect(emit.reduceSum(b, b.input('x', 'float32', [2, 3]), [])).toBe('x');
  });
});

describe('movement', () => {
  it('reshape keeps the order', () => {
    expect(run((b, x) => emit.reshape(b, x, [3, 2]))).toEqual({ shape: [3, 2], values: [1, 2, 3, 4, 5, 6] });
  });

  it('reshape takes 0 literally', () => {
    expect(run((b, x) => emit.reshape(b, x, [3, 0]), float32([], [0, 2]))).toEqual({ shape: [3, 0], values: [] });
  });

  it('transpose', () => {
    expect(run((b, x) => emit.transpose(b, x, [1, 0]))).toEqual({ shape: [3, 2], values: [1, 4, 2, 5, 3, 6] });
  });

  it('slice backwards', () => {
    expect(run((b, x) => emit.slice(b, x, [-1], [-4], [1], [-2]))).toEqual({ shape: [2, 2], values: [3, 1, 6, 4] });
  });

  it('split and concat', () => {
    const swapped = run((b, x) => emit.concat(b, emit.split(b, x, [1, 2], 1).reverse(), 1));
    expect(swapped).toEqual({ shape: [2, 3], values: [2, 3, 1, 5, 6, 4] });
  });

  it('pad with a value', () => {
    expect(run((b, x) => emit.pad(b, x, [0, 1, 0, 0], 9))).toEqual({ shape: [2, 4], values: [9, 1, 2, 3, 9, 4, 5, 6] });
  });

  it('expand, squeeze, unsqueeze', () => {
    const made = run((b, x) => emit.expand(b, emit.unsqueeze(b, emit.reduceSum(b, x, [0, 1]), [0]), [2]));
    expect(made).toEqual({ shape: [2], values: [21, 21] });
    expect(run((b, x) => emit.squeeze(b, emit.reduceSum(b, x, [0], true), [0])).values).toEqual([5, 7, 9]);
  });

  it('that changes nothing adds no node', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2, 3]);
    const same = [
      emit.reshape(b, x, [2, 3]),
      emit.transpose(b, x, [0, 1]),
      emit.expand(b, x, [2, 3]),
      emit.concat(b, [x], 0),
      emit.pad(b, x, [0, 0, 0, 0]),
      emit.cast(b, x, 'float32'),
      emit.scale(b, x, 1),
      emit.shift(b, x, 0),
    ];
    expect(new Set(same)).toEqual(new Set(['x']));
    expect(b.nodes).toEqual([]);
  });
});

describe('arithmetic', () => {
  it('gemm with everything', () => {
    // 2 (x x') + 3 * 1: x x' = [[14, 32], [32, 77]]
    const made = run((b, x) => emit.gemm(b, x, x, { transB: true, alpha: 2, beta: 3, bias: emit.scalarOf(b, 1) }));
    expect(made).toEqual({ shape: [2, 2], values: [31, 67, 67, 157] });
  });

  it('where', () => {
    const made = run((b, x) => emit.where(b, emit.greater(b, x, emit.scalarOf(b, 3)), x, emit.neg(b, x)));
    expect(made.values).toEqual([-1, -2, -3, 4, 5, 6]);
  });

  it('logSoftmax is the logarithm of the softmax, also where exp overflows', () => {
    const large = float32([1000, 1001, -1000, 0, 0, 0], [2, 3]);
    const { values } = run((b, x) => emit.logSoftmax(b, x, -1), large);
    const expected = [-1 - Math.log1p(Math.exp(-1)), -Math.log1p(Math.exp(-1)), -2001 - Math.log1p(Math.exp(-1))];
    values.forEach((value, index) =>
      expect(value).toBeCloseTo([...expected, ...[1, 1, 1].map(() => -Math.log(3))][index]!, 6),
    );
  });

  it('scalars follow the type asked for', () => {
    const b = new GraphBuilder();
    expect(b.dtypeOf(emit.scalarOf(b, 2, 'int64'))).toBe('int64');
    expect(b.dtypeOf(emit.cast(b, emit.scalarOf(b, 2), 'bool'))).toBe('bool');
  });
});
