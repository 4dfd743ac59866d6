/** Geometry of a sliding window after the ONNX rules for Conv and the pools. */
import type { Call } from './value.ts';

/** A window over the spatial axes. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padBegin: readonly number[];
  readonly padEnd: readonly number[];
  /** Spatial size of the output. */
  readonly output: readonly number[];
}

/** Attribute with one entry per spatial axis, or 1 for each. */
export function perAxis(call: Call, name: string, rank: number, fallback = 1): readonly number[] {
  return call.ints(name) ?? new Array<number>(rank).fill(fallback);
}

/**
 * Resolves pads, auto_pad and ceil_mode.
 * With ceil_mode the last window must start inside the input or its left padding (clarified in ONNX AveragePool-22).
 */
export function windowOf(call: Call, input: readonly number[], kernel: readonly number[]): Window {
  const rank = input.length;
  const strides = perAxis(call, 'strides', rank);
  const dilations = perAxis(call, 'dilations', rank);
  const extent = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const auto = call.text('auto_pad', 'NOTSET');
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const output = input.map((size, axis) => Math.ceil(size / strides[axis]!));
    const total = output.map((size, axis) => Math.max((size - 1) * strides[axis]! + extent[axis]! - input[axis]!, 0));
    const less = total.map((pad) => Math.floor(pad / 2));
    const more = total.map((pad) => Math.ceil(pad / 2));
    const [padBegin, padEnd] = auto === 'SAME_UPPER' ? [less, more] : [more, less];
    return { kernel, strides, dilations, padBegin, padEnd, output };
  }
  const pads = auto === 'VALID' ? new Array<number>(2 * rank).fill(0) : perAxis(call, 'pads', 2 * rank, 0);
  const [padBegin, padEnd] = [pads.slice(0, rank), pads.slice(rank)];
  const output = input.map((size, axis) => {
    const steps = (size + padBegin[axis]! + padEnd[axis]! - extent[axis]!) / strides[axis]!;
    if (call.int('ceil_mode', 0) === 0) return Math.floor(steps) + 1;
    const count = Math.ceil(steps) + 1;
    return (count - 1) * strides[axis]! >= size + padBegin[axis]! ? count - 1 : count;
  });
  return { kernel, strides, dilations, padBegin, padEnd, output };
}

/** Input position that window element `tap` reads for output position `position` on one axis; may lie in the padding. */
export function positionOf(window: Window, axis: number, position: number, tap: number): number {
  return position * window.strides[axis]! + tap * window.dilations[axis]! - window.padBegin[axis]!;
}
