/** Cases of the pooling operators. */
import { int, ints, text } from '../../../main/engine/onnx/attributes.ts';
import type { Attribute } from '../../../main/engine/onnx/graph.ts';
import type { OperatorCase } from '../single-node.ts';
import { makeInputs, one } from './make.ts';

/** Pools. */
export function poolingCases(): OperatorCase[] {
  const { normal, steps } = makeInputs(4);
  const settings: [string, Record<string, Attribute>][] = [
    ['2x2 stride 2', { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }],
    ['3x3 pad 1 stride 2', { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) }],
    ['asymmetric pads', { kernel_shape: ints([3, 2]), pads: ints([0, 1, 2, 0]) }],
    ['ceil_mode', { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1) }],
    [
      'ceil_mode with pads',
      { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1), pads: ints([1, 1, 1, 1]) },
    ],
    ['SAME_UPPER', { kernel_shape: ints([3, 2]), strides: ints([2, 2]), auto_pad: text('SAME_UPPER') }],
    ['SAME_LOWER', { kernel_shape: ints([3, 2]), strides: ints([2, 2]), auto_pad: text('SAME_LOWER') }],
    ['VALID', { kernel_shape: ints([3, 3]), auto_pad: text('VALID') }],
  ];
  return [
    ...settings.flatMap(([about, attributes]) => [
      one('MaxPool', about, [normal(2, 3, 8, 7)], attributes),
      one('AveragePool', about, [normal(2, 3, 8, 7)], attributes),
      one('AveragePool', `${about}, counting padding`, [normal(2, 3, 8, 7)], {
        ...attributes,
        count_include_pad: int(1),
      }),
    ]),
    one('MaxPool', 'dilated', [normal(2, 3, 8, 7)], { kernel_shape: ints([3, 2]), dilations: ints([2, 3]) }),
    one(
      'MaxPool',
      'indices, with ties',
      [steps(2, 3, 6, 6)],
      { kernel_shape: ints([3, 3]), strides: ints([2, 2]) },
      { outputs: 2 },
    ),
    one('MaxPool', 'one spatial axis', [normal(2, 3, 9)], { kernel_shape: ints([3]), strides: ints([2]) }),
    one('LpPool', 'L2 with pads', [normal(2, 3, 8, 7)], {
      kernel_shape: ints([3, 3]),
      strides: ints([2, 2]),
      pads: ints([1, 0, 1, 1]),
    }),
    one('LpPool', 'L1', [normal(2, 3, 8, 7)], { kernel_shape: ints([2, 3]), p: int(1) }),
    one('GlobalLpPool', 'L3', [normal(2, 3, 4, 5)], { p: int(3) }),
    one('GlobalAveragePool', 'plain', [normal(2, 3, 4, 5)]),
    one('GlobalMaxPool', 'plain', [normal(2, 3, 4, 5)]),
  ];
}
