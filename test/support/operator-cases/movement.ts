/** Cases of the movement operators. */
import { int, ints, text } from '../../../main/engine/onnx/attributes.ts';
import { int64, scalar } from '../../../main/engine/tensor/tensor.ts';
import type { OperatorCase } from '../single-node.ts';
import { makeInputs, one } from './make.ts';

/** Operators that move elements. */
export function movementCases(): OperatorCase[] {
  const { normal } = makeInputs(7);
  const second = { constants: [1] };
  const slicing = { constants: [1, 2, 3, 4] };
  return [
    one('Reshape', '-1 and 0', [normal(2, 3, 4), int64([0, -1])], {}, second),
    one('Reshape', 'to a scalar', [normal(1, 1), int64([])], {}, second),
    ...[0, 1, 2, 3, -1].map((axis) => one('Flatten', `axis ${axis}`, [normal(2, 3, 4)], { axis: int(axis) })),
    one('Squeeze', 'given axes', [normal(1, 3, 1), int64([0, -1])], {}, second),
    one('Squeeze', 'all', [normal(1, 3, 1)]),
    one('Unsqueeze', 'two axes', [normal(3, 4), int64([0, -1])], {}, second),
    one('Transpose', 'default', [normal(2, 3, 4)]),
    one('Transpose', 'cycle', [normal(2, 3, 4)], { perm: ints([2, 0, 1]) }),
    one('Expand', 'two-way', [normal(3, 1), int64([2, 1, 4])], {}, second),
    one('Tile', 'two axes', [normal(2, 3), int64([2, 3])], {}, second),
    one('Concat', 'middle axis', [normal(2, 1, 3), normal(2, 4, 3), normal(2, 0, 3)], { axis: int(1) }),
    one('Split', 'given sizes', [normal(2, 6), int64([1, 2, 3])], { axis: int(1) }, { constants: [1], outputs: 3 }),
    one('Split', 'unequal parts', [normal(7, 2)], { num_outputs: int(3) }, { outputs: 3 }),
    one('Slice', 'negative bounds', [normal(5, 6), int64([-4, 1]), int64([-1, 100]), int64([0, 1])], {}, slicing),
    one('Slice', 'steps', [normal(5, 6), int64([0, 5]), int64([5, 0]), int64([0, 1]), int64([2, -2])], {}, slicing),
    one(
      'Slice',
      'whole axis backwards',
      [normal(5), int64([-1]), int64([-(2 ** 40)]), int64([0]), int64([-1])],
      {},
      slicing,
    ),
    one('Slice', 'nothing left', [normal(5), int64([3]), int64([2])], {}, slicing),
    ...['constant', 'edge', 'reflect'].map((mode) =>
      one('Pad', mode, [normal(3, 4), int64([1, 2, 2, 0])], { mode: text(mode) }, second),
    ),
    one('Pad', 'own constant', [normal(3, 4), int64([0, 1, 0, 2]), scalar(0.5)], {}, { constants: [1, 2] }),
    one('Pad', 'negative pads crop', [normal(3, 5), int64([-1, 1, 0, -2])], {}, second),
    one('Pad', 'given axes', [normal(3, 4), int64([1, 2]), undefined, int64([1])], {}, { constants: [1, 3] }),
    ...['DCR', 'CRD'].map((mode) =>
      one('DepthToSpace', mode, [normal(2, 8, 2, 3)], { blocksize: int(2), mode: text(mode) }),
    ),
    one('SpaceToDepth', 'plain', [normal(2, 2, 4, 6)], { blocksize: int(2) }),
    one('Trilu', 'upper', [normal(3, 4)]),
    one('Trilu', 'lower with diagonal', [normal(2, 3, 4), int64([-1], [])], { upper: int(0) }, second),
  ];
}
