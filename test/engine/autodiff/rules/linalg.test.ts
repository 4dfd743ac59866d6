/** Gradients of matrix products against numeric derivatives. */
import { describe, expect, it } from 'vitest';
import { float, int } from '../../../../main/engine/onnx/attributes.ts';
import { checkedGradients, checkOp, spread } from '../../../support/numeric-gradient.ts';

describe('MatMul', () => {
  const shapes: [string, number[], number[]][] = [
    ['two matrices', [2, 3], [3, 4]],
    ['a batch and one matrix', [2, 3, 4], [4, 5]],
    ['one matrix and a batch', [3, 4], [2, 4, 5]],
    ['two batches', [2, 3, 4], [2, 4, 2]],
    ['batches that broadcast both ways', [2, 1, 2, 3], [3, 3, 2]],
    ['a batch axis of one', [1, 2, 3], [4, 3, 2]],
    ['vector and matrix', [3], [3, 4]],
    ['matrix and vector', [2, 3], [3]],
    ['two vectors', [3], [3]],
    ['a batch and a vector', [2, 3, 4], [4]],
    ['a vector and a batch', [4], [2, 4, 3]],
  ];
  it.each(shapes)('%s', (_, left, right) => checkOp('MatMul', [spread(left), spread(right, { seed: 2 })]));

  it('an empty inner axis gives empty gradients', async () => {
    const found = await checkedGradients('MatMul', [spread([2, 0]), spread([0, 3])]);
    expect(found['x0']!.shape).toEqual([2, 0]);
    expect(found['x1']!.shape).toEqual([0, 3]);
  });
  it('no rows give the other operand zeros', async () => {
    const found = await checkedGradients('MatMul', [spread([0, 3]), spread([3, 2])]);
    expect(Array.from(found['x1']!.data as Float64Array)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('Gemm', () => {
  const flags = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const;
  it.each(flags)('transA = %i, transB = %i, with alpha, beta and bias', (transA, transB) =>
    checkOp(
      'Gemm',
      [spread(transA ? [3, 2] : [2, 3]), spread(transB ? [4, 3] : [3, 4], { seed: 2 }), spread([4], { seed: 3 })],
      { transA: int(transA), transB: int(transB), alpha: float(0.7), beta: float(1.3) },
    ),
  );
  it.each([[[]], [[1]], [[2, 1]], [[1, 4]], [[2, 4]]])('bias of shape %j', (shape) =>
    checkOp('Gemm', [spread([2, 3]), spread([3, 4], { seed: 2 }), spread(shape, { seed: 3 })]),
  );
  it('without bias', () => checkOp('Gemm', [spread([2, 3]), spread([3, 4], { seed: 2 })]));
});
