/** Slice, Gather, Pad, reductions and TopK with clamping, negative steps and empty axes. */
import { int, text } from '../../../main/engine/onnx/attributes.ts';
import { float32, int64, scalar } from '../../../main/engine/tensor/tensor.ts';
import type { ShapeCase } from '../shape-cases.ts';

const REDUCTIONS = [
  'ReduceSum', 'ReduceMean', 'ReduceProd', 'ReduceMax', 'ReduceMin', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare',
  'ReduceLogSum', 'ReduceLogSumExp',
]; // prettier-ignore

/** starts, ends, axes, steps over [5, 6]. */
const SLICES = [
  [[1], [4], [0], [1]],
  [[-3], [-1], [1], [1]],
  [[0, 1], [100, -1], [0, 1], [2, 3]],
  [[-1], [-100], [0], [-1]],
  [[100], [-100], [-1], [-2]],
  [[3], [1], [0], [1]],
  [[4], [0], [0], [-2]],
] as const; // prettier-ignore

export const SELECTION_CASES: readonly ShapeCase[] = [
  ...SLICES.map((lists) => ({
    op: 'Slice',
    about: lists.map((list) => `[${list.join()}]`).join(' '),
    inputs: [[5, 6], ...lists.map((list) => int64(list))],
  })),
  { op: 'Slice', about: 'without axes and steps', inputs: [[5, 6], int64([1, 2]), int64([3, 6])] },
  { op: 'Slice', about: 'of an empty axis', inputs: [[0, 6], int64([0]), int64([5])] },
  { op: 'Gather', about: 'by a scalar drops the axis', inputs: [[4, 5], int64([1], [])] },
  {
    op: 'Gather',
    about: 'by a matrix adds axes',
    inputs: [[4, 5, 6], int64([0, 1, 2, 0], [2, 2])],
    attributes: { axis: int(1) },
  },
  { op: 'Gather', about: 'by nothing', inputs: [[4, 5], int64([])] },
  {
    op: 'GatherElements',
    about: 'takes the shape of the indices',
    inputs: [[3, 4], int64([0, 1], [1, 2])],
    attributes: { axis: int(1) },
  },
  { op: 'GatherND', about: 'of rows', inputs: [[3, 4, 5], int64([0, 2], [2, 1])] },
  {
    op: 'GatherND',
    about: 'with a batch axis',
    inputs: [[2, 3, 4], int64([0, 2], [2, 1])],
    attributes: { batch_dims: int(1) },
  },
  { op: 'Pad', about: 'of every axis', inputs: [[2, 3], int64([0, 1, 2, 3])] },
  { op: 'Pad', about: 'negative pads crop', inputs: [[4, 5], int64([-1, 0, 0, -2]), scalar(1)] },
  {
    op: 'Pad',
    about: 'of named axes',
    inputs: [[4, 5], int64([1, 2]), undefined, int64([-1])],
    attributes: { mode: text('edge') },
  },
  { op: 'OneHot', about: 'as last axis', inputs: [['int64', [2, 3]], int64([4], []), float32([0, 1])] },
  {
    op: 'OneHot',
    about: 'as first axis',
    inputs: [['int64', [2, 3]], int64([4]), float32([0, 1])],
    attributes: { axis: int(0) },
  },
  { op: 'Trilu', about: 'keeps the shape', inputs: [[2, 3, 4]], attributes: { upper: int(0) } },
  ...REDUCTIONS.flatMap((op) => [
    { op, about: 'of everything', inputs: [[2, 3, 4]] },
    { op, about: 'of inner axes, kept', inputs: [[2, 3, 4], int64([-1, 1])] },
    { op, about: 'of an axis, dropped', inputs: [[2, 3, 4], int64([1])], attributes: { keepdims: int(0) } },
    { op, about: 'of no axes', inputs: [[2, 3], int64([])], attributes: { noop_with_empty_axes: int(1) } },
    { op, about: 'of an empty list, meaning all', inputs: [[2, 3], int64([])], attributes: { keepdims: int(0) } },
  ]),
  { op: 'ReduceSum', about: 'of an empty axis', inputs: [[2, 0], int64([1])] },
  { op: 'ArgMax', about: 'keeps the axis', inputs: [[2, 3]], attributes: { axis: int(-1) } },
  { op: 'ArgMin', about: 'drops the axis', inputs: [[2, 3]], attributes: { axis: int(0), keepdims: int(0) } },
  { op: 'CumSum', about: 'keeps the shape', inputs: [[2, 3], int64([1], [])] },
  { op: 'TopK', about: 'of the last axis', inputs: [[2, 5], int64([3])], outputCount: 2 },
  { op: 'TopK', about: 'of none', inputs: [[4, 5], int64([0])], attributes: { axis: int(0) }, outputCount: 2 },
];
