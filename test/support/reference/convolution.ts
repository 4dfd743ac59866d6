/** Reference Conv and ConvTranspose for any number of spatial axes. */
import { at, forEachIndex, generate, value } from './value.ts';
import type { Call, OperatorTable, Value } from './value.ts';
import { stridesOf, sizeOf } from '../../../main/engine/tensor/shape.ts';
import { perAxis, positionOf, windowOf } from './window.ts';

/** x [batch, channels, ...spatial], weight [filters, channels / group, ...kernel], bias [filters]. */
function conv(call: Call): Value {
  const [x, weight, bias] = [call.input(0), call.input(1), call.optional(2)];
  const input = x.shape.slice(2);
  const window = windowOf(call, input, weight.shape.slice(2));
  const group = call.int('group', 1);
  const [filters, channelsPerGroup] = [weight.shape[0]!, weight.shape[1]!];
  return generate(x.dtype, [x.shape[0]!, filters, ...window.output], (index) => {
    const [image, filter] = [index[0]!, index[1]!];
    const firstChannel = Math.floor(filter / (filters / group)) * channelsPerGroup;
    let sum = bias ? at(bias, [filter]) : 0;
    forEachIndex([channelsPerGroup, ...window.kernel], (tap) => {
      const position = input.map((_, axis) => positionOf(window, axis, index[axis + 2]!, tap[axis + 1]!));
      if (position.some((entry, axis) => entry < 0 || entry >= input[axis]!)) return; // padding is zero
      sum += at(x, [image, firstChannel + tap[0]!, ...position]) * at(weight, [filter, ...tap]);
    });
    return sum;
  });
}

/**
 * x [batch, channels, ...spatial], weight [channels, filters / group, ...kernel]: every input element adds its
 * weighted kernel into the output (the transpose of Conv's gather).
 */
function convTranspose(call: Call): Value {
  const [x, weight, bias] = [call.input(0), call.input(1), call.optional(2)];
  const [batch, channels, ...input] = x.shape;
  const [, filtersPerGroup, ...kernel] = weight.shape;
  const group = call.int('group', 1);
  const strides = perAxis(call, 'strides', input.length);
  const dilations = perAxis(call, 'dilations', input.length);
  const { output, padBegin } = transposedGeometry(call, input, kernel, strides, dilations);

  const shape = [batch!, filtersPerGroup! * group, ...output];
  const outputStrides = stridesOf(shape);
  const data = new Float64Array(sizeOf(shape));
  forEachIndex(x.shape, (from, flat) => {
    const firstFilter = Math.floor(from[1]! / (channels! / group)) * filtersPerGroup!;
    forEachIndex([filtersPerGroup!, ...kernel], (tap) => {
      const target = [from[0]!, firstFilter + tap[0]!];
      for (let axis = 0; axis < input.length; axis++) {
        target.push(from[axis + 2]! * strides[axis]! + tap[axis + 1]! * dilations[axis]! - padBegin[axis]!);
      }
      if (target.some((entry, axis) => entry < 0 || entry >= shape[axis]!)) return; // cropped by the pads
      const offset = target.reduce((sum, entry, axis) => sum + entry * outputStrides[axis]!, 0);
      data[offset]! += x.data[flat]! * at(weight, [from[1]!, ...tap]);
    });
  });
  const summed = value(x.dtype, shape, data);
  return bias ? generate(x.dtype, shape, (index) => at(summed, index) + at(bias, [index[1]!])) : summed;
}

/** Output size and leading crop, from pads, output_shape or auto_pad (ONNX ConvTranspose-11). */
function transposedGeometry(
  call: Call,
  input: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): { output: readonly number[]; padBegin: readonly number[] } {
  const rank = input.length;
  const outputPadding = perAxis(call, 'output_padding', rank, 0);
  const full = input.map(
    (size, axis) => strides[axis]! * (size - 1) + outputPadding[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1,
  );
  const auto = call.text('auto_pad', 'NOTSET');
  const same = auto === 'SAME_UPPER' || auto === 'SAME_LOWER';
  const wanted = call.ints('output_shape') ?? (same ? input.map((size, axis) => size * strides[axis]!) : undefined);
  if (!wanted) {
    const pads = auto === 'VALID' ? new Array<number>(2 * rank).fill(0) : perAxis(call, 'pads', 2 * rank, 0);
    return {
      output: full.map((size, axis) => size - pads[axis]! - pads[axis + rank]!),
      padBegin: pads.slice(0, rank),
    };
  }
  const total = full.map((size, axis) => Math.max(size - wanted[axis]!, 0));
  return {
    output: wanted,
    padBegin: total.map((pad) => (auto === 'SAME_UPPER' ? Math.floor(pad / 2) : Math.ceil(pad / 2))),
  };
}

/** Operators of this family. */
export const CONVOLUTION: OperatorTable = { Conv: conv, ConvTranspose: convTranspose };
