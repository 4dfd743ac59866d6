/** Windows of convolutions and pools: their geometry, the shifted views of an input, and the sum that undoes them. */
import type { GraphBuilder } from '../../onnx/build.ts';
import { int, ints } from '../../onnx/attributes.ts';
import { pad, slice } from '../../onnx/emit.ts';
import type { AutoPad, WindowAxis } from '../../onnx/shapes/window.ts';
import { automaticPads, kernelExtent } from '../../onnx/shapes/window.ts';
import { sizeOf } from '../../tensor/shape.ts';
import type { RuleContext } from '../rule-context.ts';

/** A window that slides over every spatial axis. */
export interface Windows {
  readonly axes: readonly WindowAxis[];
  /** Spatial size of what the windows slide over. */
  readonly input: readonly number[];
  /** Number of window positions per axis. */
  readonly output: readonly number[];
}

/**
 * Windows of a Conv or pool node.
 * @param kernel kernel size per spatial axis
 * @param input, @param output spatial sizes
 */
export function windowsOf(
  context: RuleContext,
  kernel: readonly number[],
  input: readonly number[],
  output: readonly number[],
): Windows {
  const strides = context.ints('strides', []);
  const dilations = context.ints('dilations', []);
  const pads = context.ints('pads', []);
  const mode = context.text('auto_pad', 'NOTSET') as AutoPad;
  const axes = kernel.map((size, axis): WindowAxis => {
    const window = { kernel: size, stride: strides[axis] ?? 1, dilation: dilations[axis] ?? 1 };
    const given = [pads[axis] ?? 0, pads[axis + kernel.length] ?? 0] as const;
    const [padBegin, padEnd] = mode === 'NOTSET' ? given : automaticPads(mode, input[axis]!, window);
    return { ...window, padBegin, padEnd };
  });
  return { axes, input, output };
}

/** True for windows that tile the input exactly: stride = kernel, no padding, no dilation, nothing left over. */
export function isTiling({ axes, input, output }: Windows): boolean {
  return axes.every(
    ({ kernel, stride, dilation, padBegin }, axis) =>
      stride === kernel && dilation === 1 && padBegin === 0 && output[axis]! * kernel === input[axis],
  );
}

/** Attributes of a Conv whose windows these are. */
export function windowAttributes({ axes }: Windows): Record<string, ReturnType<typeof ints>> {
  return {
    strides: ints(axes.map(({ stride }) => stride)),
    dilations: ints(axes.map(({ dilation }) => dilation)),
    pads: ints([...axes.map(({ padBegin }) => padBegin), ...axes.map(({ padEnd }) => padEnd)]),
  };
}

/**
 * The adjoint of sliding windows: ConvTranspose to exactly the size of the input.
 * The part of the input that no window reaches (a stride that does not divide) is made by a smaller end padding
 * or, where that is 0 already, by output_padding; both give it zeros.
 * @param upstream [batch, channels, ...output]
 * @param weights [channels, made / group, ...kernel]
 * @returns [batch, made, ...input]
 */
export function slideBack(
  builder: GraphBuilder,
  upstream: string,
  weights: string,
  windows: Windows,
  group: number,
): string {
  const { axes, input, output } = windows;
  const ends = axes.map((axis, index) => {
    const reach = (output[index]! - 1) * axis.stride + kernelExtent(axis.kernel, axis.dilation);
    return reach - axis.padBegin - input[index]!;
  });
  return builder.op('ConvTranspose', [upstream, weights], {
    strides: ints(axes.map(({ stride }) => stride)),
    dilations: ints(axes.map(({ dilation }) => dilation)),
    pads: ints([...axes.map(({ padBegin }) => padBegin), ...ends.map((end) => Math.max(end, 0))]),
    output_padding: ints(ends.map((end) => Math.max(-end, 0))),
    group: int(group),
  });
}

/**
 * The input as each kernel position sees it, zero outside, in row-major order of the kernel.
 * @param x [first, second, ...input]
 * @returns for each kernel position [first, second, ...output]
 */
export function shiftedViews(builder: GraphBuilder, x: string, windows: Windows): string[] {
  const { axes, output } = windows;
  const needsBorder = axes.some(({ padBegin }, axis) => padBegin > 0 || lastRead(windows, axis) > windows.input[axis]!);
  const spatial = axes.map((_, axis) => axis + 2);
  let padded = x;
  if (needsBorder) {
    const ends = axes.map((_, axis) => Math.max(lastRead(windows, axis) - windows.input[axis]!, 0));
    padded = pad(builder, x, [0, 0, ...axes.map(({ padBegin }) => padBegin), 0, 0, ...ends]);
  }
  return kernelPositions(axes).map((position) => {
    const starts = position.map((offset, axis) => offset * axes[axis]!.dilation);
    const ends = starts.map((start, axis) => start + (output[axis]! - 1) * axes[axis]!.stride + 1);
    const steps = axes.map(({ stride }) => stride);
    const isWhole = starts.every((start, axis) => start === 0 && ends[axis] === builder.shapeOf(padded)[axis + 2]);
    if (isWhole && steps.every((step) => step === 1)) return padded;
    return slice(builder, padded, starts, ends, spatial, steps);
  });
}

/** One past the last input position any window reads, in input coordinates; beyond the input it is padding. */
export function lastRead({ axes, output }: Windows, axis: number): number {
  const { kernel, dilation, stride, padBegin } = axes[axis]!;
  return (output[axis]! - 1) * stride + kernelExtent(kernel, dilation) - padBegin;
}

/** Every position in the kernel, row-major. */
export function kernelPositions(axes: readonly WindowAxis[]): number[][] {
  const kernel = axes.map((axis) => axis.kernel);
  return Array.from({ length: sizeOf(kernel) }, (_, flat) => {
    let rest = flat;
    const position = kernel.toReversed().map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    });
    return position.reverse();
  });
}
