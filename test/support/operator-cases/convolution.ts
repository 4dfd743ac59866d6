/** Cases of the convolution operators. */
import { int, ints, text } from '../../../main/engine/onnx/attributes.ts';
import type { OperatorCase } from '../single-node.ts';
import { makeInputs, one } from './make.ts';

/** Conv and ConvTranspose. */
export function convolutionCases(): OperatorCase[] {
  const { normal } = makeInputs(3);
  const image = (channels = 4) => normal(2, channels, 7, 6);
  return [
    one('Conv', 'bias', [image(), normal(3, 4, 3, 3), normal(3)]),
    one('Conv', 'asymmetric pads', [image(), normal(3, 4, 3, 3)], { pads: ints([0, 1, 2, 1]) }),
    one('Conv', 'stride 2, pad 1', [image(), normal(3, 4, 3, 3)], { pads: ints([1, 1, 1, 1]), strides: ints([2, 2]) }),
    one('Conv', 'unequal strides and dilations', [image(), normal(3, 4, 3, 2)], {
      strides: ints([1, 2]),
      dilations: ints([2, 3]),
      pads: ints([2, 1, 2, 1]),
    }),
    one('Conv', 'two groups', [image(), normal(6, 2, 3, 3), normal(6)], { group: int(2) }),
    one('Conv', 'depthwise', [image(), normal(4, 1, 3, 3)], { group: int(4), pads: ints([1, 1, 1, 1]) }),
    one('Conv', 'depthwise with multiplier 2', [image(), normal(8, 1, 3, 3)], { group: int(4) }),
    one('Conv', '1x1', [image(), normal(5, 4, 1, 1)]),
    ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].map((mode) =>
      one('Conv', mode, [image(), normal(3, 4, 3, 4)], { auto_pad: text(mode), strides: ints([2, 1]) }),
    ),
    one('Conv', 'one spatial axis', [normal(2, 3, 9), normal(4, 3, 3)], { strides: ints([2]), pads: ints([1, 0]) }),
    one('Conv', 'three spatial axes', [normal(1, 2, 4, 5, 4), normal(3, 2, 2, 3, 2)]),
    one('ConvTranspose', 'bias', [image(), normal(4, 3, 3, 3), normal(3)]),
    one('ConvTranspose', 'stride 2, asymmetric pads', [image(), normal(4, 3, 3, 3)], {
      strides: ints([2, 2]),
      pads: ints([0, 1, 1, 0]),
    }),
    one('ConvTranspose', 'output padding', [image(), normal(4, 3, 3, 3)], {
      strides: ints([2, 3]),
      pads: ints([1, 1, 1, 1]),
      output_padding: ints([1, 2]),
    }),
    one('ConvTranspose', 'groups', [image(), normal(4, 3, 3, 3)], { group: int(2) }),
    one('ConvTranspose', 'two channels into one filter per group', [image(), normal(4, 1, 3, 3)], { group: int(2) }),
    one('ConvTranspose', 'depthwise, dilated', [image(), normal(4, 1, 3, 3)], {
      group: int(4),
      dilations: ints([2, 1]),
    }),
    one('ConvTranspose', 'output shape', [image(), normal(4, 3, 3, 3)], {
      strides: ints([2, 2]),
      output_shape: ints([14, 12]),
    }),
    ...['SAME_UPPER', 'SAME_LOWER'].map((mode) =>
      one('ConvTranspose', mode, [image(), normal(4, 3, 3, 3)], { auto_pad: text(mode), strides: ints([2, 2]) }),
    ),
  ];
}
