/** Cases of the reduction operators. */
import { int } from '../../../main/engine/onnx/attributes.ts';
import { int64 } from '../../../main/engine/tensor/tensor.ts';
import type { OperatorCase } from '../single-node.ts';
import { makeInputs, one } from './make.ts';

const REDUCTIONS = ['Sum', 'Mean', 'Max', 'Min', 'L1', 'L2', 'SumSquare', 'Prod', 'LogSum', 'LogSumExp'];

/** Reductions, arg-extremes, top-k. */
export function reductionCases(): OperatorCase[] {
  const { normal, positive, steps } = makeInputs(6);
  const constants = { constants: [1] };
  return [
    ...REDUCTIONS.flatMap((kind) => [
      one(`Reduce${kind}`, 'one axis kept', [positive(2, 3, 4), int64([1])], {}, constants),
      one(
        `Reduce${kind}`,
        'two axes dropped, one negative',
        [positive(2, 3, 4), int64([0, -1])],
        { keepdims: int(0) },
        constants,
      ),
      one(`Reduce${kind}`, 'all axes', [positive(2, 3, 4)], { keepdims: int(0) }),
      one(
        `Reduce${kind}`,
        'axes empty means nothing',
        [positive(2, 3), int64([])],
        { noop_with_empty_axes: int(1) },
        constants,
      ),
    ]),
    ...['Sum', 'Prod', 'L1', 'SumSquare'].map((kind) =>
      one(`Reduce${kind}`, 'over an empty axis', [normal(2, 0), int64([1])], { keepdims: int(0) }, constants),
    ),
    ...['ArgMax', 'ArgMin'].flatMap((op) => [
      one(op, 'first of ties', [steps(3, 8)], { axis: int(1) }),
      one(op, 'last of ties, axis dropped', [steps(3, 8)], {
        axis: int(-1),
        keepdims: int(0),
        select_last_index: int(1),
      }),
    ]),
    one('TopK', 'largest', [normal(3, 6), int64([2])], {}, { constants: [1], outputs: 2 }),
    one('TopK', 'ties in order of index', [steps(3, 9), int64([4])], {}, { constants: [1], outputs: 2 }),
    one(
      'TopK',
      'smallest, first axis',
      [normal(5, 3), int64([3])],
      { largest: int(0), axis: int(0) },
      { constants: [1], outputs: 2 },
    ),
  ];
}
