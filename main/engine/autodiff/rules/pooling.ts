/** Gradients of pools. Ties of a maximum go to the first element of the window in row-major order, as in PyTorch. */
import { ints } from '../../onnx/attributes.ts';
import type { GraphBuilder } from '../../onnx/build.ts';
import { equal, expand, mul, pad, reduceMax, reshape, scale, where } from '../../onnx/emit.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { constantLike, scalarLike } from '../emit-gradient.ts';
import type { Rule, RuleContext } from '../rule-context.ts';
import { unary } from './elementwise.ts';
import type { Windows } from './windows.ts';
import { isTiling, lastRead, slideBack, windowsOf } from './windows.ts';

/** Lowest finite numbers of float32 and float16: the border of a maximum. */
const LOWEST = -3.4028234663852886e38;
const LOWEST_HALF = -65504;

function poolWindows(context: RuleContext): Windows {
  const [input, output] = [context.shape(0).slice(2), context.outputShape(0).slice(2)];
  return windowsOf(context, context.ints('kernel_shape', []), input, output);
}

/** [batch, channels, ...] -> [batch * channels, 1, ...]: every channel is pooled alone. */
function planes(context: RuleContext, name: string): string {
  const [batch, channels, ...spatial] = context.builder.shapeOf(name);
  return reshape(context.builder, name, [batch! * channels!, 1, ...spatial]);
}

/**
 * True for the first of the candidates along `axes` that equals the maximum.
 * @param hits boolean, true where a candidate equals the maximum
 * @param ranks constant, broadcasts to hits: larger for earlier candidates, all positive
 */
function firstHit(builder: GraphBuilder, hits: string, ranks: string, axes: readonly number[]): string {
  const scores = where(builder, hits, ranks, scalarLike(builder, 0, ranks));
  return equal(builder, scores, reduceMax(builder, scores, axes, true));
}

/**
 * MaxPool without Indices or Scatter, which WebGPU lacks: a one-hot Conv lays the windows out
 * as one view per kernel position, the first that holds the maximum gets the gradient, and the matching ConvTranspose
 * adds the views up again (faster than slices or ScatterElements on the CPU).
 */
const maxPool = unary((context) => {
  const windows = poolWindows(context);
  return isTiling(windows) ? tiledMaximum(context, windows) : slidingMaximum(context, windows);
});

/**
 * Compares the views with their own maximum, not with the node's output: where convolutions round (TF32), the views
 * are rounded alike and the maximum is still met. The border is the lowest number, so it is met only by itself.
 */
function slidingMaximum(context: RuleContext, windows: Windows): string {
  const { builder } = context;
  const { axes } = windows;
  const x = planes(context, context.input(0));
  const taps = sizeOf(axes.map((axis) => axis.kernel));
  const identity = new Float64Array(taps * taps);
  for (let tap = 0; tap < taps; tap++) identity[tap * taps + tap] = 1;
  const oneHot = constantLike(builder, identity, [taps, 1, ...axes.map((axis) => axis.kernel)], x);
  const begins = axes.map(({ padBegin }) => padBegin);
  const ends = axes.map((_, axis) => Math.max(lastRead(windows, axis) - windows.input[axis]!, 0));
  const lowest = builder.dtypeOf(x) === 'float16' ? LOWEST_HALF : LOWEST;
  const bordered = pad(builder, x, [0, 0, ...begins, 0, 0, ...ends], lowest);
  // [batch * channels, taps, ...output]
  const views = builder.op('Conv', [bordered, oneHot], {
    strides: ints(axes.map(({ stride }) => stride)),
    dilations: ints(axes.map(({ dilation }) => dilation)),
  });
  const ranks = constantLike(builder, falling(taps), [taps, ...axes.map(() => 1)], x);
  const chosen = firstHit(builder, equal(builder, views, reduceMax(builder, views, [1], true)), ranks, [1]);
  const parts = where(builder, chosen, planes(context, context.upstream), scalarLike(builder, 0, x));
  return reshape(builder, slideBack(builder, parts, oneHot, windows, 1), context.shape(0));
}

/** count, count - 1, ..., 1. */
function falling(count: number): number[] {
  return Array.from({ length: count }, (_, index) => count - index);
}

/** Windows that tile: split each spatial axis into [position, offset] and compare in place. */
function tiledMaximum(context: RuleContext, windows: Windows): string {
  const { builder } = context;
  const kernel = windows.axes.map((axis) => axis.kernel);
  const tiled = tiledShape(context, windows);
  const pooled = tiled.map((size, axis) => (axis >= 2 && axis % 2 === 1 ? 1 : size));
  const offsets = tiled.flatMap((_, axis) => (axis >= 2 && axis % 2 === 1 ? [axis] : []));
  const ranks = falling(sizeOf(kernel));
  const rankShape = tiled.map((_, axis) => (offsets.includes(axis) ? kernel[(axis - 3) / 2]! : 1));
  const x = reshape(builder, context.input(0), tiled);
  const y = reshape(builder, context.node.outputs[0]!, pooled);
  const chosen = firstHit(builder, equal(builder, x, y), constantLike(builder, ranks, rankShape, x), offsets);
  const parts = where(builder, chosen, reshape(builder, context.upstream, pooled), scalarLike(builder, 0, x));
  return reshape(builder, parts, context.shape(0));
}

/** [batch, channels, output_0, kernel_0, output_1, kernel_1, ...]. */
function tiledShape(context: RuleContext, { axes, output }: Windows): number[] {
  return [...context.shape(0).slice(0, 2), ...axes.flatMap(({ kernel }, axis) => [output[axis]!, kernel])];
}

/** AveragePool: every element of a window gets 1 / (elements counted in it). */
const averagePool = unary((context) => {
  const { builder, upstream } = context;
  const windows = poolWindows(context);
  const kernel = windows.axes.map((axis) => axis.kernel);
  if (isTiling(windows)) {
    const tiled = tiledShape(context, windows);
    const pooled = tiled.map((size, axis) => (axis >= 2 && axis % 2 === 1 ? 1 : size));
    const share = reshape(builder, scale(builder, upstream, 1 / sizeOf(kernel)), pooled);
    return reshape(builder, expand(builder, share, tiled), context.shape(0));
  }
  const shares = constantLike(
    builder,
    windowShares(windows, context.int('count_include_pad', 0) === 1),
    [1, 1, ...windows.output],
    upstream,
  );
  const ones = constantLike(builder, new Float64Array(sizeOf(kernel)).fill(1), [1, 1, ...kernel], upstream);
  const parts = mul(builder, planes(context, upstream), shares);
  return reshape(builder, slideBack(builder, parts, ones, windows, 1), context.shape(0));
});

/** 1 / count of each window: the elements inside the input, or inside input and padding. */
function windowShares({ axes, input, output }: Windows, countPadding: boolean): Float64Array {
  const shares = new Float64Array(sizeOf(output));
  forEachIndex(output, (index, flat) => {
    let count = 1;
    index.forEach((start, axis) => {
      const { kernel, stride, dilation, padBegin, padEnd } = axes[axis]!;
      // A partial last window (ceil_mode) reaches beyond the padding; that part is never counted.
      const [low, high] = countPadding ? [-padBegin, input[axis]! + padEnd] : [0, input[axis]!];
      let inside = 0;
      for (let offset = 0; offset < kernel; offset++) {
        const at = start * stride + offset * dilation - padBegin;
        if (at >= low && at < high) inside++;
      }
      count *= inside;
    });
    shares[flat] = 1 / count;
  });
  return shares;
}

/** GlobalAveragePool: every position gets the same share. */
const globalAveragePool = unary((context) => {
  const size = sizeOf(context.shape(0).slice(2));
  return expand(context.builder, scale(context.builder, context.upstream, 1 / size), context.shape(0));
});

/** GlobalMaxPool: the first position that holds the maximum. */
const globalMaxPool = unary((context) => {
  const { builder } = context;
  const [batch, channels, ...spatial] = context.shape(0);
  const size = sizeOf(spatial);
  const flat = [batch!, channels!, size];
  const ranks = constantLike(builder, falling(size), [size], context.input(0));
  const y = reshape(builder, context.node.outputs[0]!, [batch!, channels!, 1]);
  const chosen = firstHit(builder, equal(builder, reshape(builder, context.input(0), flat), y), ranks, [2]);
  const upstream = reshape(builder, context.upstream, [batch!, channels!, 1]);
  return reshape(builder, where(builder, chosen, upstream, scalarLike(builder, 0, y)), context.shape(0));
});

/** Calls back for each index of a shape, row-major. */
function forEachIndex(shape: readonly number[], visit: (index: readonly number[], flat: number) => void): void {
  const index = shape.map(() => 0);
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Rules of pools. */
export const POOLING_RULES = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
} as const satisfies Record<string, Rule>;
