/** Geometry of sliding windows: padding and output size of convolutions and pools, one spatial axis at a time. */

/** One spatial axis of a window. Sizes and pads in elements. */
export interface WindowAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBegin: number;
  readonly padEnd: number;
}

/** How the padding is given (ONNX auto_pad). */
export type AutoPad = 'NOTSET' | 'VALID' | 'SAME_UPPER' | 'SAME_LOWER';

/** Extent of a dilated kernel. */
export function kernelExtent(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/**
 * Padding of an axis under auto_pad; SAME makes output = ceil(input / stride), the odd element goes to the end
 * (SAME_UPPER) or the beginning (SAME_LOWER). ONNX Conv-11.
 */
export function automaticPads(
  mode: AutoPad,
  input: number,
  axis: Pick<WindowAxis, 'kernel' | 'stride' | 'dilation'>,
): readonly [begin: number, end: number] {
  if (mode === 'NOTSET' || mode === 'VALID') return [0, 0];
  const output = Math.ceil(input / axis.stride);
  const total = Math.max((output - 1) * axis.stride + kernelExtent(axis.kernel, axis.dilation) - input, 0);
  const small = Math.floor(total / 2);
  return mode === 'SAME_UPPER' ? [small, total - small] : [total - small, small];
}

/**
 * Number of window positions; negative or 0 when the window does not fit.
 * With `ceilMode` a last partial window counts, unless it would start in the end padding (ONNX MaxPool-18 note).
 */
export function windowCount(input: number, axis: WindowAxis, ceilMode = false): number {
  const padded = input + axis.padBegin + axis.padEnd - kernelExtent(axis.kernel, axis.dilation);
  if (!ceilMode) return Math.floor(padded / axis.stride) + 1;
  const count = Math.ceil(padded / axis.stride) + 1;
  return (count - 1) * axis.stride >= input + axis.padBegin ? count - 1 : count;
}

/** Output size of a transposed convolution along one axis. */
export function transposedSize(input: number, axis: WindowAxis, outputPadding: number): number {
  const extent = kernelExtent(axis.kernel, axis.dilation);
  return axis.stride * (input - 1) + outputPadding + extent - axis.padBegin - axis.padEnd;
}
