/** Reference linear quantisation, per tensor and per axis. */
import { roundHalfEven } from './elementwise.ts';
import { at, axisOf, generate } from './value.ts';
import type { Call, OperatorTable, Value } from './value.ts';

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
};

/** The scale or zero point that belongs to an element: one for all, or one per position of `axis`. */
function parameterAt(call: Call, parameter: Value, x: Value, index: readonly number[]): number {
  if (parameter.data.length === 1) return parameter.data[0]!;
  return at(parameter, [index[axisOf(call.int('axis', 1), x.shape.length)]!]);
}

/** saturate(round(x / scale) + zero point), halves to even. */
function quantize(call: Call): Value {
  const [x, scale, zero] = [call.input(0), call.input(1), call.optional(2)];
  const dtype = zero?.dtype ?? 'uint8';
  const [low, high] = RANGES[dtype]!;
  return generate(dtype, x.shape, (index) => {
    const steps = roundHalfEven(at(x, index) / parameterAt(call, scale, x, index));
    return Math.min(Math.max(steps + (zero ? parameterAt(call, zero, x, index) : 0), low), high);
  });
}

/** (x - zero point) * scale. */
function dequantize(call: Call): Value {
  const [x, scale, zero] = [call.input(0), call.input(1), call.optional(2)];
  return generate(scale.dtype, x.shape, (index) => {
    const shifted = at(x, index) - (zero ? parameterAt(call, zero, x, index) : 0);
    return shifted * parameterAt(call, scale, x, index);
  });
}

/** Operators of this family. */
export const QUANTIZATION: OperatorTable = { QuantizeLinear: quantize, DequantizeLinear: dequantize };
