/** Gradients of normalisations. Statistics are computed again: opset 18 nodes do not hand them out. */
import type { GraphBuilder } from '../../onnx/build.ts';
import { div, mul, neg, reduceSum, reshape, scale, shift, sqrt, square, sub } from '../../onnx/emit.ts';
import { normalizeAxis, sizeOf } from '../../tensor/shape.ts';
import { multiplyAlongAxis, scalarLike } from '../emit-gradient.ts';
import type { Rule, RuleContext } from '../rule-context.ts';
import { meanOver, sumOver } from '../sums.ts';
import { unbroadcast } from '../unbroadcast.ts';
import { above, keepWhere, timesSign } from './elementwise.ts';

/** x minus its mean, and 1 / sqrt(variance + epsilon), over `axes` (kept as 1). */
interface Standardized {
  readonly centered: string;
  readonly inverseDeviation: string;
}

function inverseRoot(builder: GraphBuilder, variance: string, epsilon: number): string {
  const root = sqrt(builder, shift(builder, variance, epsilon));
  return div(builder, scalarLike(builder, 1, root), root);
}

function standardize(builder: GraphBuilder, x: string, axes: readonly number[], epsilon: number): Standardized {
  const centered = sub(builder, x, meanOver(builder, x, axes));
  const variance = meanOver(builder, square(builder, centered), axes);
  return { centered, inverseDeviation: inverseRoot(builder, variance, epsilon) };
}

/**
 * Gradient of (x - mean) / deviation for statistics of the same x (Ioffe and Szegedy 2015, section 3):
 * r * (u - mean(u) - c * r^2 * mean(u * c)), with c = centered, r = inverse deviation, u = upstream.
 */
function throughStatistics(
  builder: GraphBuilder,
  { centered, inverseDeviation }: Standardized,
  upstream: string,
  axes: readonly number[],
): string {
  const correlation = meanOver(builder, mul(builder, upstream, centered), axes);
  const along = mul(builder, centered, mul(builder, square(builder, inverseDeviation), correlation));
  const straight = sub(builder, upstream, meanOver(builder, upstream, axes));
  return mul(builder, inverseDeviation, sub(builder, straight, along));
}

/** [channels, 1], to scale values shaped [batch, channels, positions]. */
function perChannel(context: RuleContext, index: number): string {
  return reshape(context.builder, context.input(index), [context.shape(1)[0]!, 1]);
}

/** [batch, channels, ...] as [batch, channels, positions]. */
function joinPositions(context: RuleContext, name: string): string {
  const [batch, channels, ...positions] = context.shape(0);
  return reshape(context.builder, name, [batch!, channels!, sizeOf(positions)]);
}

const batchNormalization: Rule = (context) =>
  context.int('training_mode', 0) === 1 ? batchTraining(context) : batchInference(context);

/** y = scale * (x - mean) / sqrt(variance + epsilon) + bias, with given mean and variance. */
const batchInference: Rule = (context) => {
  const { builder } = context;
  const upstream = joinPositions(context, context.upstream);
  const inverse = inverseRoot(builder, perChannel(context, 4), context.float('epsilon', 1e-5));
  const gain = mul(builder, perChannel(context, 1), inverse);
  const perScale = (name: string): string => reshape(builder, sumOver(builder, name, [0, 2]), context.shape(1));
  const total = [2, 3].some((index) => context.wants(index)) ? perScale(upstream) : undefined;
  const flatGain = reshape(builder, gain, context.shape(1));
  let correlation: string | undefined;
  if (context.wants(1) || context.wants(4)) {
    const centered = sub(builder, joinPositions(context, context.input(0)), perChannel(context, 3));
    correlation = perScale(mul(builder, upstream, centered));
  }
  const flatInverse = reshape(builder, inverse, context.shape(1));
  return [
    context.wants(0) ? reshape(builder, mul(builder, upstream, gain), context.shape(0)) : undefined,
    context.wants(1) ? mul(builder, correlation!, flatInverse) : undefined,
    total,
    context.wants(3) ? neg(builder, mul(builder, total!, flatGain)) : undefined,
    context.wants(4)
      ? scale(builder, mul(builder, correlation!, mul(builder, flatGain, square(builder, flatInverse))), -0.5)
      : undefined,
  ];
};

/**
 * As inference, with mean and (population) variance of the batch; the running statistics carry no gradient.
 * The two sums over the batch, of u and of u * c (upstream and centered), serve all three gradients.
 */
const batchTraining: Rule = (context) => {
  const { builder } = context;
  if (context.upstreamOf(1) !== undefined || context.upstreamOf(2) !== undefined) {
    context.forbid('the loss depends on its running statistics', 'Let the loss depend on its first output only.');
  }
  const axes = [0, 2];
  const upstream = joinPositions(context, context.upstream);
  const x = joinPositions(context, context.input(0));
  const { centered, inverseDeviation } = standardize(builder, x, axes, context.float('epsilon', 1e-5));
  const sum = sumOver(builder, upstream, axes);
  const correlation = sumOver(builder, mul(builder, upstream, centered), axes);
  const [batch, , positions] = builder.shapeOf(x) as [number, number, number];
  const share = 1 / (batch * positions);
  const forX = (): string => {
    const gain = mul(builder, perChannel(context, 1), inverseDeviation);
    const slope = mul(builder, scale(builder, correlation, share), square(builder, inverseDeviation));
    const straight = sub(builder, upstream, scale(builder, sum, share));
    return mul(builder, sub(builder, straight, mul(builder, centered, slope)), gain);
  };
  return [
    context.wants(0) ? reshape(builder, forX(), context.shape(0)) : undefined,
    context.wants(1) ? reshape(builder, mul(builder, correlation, inverseDeviation), context.shape(1)) : undefined,
    context.wants(2) ? reshape(builder, sum, context.shape(2)) : undefined,
  ];
};

/**
 * Shared by the normalisations within one image.
 * @param shape to work in; `axes` of it are normalised
 * @param gain the scale input in a shape that broadcasts to `shape`
 * @param gainView shape that scale and bias have there, before leading axes of 1 are left out
 */
function withinImage(
  context: RuleContext,
  shape: readonly number[],
  axes: readonly number[],
  gain: string,
  gainView: readonly number[] = context.builder.shapeOf(gain),
): readonly (string | undefined)[] {
  const { builder } = context;
  const upstream = reshape(builder, context.upstream, shape);
  const statistics = standardize(
    builder,
    reshape(builder, context.input(0), shape),
    axes,
    context.float('epsilon', 1e-5),
  );
  const spread = mul(builder, upstream, gain);
  const collect = (name: string, index: number): string =>
    reshape(builder, unbroadcast(builder, name, gainView), context.shape(index));
  const normalized = (): string => mul(builder, statistics.centered, statistics.inverseDeviation);
  return [
    context.wants(0)
      ? reshape(builder, throughStatistics(builder, statistics, spread, axes), context.shape(0))
      : undefined,
    context.wants(1) ? collect(mul(builder, upstream, normalized()), 1) : undefined,
    context.has(2) && context.wants(2) ? collect(upstream, 2) : undefined,
  ];
}

const layerNormalization: Rule = (context) => {
  const { builder } = context;
  if (context.upstreamOf(1) !== undefined || context.upstreamOf(2) !== undefined) {
    context.forbid('the loss depends on its statistics', 'Let the loss depend on its first output only.');
  }
  const shape = context.shape(0);
  const first = normalizeAxis(context.int('axis', -1), shape.length);
  const axes = shape.flatMap((_, axis) => (axis >= first ? [axis] : []));
  return withinImage(context, shape, axes, context.input(1), builder.shapeOf(context.input(1)));
};

const instanceNormalization: Rule = (context) => {
  const [batch, channels, ...positions] = context.shape(0);
  return withinImage(context, [batch!, channels!, sizeOf(positions)], [2], perChannel(context, 1));
};

/** Scale and bias per group (opset 18) or per channel (opset 21 on). */
const groupNormalization: Rule = (context) => {
  const { builder } = context;
  const [batch, channels, ...positions] = context.shape(0);
  const groups = context.int('num_groups', 1);
  const each = channels! / groups;
  const view = context.shape(1)[0] === groups && each !== 1 ? [groups, 1, 1] : [groups, each, 1];
  const gain = reshape(builder, context.input(1), view);
  return withinImage(context, [batch!, groups, each, sizeOf(positions)], [2, 3], gain, view);
};

/** x / norm along one axis; 0 where the norm is 0. */
const lpNormalization: Rule = (context) => {
  const { builder, node, upstream } = context;
  const [x, y] = [context.input(0), node.outputs[0]!];
  const axis = normalizeAxis(context.int('axis', -1), context.shape(0).length);
  const sum = (name: string): string => reduceSum(builder, name, [axis], true);
  const projection = sum(mul(builder, upstream, y));
  const isL1 = context.int('p', 2) === 1;
  const norm = isL1 ? sum(builder.op('Abs', [x])) : sqrt(builder, sum(square(builder, x)));
  const ones = isL1 ? timesSign(builder, scalarLike(builder, 1, x), x) : y;
  const change = sub(builder, upstream, mul(builder, ones, projection));
  return [keepWhere(builder, above(builder, norm, 0), div(builder, change, norm))];
};

/**
 * Local response normalisation over channels: y = x * s^-beta, s = bias + alpha / size * (band sum of x^2).
 * The band sum is a product with a constant band matrix [channels, channels].
 */
const localResponse: Rule = (context) => {
  const { builder, upstream } = context;
  const x = context.input(0);
  const channels = context.shape(0)[1]!;
  const size = context.int('size', 1);
  const [alpha, beta] = [context.float('alpha', 1e-4), context.float('beta', 0.75)];
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const band = new Float64Array(channels * channels);
  const transposed = new Float64Array(channels * channels);
  for (let to = 0; to < channels; to++) {
    for (let from = Math.max(0, to - before); from <= Math.min(channels - 1, to + after); from++) {
      band[to * channels + from] = 1;
      transposed[from * channels + to] = 1;
    }
  }
  const energy = multiplyAlongAxis(builder, square(builder, x), 1, band, channels);
  const sum = shift(builder, scale(builder, energy, alpha / size), context.float('bias', 1));
  const power = (exponent: number): string => builder.op('Pow', [sum, scalarLike(builder, exponent, sum)]);
  const shared = multiplyAlongAxis(
    builder,
    mul(builder, mul(builder, upstream, x), power(-beta - 1)),
    1,
    transposed,
    channels,
  );
  const through = scale(builder, mul(builder, x, shared), (2 * alpha * beta) / size);
  return [sub(builder, mul(builder, upstream, power(-beta)), through)];
};

/** Rules of normalisations. */
export const NORMALIZATION_RULES = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LpNormalization: lpNormalization,
  LRN: localResponse,
} as const satisfies Record<string, Rule>;
