/** Cases of the indexing operators. */
import { int, text } from '../../../main/engine/onnx/attributes.ts';
import { float32, int64 } from '../../../main/engine/tensor/tensor.ts';
import type { OperatorCase } from '../single-node.ts';
import { makeInputs, one } from './make.ts';

/** Reads and writes through indices. */
export function indexingCases(): OperatorCase[] {
  const { normal, whole } = makeInputs(8);
  return [
    one('Gather', 'first axis, negative index', [normal(4, 3), int64([0, -1, 2, 2], [2, 2])]),
    one('Gather', 'scalar index on the last axis', [normal(4, 3), int64([1], [])], { axis: int(-1) }),
    one('GatherElements', 'axis 1', [normal(3, 4), whole(4, 3, 2)], { axis: int(1) }),
    one('GatherND', 'partial index', [normal(3, 4, 2), whole(3, 2, 2)]),
    one('GatherND', 'batch axis', [normal(2, 3, 4), whole(3, 2, 5, 1)], { batch_dims: int(1) }),
    ...['none', 'add', 'mul', 'max', 'min'].map((reduction) =>
      one('ScatterElements', reduction, [normal(4, 3), int64([0, 2, -1], [1, 3]), normal(1, 3)], {
        reduction: text(reduction),
      }),
    ),
    one('ScatterND', 'rows', [normal(4, 3), int64([1, 3], [2, 1]), normal(2, 3)]),
    one('ScatterND', 'add to one place twice', [normal(4), int64([1, 1], [2, 1]), normal(2)], {
      reduction: text('add'),
    }),
    one('OneHot', 'last axis', [int64([0, 2, -1]), int64([4]), float32([0.1, 0.9])], {}, { constants: [1] }),
    one('OneHot', 'first axis', [int64([0, 2]), int64([3]), float32([0, 1])], { axis: int(0) }, { constants: [1] }),
    one('NonZero', 'row-major', [float32([0, 1, 2, 0, 0, 3], [2, 3])]),
  ];
}
