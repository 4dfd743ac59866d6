/** Gradients of element-by-element arithmetic, with broadcasting. */
import type { GraphBuilder } from '../../onnx/build.ts';
import { add, cast, div, equal, greater, less, log, mul, neg, scale, shift, square, where } from '../../onnx/emit.ts';
import { scalarLike } from '../emit-gradient.ts';
import { broadcastShapes, sameShape } from '../../tensor/shape.ts';
import type { Rule, RuleContext } from '../rule-context.ts';
import { unbroadcast } from '../unbroadcast.ts';

/** A rule for one input: d loss / d input 0 from the context. */
export function unary(derivative: (context: RuleContext) => string): Rule {
  return (context) => [derivative(context)];
}

/** `gradient` where the condition holds, 0 elsewhere. */
export function keepWhere(builder: GraphBuilder, condition: string, gradient: string): string {
  return where(builder, condition, gradient, scalarLike(builder, 0, gradient));
}

/** `gradient` where it fails, 0 where the condition holds. */
export function dropWhere(builder: GraphBuilder, condition: string, gradient: string): string {
  return where(builder, condition, scalarLike(builder, 0, gradient), gradient);
}

/** Boolean `x > limit`. */
export function above(builder: GraphBuilder, x: string, limit: number): string {
  return greater(builder, x, scalarLike(builder, limit, x));
}

/** Boolean `x < limit`. */
export function below(builder: GraphBuilder, x: string, limit: number): string {
  return less(builder, x, scalarLike(builder, limit, x));
}

/** `gradient * sign(x)`, 0 at x = 0; without the Sign op, which WebGPU leaves to the CPU. */
export function timesSign(builder: GraphBuilder, gradient: string, x: string): string {
  const negative = keepWhere(builder, below(builder, x, 0), neg(builder, gradient));
  return where(builder, above(builder, x, 0), gradient, negative);
}

/** Sums the gradients of a two-operand op back to the shapes of its operands; computes only what is wanted. */
function binary(left: (context: RuleContext) => string, right: (context: RuleContext) => string): Rule {
  return (context) =>
    [left, right].map((derivative, index) =>
      context.wants(index) ? unbroadcast(context.builder, derivative(context), context.shape(index)) : undefined,
    );
}

/**
 * d (base ^ exponent): base gets g * e * base^(e - 1), which is 0 where e = 0 even at base = 0, and taken as 0 at
 * base = 0 for a constant e below 1, where it is infinite; exponent gets g * y * ln(base), taken as 0 where base <= 0, where the derivative does not exist.
 */
const pow: Rule = (context) => {
  const { builder } = context;
  const base = context.input(0);
  return [
    context.wants(0) ? unbroadcast(builder, powBase(context, base), context.shape(0)) : undefined,
    context.wants(1) ? unbroadcast(builder, powExponent(context, base), context.shape(1)) : undefined,
  ];
};

function powBase(context: RuleContext, base: string): string {
  const { builder, upstream } = context;
  const constant = builder.constantOf(context.input(1));
  if (constant?.data.length === 1) {
    const value = Number(constant.data[0]);
    // The common exponents without the Pow op, which is slow and inexact on some devices.
    if (value === 0) return mul(builder, upstream, scalarLike(builder, 0, upstream));
    if (value === 1) return upstream;
    if (value === 2) return scale(builder, mul(builder, upstream, base), 2);
    const lowered = builder.op('Pow', [base, scalarLike(builder, value - 1, base)]);
    const slope = scale(builder, mul(builder, upstream, lowered), value);
    // As for Sqrt: a root has an infinite slope at 0, which would turn every weight before it into NaN.
    return value < 1 ? dropWhere(builder, equal(builder, base, scalarLike(builder, 0, base)), slope) : slope;
  }
  const exponent = cast(builder, context.input(1), builder.dtypeOf(base));
  const lowered = builder.op('Pow', [base, shift(builder, exponent, -1)]);
  const slope = mul(builder, exponent, lowered);
  return mul(builder, upstream, dropWhere(builder, equal(builder, exponent, scalarLike(builder, 0, exponent)), slope));
}

function powExponent(context: RuleContext, base: string): string {
  const { builder, upstream } = context;
  const positive = above(builder, base, 0);
  const safe = where(builder, positive, base, scalarLike(builder, 1, base));
  const slope = mul(builder, context.node.outputs[0]!, log(builder, safe));
  return keepWhere(builder, positive, mul(builder, upstream, slope));
}

/** Max and Min: operands that tie share the gradient equally, or each takes the whole; see Ties. */
const extreme: Rule = (context) => {
  const { builder, node, upstream } = context;
  if (node.inputs.length === 1) return [upstream];
  const output = node.outputs[0]!;
  const hits = node.inputs.map((input) => equal(builder, input, output));
  const share = context.ties === 'whole' ? upstream : div(builder, upstream, countOf(builder, hits, output));
  return hits.map((hit, index) =>
    context.wants(index) ? unbroadcast(builder, keepWhere(builder, hit, share), context.shape(index)) : undefined,
  );
};

/** How many of the conditions hold, element by element. */
function countOf(builder: GraphBuilder, conditions: readonly string[], like: string): string {
  const [one, zero] = [scalarLike(builder, 1, like), scalarLike(builder, 0, like)];
  return conditions.map((condition) => where(builder, condition, one, zero)).reduce((a, b) => add(builder, a, b));
}

/** Sum and Mean of any number of operands. */
function variadic(factor: (count: number) => number): Rule {
  return (context) => {
    const { builder, node } = context;
    const part = scale(builder, context.upstream, factor(node.inputs.length));
    return node.inputs.map((_, index) =>
      context.wants(index) ? unbroadcast(builder, part, context.shape(index)) : undefined,
    );
  };
}

/**
 * Clip passes the gradient inside the limits and exactly on them (as torch.clamp does), which is where it leaves x as
 * it is; a limit receives what it stops.
 */
const clip: Rule = (context) => {
  const { builder, node, thinUpstream } = context;
  const x = context.input(0);
  const inside = (): string => keepWhere(builder, equal(builder, x, node.outputs[0]!), thinUpstream);
  const stopped = [less, greater].map((beyond, index) => {
    if (!context.wants(index + 1)) return undefined;
    const outside = keepWhere(builder, beyond(builder, x, context.input(index + 1)), thinUpstream);
    return unbroadcast(builder, outside, context.shape(index + 1));
  });
  return [context.wants(0) ? inside() : undefined, ...stopped];
};

/** Where: each branch gets the gradient of the elements it was chosen for; the condition gets none. */
const whereRule: Rule = (context) => {
  const { builder, upstream } = context;
  const condition = context.input(0);
  return [
    undefined,
    context.wants(1) ? unbroadcast(builder, keepWhere(builder, condition, upstream), context.shape(1)) : undefined,
    context.wants(2) ? unbroadcast(builder, dropWhere(builder, condition, upstream), context.shape(2)) : undefined,
  ];
};

/** Casts between float types pass the gradient in the input's type; casts from integers carry none. */
const castRule: Rule = (context) => {
  const { builder, upstream } = context;
  return [cast(builder, upstream, builder.dtypeOf(context.input(0)))];
};

/** The thin upstream where, together with `other`, it still fills the output's shape; else the whole upstream. */
function upstreamFor(context: RuleContext, other: string): string {
  const { builder, thinUpstream } = context;
  const common = broadcastShapes(builder.shapeOf(thinUpstream), builder.shapeOf(other));
  return common !== undefined && sameShape(common, context.outputShape(0)) ? thinUpstream : context.upstream;
}

const product = binary(
  (context) => mul(context.builder, upstreamFor(context, context.input(1)), context.input(1)),
  (context) => mul(context.builder, upstreamFor(context, context.input(0)), context.input(0)),
);

/** Mul; a square, x * x, gets both halves of its gradient at once. */
const multiply: Rule = (context) => {
  const { builder } = context;
  const x = context.input(0);
  if (x !== context.input(1)) return product(context);
  return [mul(builder, scale(builder, upstreamFor(context, x), 2), x)];
};

/** a / b: g / b and -sum of g * y, / b; the sum comes first, so that a small divisor is divided by at its own size. */
const divide: Rule = (context) => {
  const { builder, node } = context;
  const divisor = context.input(1);
  const forDivisor = (): string => {
    const product = mul(builder, upstreamFor(context, node.outputs[0]!), node.outputs[0]!);
    return neg(builder, div(builder, unbroadcast(builder, product, context.shape(1)), divisor));
  };
  return [
    context.wants(0)
      ? unbroadcast(builder, div(builder, upstreamFor(context, divisor), divisor), context.shape(0))
      : undefined,
    context.wants(1) ? forDivisor() : undefined,
  ];
};

/** Rules of element-by-element arithmetic. Hazards (ties, zeros, limits) are stated with each rule. */
export const ELEMENTWISE_RULES = {
  Identity: unary((context) => context.upstream),
  Cast: castRule,
  CastLike: castRule,
  Neg: unary(({ builder, upstream }) => neg(builder, upstream)),
  /** 0 at x = 0. */
  Abs: unary((context) => timesSign(context.builder, context.thinUpstream, context.input(0))),
  Reciprocal: unary(({ builder, node, upstream }) =>
    neg(builder, mul(builder, upstream, square(builder, node.outputs[0]!))),
  ),
  /** g / (2 sqrt x); 0 at x = 0, where it would be infinite and turn every weight before it into NaN. */
  Sqrt: unary(({ builder, node, thinUpstream }) => {
    const root = node.outputs[0]!;
    return keepWhere(builder, above(builder, root, 0), div(builder, scale(builder, thinUpstream, 0.5), root));
  }),
  Exp: unary(({ builder, node, thinUpstream }) => mul(builder, thinUpstream, node.outputs[0]!)),
  /** g / x: infinite at x = 0, as the logarithm itself. */
  Log: unary((context) => div(context.builder, context.thinUpstream, context.input(0))),
  Sin: unary((context) => mul(context.builder, context.upstream, context.builder.op('Cos', [context.input(0)]))),
  Cos: unary(({ builder, upstream, input }) => neg(builder, mul(builder, upstream, builder.op('Sin', [input(0)])))),
  Add: binary(
    ({ upstream }) => upstream,
    ({ upstream }) => upstream,
  ),
  Sub: binary(
    ({ upstream }) => upstream,
    ({ builder, upstream }) => neg(builder, upstream),
  ),
  Mul: multiply,
  Div: divide,
  Pow: pow,
  Max: extreme,
  Min: extreme,
  Sum: variadic(() => 1),
  Mean: variadic((count) => 1 / count),
  Clip: clip,
  Where: whereRule,
} as const satisfies Record<string, Rule>;
