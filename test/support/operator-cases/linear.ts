/** Cases of the linear operators. */
import { float, int, text } from '../../../main/engine/onnx/attributes.ts';
import type { OperatorCase } from '../single-node.ts';
import { makeInputs, one } from './make.ts';

/** MatMul, Gemm, Einsum. */
export function linearCases(): OperatorCase[] {
  const { normal } = makeInputs(2);
  return [
    one('MatMul', 'two matrices', [normal(3, 4), normal(4, 5)]),
    one('MatMul', 'batches broadcast', [normal(2, 1, 3, 4), normal(3, 4, 2)]),
    one('MatMul', 'vector on the left', [normal(4), normal(2, 4, 3)]),
    one('MatMul', 'vector on the right', [normal(2, 3, 4), normal(4)]),
    one('MatMul', 'two vectors', [normal(4), normal(4)]),
    one('Gemm', 'no bias', [normal(3, 4), normal(4, 5)]),
    ...[0, 1].flatMap((a) =>
      [0, 1].map((b) =>
        one(
          'Gemm',
          `transA ${a}, transB ${b}`,
          [a ? normal(4, 3) : normal(3, 4), b ? normal(5, 4) : normal(4, 5), normal(5)],
          {
            transA: int(a),
            transB: int(b),
            alpha: float(0.5),
            beta: float(-2),
          },
        ),
      ),
    ),
    one('Gemm', 'bias per row', [normal(3, 4), normal(4, 5), normal(3, 1)]),
    one('Einsum', 'batched product', [normal(2, 3, 4), normal(2, 4, 5)], { equation: text('bij,bjk->bik') }),
    one('Einsum', 'implicit result', [normal(3, 4), normal(4, 5)], { equation: text('ij,jk') }),
    one('Einsum', 'sum of all', [normal(3, 4)], { equation: text('ij->') }),
  ];
}
