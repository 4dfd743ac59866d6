/** Cases of the constant operators. */
import { int, ints, tensorAttribute } from '../../../main/engine/onnx/attributes.ts';
import { float32, int64, scalar, tensor } from '../../../main/engine/tensor/tensor.ts';
import type { OperatorCase } from '../single-node.ts';
import { makeInputs, one } from './make.ts';

/** Constants, shapes, casts, quantisation. */
export function constantCases(): OperatorCase[] {
  const { normal, bytes } = makeInputs(9);
  const scales = float32([0.1, 0.2, 0.05]);
  return [
    one('Constant', 'tensor', [], { value: tensorAttribute(float32([1, 2])) }),
    one('Constant', 'list of integers', [], { value_ints: ints([3, 4]) }),
    one('ConstantOfShape', 'default zero', [int64([2, 3])], {}, { constants: [0] }),
    one('ConstantOfShape', 'own value', [int64([2])], { value: tensorAttribute(int64([7])) }, { constants: [0] }),
    one('Range', 'floats', [scalar(1), scalar(3), scalar(0.4)]),
    one('Range', 'downwards', [int64([5], []), int64([0], []), int64([-2], [])]),
    one('Shape', 'whole', [normal(2, 3, 4)]),
    one('Shape', 'part', [normal(2, 3, 4)], { start: int(1), end: int(-1) }),
    one('Size', 'plain', [normal(2, 3, 4)]),
    one('Cast', 'float to int64 truncates', [float32([-1.7, 1.7, 2.5])], { to: int(7) }),
    one('Cast', 'float to bool', [float32([0, 0.2, -3])], { to: int(9) }),
    one('Cast', 'bool to float', [tensor('bool', [2], Uint8Array.of(1, 0))], { to: int(1) }),
    one('CastLike', 'float to int64', [float32([-1.7, 2.5]), int64([0])]),
    one('EyeLike', 'upper diagonal', [normal(3, 4)], { k: int(1) }),
    one('QuantizeLinear', 'saturates', [
      float32([-20, -1, 0, 1, 20]),
      scalar(0.1),
      tensor('int8', [], Int8Array.of(3)),
    ]),
    one('QuantizeLinear', 'halves to even', [
      float32([0.5, 1.5, 2.5]),
      scalar(1),
      tensor('uint8', [], Uint8Array.of(0)),
    ]),
    one('QuantizeLinear', 'per axis', [normal(2, 3, 4), scales, tensor('uint8', [3], Uint8Array.of(10, 128, 200))], {
      axis: int(1),
    }),
    one('DequantizeLinear', 'per tensor', [bytes('uint8', 2, 3), scalar(0.1), tensor('uint8', [], Uint8Array.of(100))]),
    one('DequantizeLinear', 'per axis, no zero point', [bytes('int8', 3, 4), scales], { axis: int(0) }),
  ];
}
