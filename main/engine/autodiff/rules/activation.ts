/** Gradients of activation functions. At a kink the derivative of the flat (or left) side is taken, as PyTorch does. */
import type { GraphBuilder } from '../../onnx/build.ts';
import {
  add,
  div,
  exp,
  log,
  mul,
  neg,
  reduceSum,
  relu,
  scale,
  shift,
  sigmoid,
  square,
  sub,
  where,
} from '../../onnx/emit.ts';
import { normalizeAxis } from '../../tensor/shape.ts';
import { scalarLike } from '../emit-gradient.ts';
import type { Rule } from '../rule-context.ts';
import { unbroadcast } from '../unbroadcast.ts';
import { above, below, dropWhere, keepWhere, unary } from './elementwise.ts';

/** 1 - x. */
function complement(builder: GraphBuilder, x: string): string {
  return sub(builder, scalarLike(builder, 1, x), x);
}

/** Elu and Selu: with y = gamma * alpha * (e^x - 1) below zero, dy/dx = y + gamma * alpha. */
function exponentialUnit(defaults: { alpha: number; gamma: number }): Rule {
  return unary((context) => {
    const { builder, upstream } = context;
    const gamma = context.float('gamma', defaults.gamma);
    const depth = gamma * context.float('alpha', defaults.alpha);
    const slope = shift(builder, context.node.outputs[0]!, depth);
    const positive = above(builder, context.input(0), 0);
    return where(builder, positive, scale(builder, upstream, gamma), mul(builder, upstream, slope));
  });
}

/** The slope of each element is shared over the axes it was stretched along; 0 at x = 0 for the slope. */
const prelu: Rule = (context) => {
  const { builder, upstream } = context;
  const [x, slope] = [context.input(0), context.input(1)];
  const positive = above(builder, x, 0);
  const forSlope = context.wants(1) ? dropWhere(builder, positive, mul(builder, upstream, x)) : undefined;
  return [
    where(builder, positive, upstream, mul(builder, upstream, slope)),
    forSlope === undefined ? undefined : unbroadcast(builder, forSlope, context.shape(1)),
  ];
};

/** Softmax along one axis: y * (g - sum of g * y). */
const softmax: Rule = (context) => {
  const { builder, node, upstream } = context;
  const axis = normalizeAxis(context.int('axis', -1), context.shape(0).length);
  const weighted = mul(builder, upstream, node.outputs[0]!);
  const sum = reduceSum(builder, weighted, [axis], true);
  return [sub(builder, weighted, mul(builder, node.outputs[0]!, sum))];
};

/** LogSoftmax along one axis: g - e^y * sum of g. */
const logSoftmax: Rule = (context) => {
  const { builder, node, upstream } = context;
  const axis = normalizeAxis(context.int('axis', -1), context.shape(0).length);
  const sum = reduceSum(builder, upstream, [axis], true);
  return [sub(builder, upstream, mul(builder, exp(builder, node.outputs[0]!), sum))];
};

/** Gelu, exact or with tanh (Hendrycks and Gimpel 2016): Phi(x) + x * phi(x), or the derivative of its approximation. */
const gelu: Rule = (context) => {
  const { builder, upstream } = context;
  const x = context.input(0);
  if (context.text('approximate', 'none') === 'tanh') {
    const steepness = Math.sqrt(2 / Math.PI);
    const cubic = 0.044715;
    const xx = square(builder, x);
    // inner = steepness * x * (1 + cubic * x^2), t = tanh(inner)
    const inner = scale(builder, mul(builder, x, shift(builder, scale(builder, xx, cubic), 1)), steepness);
    const t = builder.op('Tanh', [inner]);
    const innerSlope = scale(builder, shift(builder, scale(builder, xx, 3 * cubic), 1), steepness);
    const bend = mul(builder, mul(builder, x, complement(builder, square(builder, t))), innerSlope);
    return [scale(builder, mul(builder, upstream, add(builder, shift(builder, t, 1), bend)), 0.5)];
  }
  const erf = builder.op('Erf', [scale(builder, x, Math.SQRT1_2)]);
  const cumulative = scale(builder, shift(builder, erf, 1), 0.5);
  const density = scale(builder, exp(builder, scale(builder, square(builder, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return [mul(builder, upstream, add(builder, cumulative, mul(builder, x, density)))];
};

/** Mish, x * tanh(softplus x): with w = tanh(softplus x), w + x * sigmoid(x) * (1 - w^2). */
const mish: Rule = (context) => {
  const { builder, upstream } = context;
  const x = context.input(0);
  const w = builder.op('Tanh', [softplus(builder, x)]);
  const bend = mul(builder, mul(builder, x, sigmoid(builder, x)), complement(builder, square(builder, w)));
  return [mul(builder, upstream, add(builder, w, bend))];
};

/** ln(1 + e^x) without overflow: max(x, 0) + ln(1 + e^-|x|); WebGPU has no Softplus. */
function softplus(builder: GraphBuilder, x: string): string {
  const tail = log(builder, shift(builder, exp(builder, neg(builder, builder.op('Abs', [x]))), 1));
  return add(builder, relu(builder, x), tail);
}

/** Rules of activation functions. */
export const ACTIVATION_RULES = {
  /** 0 at x = 0. */
  Relu: unary(({ builder, node, thinUpstream }) =>
    keepWhere(builder, above(builder, node.outputs[0]!, 0), thinUpstream),
  ),
  /** The negative slope at x = 0. */
  LeakyRelu: unary((context) => {
    const { builder, upstream } = context;
    const small = scale(builder, upstream, context.float('alpha', 0.01));
    return where(builder, above(builder, context.input(0), 0), upstream, small);
  }),
  ThresholdedRelu: unary((context) => {
    const passes = above(context.builder, context.input(0), context.float('alpha', 1));
    return keepWhere(context.builder, passes, context.upstream);
  }),
  PRelu: prelu,
  Elu: exponentialUnit({ alpha: 1, gamma: 1 }),
  Selu: exponentialUnit({ alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 }),
  Celu: unary((context) => {
    const { builder, upstream } = context;
    const x = context.input(0);
    const slope = exp(builder, scale(builder, x, 1 / context.float('alpha', 1)));
    return where(builder, above(builder, x, 0), upstream, mul(builder, upstream, slope));
  }),
  Sigmoid: unary(({ builder, node, thinUpstream }) => {
    const y = node.outputs[0]!;
    return mul(builder, thinUpstream, mul(builder, y, complement(builder, y)));
  }),
  /** 0 at both ends of the ramp. */
  HardSigmoid: unary((context) => {
    const { builder, upstream } = context;
    const y = context.node.outputs[0]!;
    const ramp = scale(builder, upstream, context.float('alpha', 0.2));
    return keepWhere(builder, above(builder, y, 0), keepWhere(builder, below(builder, y, 1), ramp));
  }),
  /** x * clip(x / 6 + 1 / 2, 0, 1): x / 3 + 1 / 2 inside (-3, 3), 0 below and 1 above. */
  HardSwish: unary((context) => {
    const { builder, upstream } = context;
    const x = context.input(0);
    const slope = mul(builder, upstream, shift(builder, scale(builder, x, 1 / 3), 0.5));
    return keepWhere(builder, above(builder, x, -3), where(builder, below(builder, x, 3), slope, upstream));
  }),
  Tanh: unary(({ builder, node, upstream }) =>
    mul(builder, upstream, complement(builder, square(builder, node.outputs[0]!))),
  ),
  Erf: unary((context) => {
    const { builder, upstream } = context;
    const bell = exp(builder, neg(builder, square(builder, context.input(0))));
    return mul(builder, upstream, scale(builder, bell, 2 / Math.sqrt(Math.PI)));
  }),
  Gelu: gelu,
  Mish: mish,
  Softplus: unary((context) => mul(context.builder, context.upstream, sigmoid(context.builder, context.input(0)))),
  Softsign: unary((context) => {
    const { builder, upstream } = context;
    return div(builder, upstream, square(builder, shift(builder, builder.op('Abs', [context.input(0)]), 1)));
  }),
  Softmax: softmax,
  LogSoftmax: logSoftmax,
} as const satisfies Record<string, Rule>;
