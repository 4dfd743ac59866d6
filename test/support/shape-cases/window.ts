/** Convolutions, pools and Resize over paddings, strides, dilations, groups. */
import { int, ints, text } from '../../../main/engine/onnx/attributes.ts';
import { float32, int64 } from '../../../main/engine/tensor/tensor.ts';
import type { ShapeCase } from '../shape-cases.ts';

const IMAGE = [1, 4, 11, 14];
const POOLS = ['MaxPool', 'AveragePool', 'LpPool'];

export const WINDOW_CASES: readonly ShapeCase[] = [
  { op: 'Conv', about: 'plain', inputs: [IMAGE, [6, 4, 3, 3]] },
  {
    op: 'Conv',
    about: 'with bias, asymmetric pads',
    inputs: [IMAGE, [6, 4, 3, 2], [6]],
    attributes: { pads: ints([0, 1, 2, 1]), strides: ints([2, 3]) },
  },
  {
    op: 'Conv',
    about: 'depthwise, dilated',
    inputs: [IMAGE, [4, 1, 3, 3]],
    attributes: { group: int(4), dilations: ints([2, 3]) },
  },
  {
    op: 'Conv',
    about: 'of one axis',
    inputs: [
      [2, 4, 9],
      [6, 4, 3],
    ],
    attributes: { strides: ints([2]) },
  },
  ...['VALID', 'SAME_UPPER', 'SAME_LOWER'].map((mode) => ({
    op: 'Conv',
    about: mode,
    inputs: [IMAGE, [6, 4, 4, 3]],
    attributes: { auto_pad: text(mode), strides: ints([3, 2]) },
  })),
  { op: 'ConvTranspose', about: 'plain', inputs: [IMAGE, [4, 6, 3, 3]] },
  {
    op: 'ConvTranspose',
    about: 'with output padding, groups, dilations',
    inputs: [IMAGE, [4, 3, 3, 2], [6]],
    attributes: {
      group: int(2),
      strides: ints([2, 3]),
      pads: ints([1, 0, 0, 2]),
      output_padding: ints([1, 2]),
      dilations: ints([1, 2]),
    },
  },
  {
    op: 'ConvTranspose',
    about: 'SAME_UPPER',
    inputs: [IMAGE, [4, 6, 3, 3]],
    attributes: { auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) },
  },
  {
    op: 'ConvTranspose',
    about: 'to a given shape',
    inputs: [IMAGE, [4, 6, 3, 3]],
    attributes: { output_shape: ints([22, 28]), strides: ints([2, 2]) },
  },
  ...POOLS.flatMap((op) => [
    { op, about: 'plain', inputs: [IMAGE], attributes: { kernel_shape: ints([3, 2]) } },
    {
      op,
      about: 'asymmetric',
      inputs: [IMAGE],
      attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([0, 1, 1, 2]) },
    },
    {
      op,
      about: 'with ceil mode',
      inputs: [IMAGE],
      attributes: { kernel_shape: ints([2, 3]), strides: ints([2, 2]), ceil_mode: int(1) },
    },
    {
      op,
      about: 'SAME_LOWER',
      inputs: [IMAGE],
      attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), auto_pad: text('SAME_LOWER') },
    },
  ]),
  ...['MaxPool', 'LpPool'].map((op) => ({
    op,
    about: 'dilated',
    inputs: [IMAGE],
    attributes: { kernel_shape: ints([3, 3]), dilations: ints([2, 3]) },
  })),
  { op: 'MaxPool', about: 'with indices', inputs: [IMAGE], attributes: { kernel_shape: ints([2, 2]) }, outputCount: 2 },
  ...['GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool'].map((op) => ({
    op,
    about: 'leaves one position',
    inputs: [IMAGE],
  })),
  { op: 'Resize', about: 'by scales', inputs: [IMAGE, undefined, float32([1, 1, 2, 1.5])] },
  {
    op: 'Resize',
    about: 'by scales that do not divide',
    inputs: [[1, 1, 7, 10], undefined, float32([1, 1, 0.6, 0.3])],
  },
  {
    op: 'Resize',
    about: 'to sizes',
    inputs: [IMAGE, undefined, undefined, int64([1, 4, 7, 20])],
    attributes: { mode: text('linear'), coordinate_transformation_mode: text('align_corners') },
  },
  {
    op: 'Resize',
    about: 'with empty roi and scales, as older exporters write',
    inputs: [IMAGE, float32([]), float32([]), int64([1, 4, 22, 28])],
    attributes: { coordinate_transformation_mode: text('asymmetric'), nearest_mode: text('floor') },
  },
  {
    op: 'Resize',
    about: 'of named axes',
    inputs: [IMAGE, undefined, undefined, int64([5, 6])],
    attributes: { axes: ints([2, 3]) },
  },
  {
    op: 'Resize',
    about: 'not larger, same aspect',
    inputs: [IMAGE, undefined, undefined, int64([30, 30])],
    attributes: { axes: ints([2, 3]), keep_aspect_ratio_policy: text('not_larger') },
  },
  {
    op: 'Resize',
    about: 'not smaller, same aspect',
    inputs: [IMAGE, undefined, undefined, int64([30, 30])],
    attributes: { axes: ints([2, 3]), keep_aspect_ratio_policy: text('not_smaller') },
  },
];
