/** Ops that work element by element, with or without broadcasting. */
import { broadcastShapes } from '../../tensor/shape.ts';
import {
  foldBinary,
  foldCast,
  foldCompare,
  foldIdentity,
  foldLogic,
  foldNary,
  foldNot,
  foldUnary,
  foldWhere,
} from './fold-elementwise.ts';
import type { NodeContext } from './context.ts';
import { shapeText } from './context.ts';
import { dtypeOfCode } from './element-types.ts';
import type { AttributeSpec, FoldRule, OpSpec, Shape } from './spec.ts';
import { ALL, FLOATS, NUMBERS, SIGNED } from './spec.ts';
import type { DType } from '../../tensor/tensor.ts';

type Types = readonly DType[];
type Attributes = Readonly<Record<string, AttributeSpec>>;

/** The output has the shape of the first input. */
export function sameAsFirst(context: NodeContext): Shape[] {
  return [context.shape(0)];
}

/** The common shape of all inputs (ONNX "Multidirectional Broadcasting"). */
export function broadcastAll(context: NodeContext): Shape[] {
  let shape: Shape = [];
  for (let index = 0; index < context.inputs.length; index++) {
    const next = broadcastShapes(shape, context.shape(index));
    if (!next) {
      const shapes = context.inputs.map((input) => shapeText(input?.shape ?? [])).join(' and ');
      throw context.invalid('shapes that broadcast', shapes);
    }
    shape = next;
  }
  return [shape];
}

function unary(types: Types, fold?: (x: number) => number, attributes: Attributes = {}): OpSpec {
  const spec: OpSpec = { inputs: ['T'], outputs: ['T'], types: { T: types }, attributes, shape: sameAsFirst };
  return fold ? { ...spec, fold: foldUnary(fold) } : spec;
}

function binary(types: Types, fold: FoldRule, attributes: Attributes = {}): OpSpec {
  return { inputs: ['T', 'T'], outputs: ['T'], types: { T: types }, attributes, shape: broadcastAll, fold };
}

function compare(types: Types, test: (a: number, b: number) => boolean): OpSpec {
  return {
    inputs: ['T', 'T'],
    outputs: ['bool'],
    types: { T: types },
    attributes: {},
    shape: broadcastAll,
    fold: foldCompare(test),
  };
}

function logic(test: (a: boolean, b: boolean) => boolean): OpSpec {
  return {
    inputs: ['bool', 'bool'],
    outputs: ['bool'],
    types: {},
    attributes: {},
    shape: broadcastAll,
    fold: foldLogic(test),
  };
}

function variadic(types: Types, fold: FoldRule): OpSpec {
  return { inputs: ['T*'], outputs: ['T'], types: { T: types }, attributes: {}, shape: broadcastAll, fold };
}

/** Round half to even, as ONNX Round does. */
function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

function clipShape(context: NodeContext): Shape[] {
  for (const index of [1, 2]) {
    if (!context.has(index)) continue;
    const size = context.shape(index).reduce((product, axis) => product * axis, 1);
    context.require(
      size === 1 && context.rank(index) <= 1,
      'a scalar limit',
      `shape ${shapeText(context.shape(index))}`,
    );
  }
  return sameAsFirst(context);
}

/** The slope stretches to the input, never the other way (ONNX "Unidirectional Broadcasting"). */
function slopeShape(context: NodeContext): Shape[] {
  const shape = broadcastShapes(context.shape(0), context.shape(1));
  const fits = shape?.length === context.rank(0) && shape.every((axis, index) => axis === context.shape(0)[index]);
  context.require(fits, `a slope that broadcasts to ${shapeText(context.shape(0))}`, shapeText(context.shape(1)));
  return sameAsFirst(context);
}

const ALPHA = (value: number): AttributeSpec => ({ type: 'float', default: value });

/** Element by element. */
export const ELEMENTWISE = {
  Abs: unary(NUMBERS, Math.abs),
  Neg: unary(SIGNED, (x) => -x),
  Sign: unary(NUMBERS, Math.sign),
  Floor: unary(FLOATS, Math.floor),
  Ceil: unary(FLOATS, Math.ceil),
  Round: unary(FLOATS, roundHalfEven),
  Reciprocal: unary(FLOATS, (x) => 1 / x),
  Sqrt: unary(FLOATS, Math.sqrt),
  Exp: unary(FLOATS, Math.exp),
  Log: unary(FLOATS, Math.log),
  Sin: unary(FLOATS, Math.sin),
  Cos: unary(FLOATS, Math.cos),
  Tanh: unary(FLOATS, Math.tanh),
  Erf: unary(NUMBERS),
  Sigmoid: unary(FLOATS),
  Softplus: unary(FLOATS),
  Softsign: unary(FLOATS),
  Mish: unary(FLOATS),
  Relu: unary(SIGNED, (x) => Math.max(x, 0)),
  HardSwish: unary(FLOATS),
  LeakyRelu: unary(FLOATS, undefined, { alpha: ALPHA(0.01) }),
  Elu: unary(FLOATS, undefined, { alpha: ALPHA(1) }),
  Celu: unary(FLOATS, undefined, { alpha: ALPHA(1) }),
  Selu: unary(FLOATS, undefined, { alpha: ALPHA(1.67326319217681884765625), gamma: ALPHA(1.05070102214813232421875) }),
  ThresholdedRelu: unary(FLOATS, undefined, { alpha: ALPHA(1) }),
  HardSigmoid: unary(FLOATS, undefined, { alpha: ALPHA(0.2), beta: ALPHA(0.5) }),
  Gelu: {
    ...unary(FLOATS, undefined, { approximate: { type: 'string', default: 'none', values: ['none', 'tanh'] } }),
    since: 20,
  },
  IsNaN: { inputs: ['T'], outputs: ['bool'], types: { T: FLOATS }, attributes: {}, shape: sameAsFirst },
  Identity: { ...unary(ALL), fold: foldIdentity, foldsInPlace: true },
  Not: { inputs: ['bool'], outputs: ['bool'], types: {}, attributes: {}, shape: sameAsFirst, fold: foldNot },
  Cast: {
    inputs: ['T'],
    outputs: ['='],
    types: { T: ALL },
    attributes: { to: { type: 'int', required: true } },
    shape: sameAsFirst,
    outputType: (context) => dtypeOfCode(context, context.int('to')),
    fold: foldCast,
  },
  CastLike: {
    inputs: ['T', 'U'],
    outputs: ['='],
    types: { T: ALL, U: ALL },
    attributes: {},
    shape: sameAsFirst,
    outputType: (context) => context.dtype(1),
    fold: foldCast,
  },
  Clip: { inputs: ['T', 'T?', 'T?'], outputs: ['T'], types: { T: NUMBERS }, attributes: {}, shape: clipShape },
  PRelu: { inputs: ['T', 'T'], outputs: ['T'], types: { T: NUMBERS }, attributes: {}, shape: slopeShape },

  Add: binary(
    NUMBERS,
    foldBinary((a, b) => a + b),
  ),
  Sub: binary(
    NUMBERS,
    foldBinary((a, b) => a - b),
  ),
  Mul: binary(
    NUMBERS,
    foldBinary((a, b) => a * b),
  ),
  // Integer division truncates towards zero; storing into an integer array does it.
  Div: binary(
    NUMBERS,
    foldBinary((a, b) => a / b),
  ),
  Mod: binary(NUMBERS, foldBinary(mod), { fmod: { type: 'int', default: 0 } }),
  Pow: {
    inputs: ['T', 'E'],
    outputs: ['T'],
    types: { T: [...FLOATS, 'int32', 'int64'], E: NUMBERS },
    attributes: {},
    shape: broadcastAll,
    fold: foldBinary((a, b) => a ** b),
  },
  Min: variadic(NUMBERS, foldNary(Math.min)),
  Max: variadic(NUMBERS, foldNary(Math.max)),
  Sum: variadic(
    FLOATS,
    foldNary((a, b) => a + b),
  ),
  Mean: { inputs: ['T*'], outputs: ['T'], types: { T: FLOATS }, attributes: {}, shape: broadcastAll },

  Equal: compare(ALL, (a, b) => a === b),
  Greater: compare(NUMBERS, (a, b) => a > b),
  GreaterOrEqual: compare(NUMBERS, (a, b) => a >= b),
  Less: compare(NUMBERS, (a, b) => a < b),
  LessOrEqual: compare(NUMBERS, (a, b) => a <= b),
  And: logic((a, b) => a && b),
  Or: logic((a, b) => a || b),
  Xor: logic((a, b) => a !== b),
  Where: {
    inputs: ['bool', 'T', 'T'],
    outputs: ['T'],
    types: { T: ALL },
    attributes: {},
    shape: broadcastAll,
    fold: foldWhere,
  },
} as const satisfies Record<string, OpSpec>;

/** Remainder with the sign of the divisor, or of the dividend when fmod = 1. */
function mod(a: number, b: number, context: NodeContext): number {
  const remainder = a % b;
  if (context.int('fmod') === 1 || remainder === 0 || Math.sign(remainder) === Math.sign(b)) return remainder;
  return remainder + b;
}
