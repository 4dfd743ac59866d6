/** Slices brought to one form, and the spreading that undoes a step. */
import type { GraphBuilder } from '../../onnx/build.ts';
import { pad, reshape, slice } from '../../onnx/emit.ts';
import { normalizeAxis } from '../../tensor/shape.ts';
import type { RuleContext } from '../rule-context.ts';

/** One axis of a slice: `count` positions from `first` by `step`, all inside the axis; step may be negative. */
export interface AxisSlice {
  readonly axis: number;
  readonly first: number;
  readonly count: number;
  readonly step: number;
}

/**
 * The constant starts, ends, axes and steps of a Slice node, clamped as the ONNX specification says.
 * @throws EngineError 'gradient-forbidden' when they are not constants
 */
export function normalizeSlices(context: RuleContext): AxisSlice[] {
  const shape = context.shape(0);
  const starts = context.numbers(1);
  const axes = context.has(3) ? context.numbers(3) : starts.map((_, index) => index);
  const steps = context.has(4) ? context.numbers(4) : starts.map(() => 1);
  return axes.map((given, index) => {
    const axis = normalizeAxis(given, shape.length);
    const size = shape[axis]!;
    const step = steps[index]!;
    const start = starts[index]!;
    const position = start < 0 ? start + size : start;
    const first = step > 0 ? clamp(position, 0, size) : clamp(position, 0, size - 1);
    return { axis, first, count: context.outputShape(0)[axis]!, step };
  });
}

/**
 * Puts `step - 1` zeros between the elements along one axis: count becomes (count - 1) * step + 1.
 * @param x of any shape with at least one element along the axis
 */
export function spreadAxis(builder: GraphBuilder, x: string, axis: number, step: number): string {
  const shape = builder.shapeOf(x);
  const count = shape[axis]!;
  if (step === 1 || count === 1) return x;
  // [..., count, rest] -> [..., count, 1, rest] -> [..., count, step, rest] -> [..., count * step, rest], tail cut.
  const [outer, inner] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const apart = reshape(builder, x, [...outer, count, 1, ...inner]);
  const rank = shape.length + 1;
  const zerosAfter = new Array<number>(2 * rank).fill(0);
  zerosAfter[rank + axis + 1] = step - 1;
  const spread = pad(builder, apart, zerosAfter);
  const joined = reshape(builder, spread, [...outer, count * step, ...inner]);
  return slice(builder, joined, [0], [(count - 1) * step + 1], [axis]);
}

/**
 * Puts zeros around a value; negative counts cut it.
 * @param before zeros in front of each axis, @param after zeros behind each axis
 * @returns `x` itself when every count is 0
 */
export function padded(builder: GraphBuilder, x: string, before: readonly number[], after: readonly number[]): string {
  // Cutting is left to Slice: not every provider takes negative pads.
  const shape = builder.shapeOf(x);
  const cut = shape.flatMap((_, axis) => (before[axis]! < 0 || after[axis]! < 0 ? [axis] : []));
  let result = x;
  if (cut.length > 0) {
    const starts = cut.map((axis) => Math.max(-before[axis]!, 0));
    const ends = cut.map((axis) => shape[axis]! - Math.max(-after[axis]!, 0));
    result = slice(builder, result, starts, ends, cut);
  }
  const pads = [...before, ...after].map((count) => Math.max(count, 0));
  return pad(builder, result, pads);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
