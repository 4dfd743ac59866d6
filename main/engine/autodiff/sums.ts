/** Sums and means over axes, in an order that keeps float32 accurate and the kernels fast. */
import type { GraphBuilder } from '../onnx/build.ts';
import { reduceSum, scale } from '../onnx/emit.ts';

/**
 * Sum over axes, which stay as 1. Axes at the end are summed first, then the others: two short contiguous sums
 * instead of one long strided one (a single float32 sum over millions of values loses five digits).
 */
export function sumOver(builder: GraphBuilder, x: string, axes: readonly number[]): string {
  const shape = builder.shapeOf(x);
  const inner = axes.filter((axis) => shape.every((_, other) => other <= axis || axes.includes(other)));
  const outer = axes.filter((axis) => !inner.includes(axis));
  const first = inner.length === 0 ? x : reduceSum(builder, x, inner, true);
  return outer.length === 0 ? first : reduceSum(builder, first, outer, true);
}

/** Mean over axes, which stay as 1; see {@link sumOver}. */
export function meanOver(builder: GraphBuilder, x: string, axes: readonly number[]): string {
  const shape = builder.shapeOf(x);
  const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
  return scale(builder, sumOver(builder, x, axes), 1 / count);
}
