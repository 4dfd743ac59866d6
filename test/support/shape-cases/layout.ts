/** Reshape, Transpose, Concat, Split and their kin, with their special values. */
import { int, ints, text } from '../../../main/engine/onnx/attributes.ts';
import { int64 } from '../../../main/engine/tensor/tensor.ts';
import type { ShapeCase } from '../shape-cases.ts';

export const LAYOUT_CASES: readonly ShapeCase[] = [
  { op: 'Reshape', about: 'with -1', inputs: [[2, 3, 4], int64([2, -1])] },
  { op: 'Reshape', about: 'with 0 copies the axis', inputs: [[2, 3, 4], int64([0, 0, 2, -1])] },
  { op: 'Reshape', about: 'with allowzero', inputs: [[0, 3], int64([3, 0])], attributes: { allowzero: int(1) } },
  { op: 'Reshape', about: 'of an empty tensor with 0', inputs: [[0, 3], int64([0, 3, 1])] },
  { op: 'Reshape', about: 'to a scalar', inputs: [[1, 1], int64([])] },
  ...[-3, -1, 0, 1, 2, 3].map((axis) => ({
    op: 'Flatten',
    about: `at ${axis}`,
    inputs: [[2, 3, 4]],
    attributes: { axis: int(axis) },
  })),
  { op: 'Squeeze', about: 'of all ones', inputs: [[1, 2, 1, 3]] },
  { op: 'Squeeze', about: 'of a negative axis', inputs: [[1, 2, 1], int64([-1])] },
  { op: 'Unsqueeze', about: 'counts axes in the output', inputs: [[2, 3], int64([0, -1])] },
  { op: 'Unsqueeze', about: 'of a scalar', inputs: [[], int64([0])] },
  { op: 'Transpose', about: 'reverses by default', inputs: [[2, 3, 4]] },
  { op: 'Transpose', about: 'with perm', inputs: [[2, 3, 4, 5]], attributes: { perm: ints([0, 2, 3, 1]) } },
  {
    op: 'Concat',
    about: 'along a negative axis',
    inputs: [
      [2, 3],
      [2, 5],
    ],
    attributes: { axis: int(-1) },
  },
  {
    op: 'Concat',
    about: 'with an empty part',
    inputs: [
      [2, 3],
      [0, 3],
    ],
    attributes: { axis: int(0) },
  },
  {
    op: 'Split',
    about: 'in given sizes',
    inputs: [[2, 7], int64([2, 5])],
    attributes: { axis: int(1) },
    outputCount: 2,
  },
  { op: 'Split', about: 'with an empty part', inputs: [[4], int64([0, 4])], outputCount: 2 },
  {
    op: 'Split',
    about: 'in parts of which the last is smaller',
    inputs: [[7, 2]],
    attributes: { num_outputs: int(3) },
    outputCount: 3,
  },
  { op: 'Expand', about: 'to more axes', inputs: [[3, 1], int64([2, 1, 6])] },
  { op: 'Expand', about: 'keeps larger axes', inputs: [[3, 4], int64([1, 1])] },
  { op: 'Expand', about: 'to an empty axis', inputs: [[3, 1], int64([3, 0])] },
  { op: 'Tile', about: 'each axis', inputs: [[2, 3], int64([2, 0])] },
  { op: 'DepthToSpace', about: 'in blocks of 2', inputs: [[1, 8, 2, 3]], attributes: { blocksize: int(2) } },
  {
    op: 'DepthToSpace',
    about: 'column first',
    inputs: [[1, 8, 2, 3]],
    attributes: { blocksize: int(2), mode: text('CRD') },
  },
  { op: 'SpaceToDepth', about: 'in blocks of 2', inputs: [[1, 2, 4, 6]], attributes: { blocksize: int(2) } },
];
