/** Quantised weights and activations in QDQ form. */
import type { DType } from '../../tensor/tensor.ts';
import type { NodeContext } from './context.ts';
import { shapeText } from './context.ts';
import type { OpSpec, Shape } from './spec.ts';
import { FLOATS } from './spec.ts';

const QUANTIZED = ['int8', 'uint8'] as const satisfies readonly DType[];

/** Scale and zero point: one for the tensor, or one per slice along the axis. */
function scaledShape(context: NodeContext): Shape[] {
  const scale = context.shape(1);
  const isWhole = scale.length === 0 || (scale.length === 1 && scale[0] === 1);
  if (!isWhole) {
    const axis = context.axis(context.int('axis'), context.rank());
    if (scale.length > 1) throw context.unsupported('one scale per tensor or per axis', `scale ${shapeText(scale)}`);
    const size = context.shape()[axis]!;
    context.require(scale[0] === size, `scale of shape [${size}]`, shapeText(scale));
  }
  if (context.has(2)) {
    const zeroPoint = context.shape(2);
    const fits = zeroPoint.length === scale.length && zeroPoint.every((size, axis) => size === scale[axis]);
    context.require(fits, `a zero point of shape ${shapeText(scale)}`, shapeText(zeroPoint));
  }
  return [context.shape()];
}

/** QuantizeLinear and DequantizeLinear. */
export const QUANTIZATION = {
  QuantizeLinear: {
    inputs: ['T', 'S', 'Q?'],
    outputs: ['='],
    types: { T: [...FLOATS, 'int32'], S: FLOATS, Q: QUANTIZED },
    attributes: { axis: { type: 'int', default: 1 } },
    shape: scaledShape,
    outputType: (context) => (context.has(2) ? context.dtype(2) : 'uint8'),
  },
  DequantizeLinear: {
    inputs: ['Q', 'S', 'Q?'],
    outputs: ['S'],
    types: { Q: [...QUANTIZED, 'int32'], S: FLOATS },
    attributes: { axis: { type: 'int', default: 1 } },
    shape: scaledShape,
  },
} as const satisfies Record<string, OpSpec>;
