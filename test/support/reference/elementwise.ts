/** Reference operators that act on each element alone, with NumPy broadcasting. */
import { broadcastShapes } from '../../../main/engine/tensor/shape.ts';
import type { DType } from '../../../main/engine/tensor/tensor.ts';
import { axisOf, broadcastAt, generate, isFloat, single } from './value.ts';
import type { Call, Operator, OperatorTable, Value } from './value.ts';

/** erf by its all-positive series 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!! (Abramowitz and Stegun 7.1.6). */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x); // 1 - erf(6) < 3e-17
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Rounds halves to the even neighbour, as ONNX Round and QuantizeLinear ask. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const fraction = x - floor;
  if (fraction < 0.5) return floor;
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Applies a function of the element and the call's attributes. */
function map(apply: (x: number, call: Call) => number): Operator {
  return (call) => {
    const x = call.input(0);
    return generate(x.dtype, x.shape, (index) => apply(broadcastAt(x, index), call));
  };
}

function predicate(apply: (x: number, call: Call) => boolean): Operator {
  return (call) => {
    const x = call.input(0);
    return generate('bool', x.shape, (index) => Number(apply(broadcastAt(x, index), call)));
  };
}

/** Folds any number of inputs, broadcast together. */
function combine(apply: (a: number, b: number, dtype: DType, call: Call) => number, result?: DType): Operator {
  return (call) => call.inputs.map((_, index) => call.input(index)).reduce((a, b) => binary(a, b, apply, call, result));
}

function binary(
  a: Value,
  b: Value,
  apply: (a: number, b: number, dtype: DType, call: Call) => number,
  call: Call,
  result: DType = a.dtype,
): Value {
  return generate(result, broadcast(a, b), (index) =>
    apply(broadcastAt(a, index), broadcastAt(b, index), a.dtype, call),
  );
}

/** @throws Error naming both shapes when they do not broadcast */
function broadcast(...values: readonly Value[]): number[] {
  return values.reduce<number[]>((shape, next) => {
    const joined = broadcastShapes(shape, next.shape);
    if (!joined) throw new Error(`[${shape.join(', ')}] and [${next.shape.join(', ')}] do not broadcast`);
    return joined;
  }, []);
}

function compare(holds: (a: number, b: number) => boolean): Operator {
  return combine((a, b) => Number(holds(a, b)), 'bool');
}

/** Math.max and Math.min let a NaN through, as the ONNX operators do. */
const maximum = combine((a, b) => Math.max(a, b));
const minimum = combine((a, b) => Math.min(a, b));

function where(call: Call): Value {
  const [condition, x, y] = [call.input(0), call.input(1), call.input(2)];
  return generate(x.dtype, broadcast(condition, x, y), (index) =>
    broadcastAt(condition, index) === 0 ? broadcastAt(y, index) : broadcastAt(x, index),
  );
}

function clip(call: Call): Value {
  const x = call.input(0);
  const low = call.optional(1);
  const high = call.optional(2);
  return generate(x.dtype, x.shape, (index) => {
    const raised = Math.max(broadcastAt(x, index), low ? single(low) : -Infinity);
    return Math.min(raised, high ? single(high) : Infinity); // the upper bound wins when the bounds cross
  });
}

/** The slope broadcasts to x from the right ("unidirectional broadcasting"). */
function prelu(call: Call): Value {
  const [x, slope] = [call.input(0), call.input(1)];
  return generate(x.dtype, x.shape, (index) => {
    const element = broadcastAt(x, index);
    return element >= 0 ? element : element * broadcastAt(slope, index);
  });
}

function gelu(x: number, call: Call): number {
  if (call.text('approximate', 'none') === 'none') return 0.5 * x * (1 + erf(x / Math.SQRT2));
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** Remainder: sign of the divisor, or of the dividend with fmod = 1 (C fmod). */
function modulo(a: number, b: number, _: DType, call: Call): number {
  return call.int('fmod', 0) === 1 ? a % b : a - b * Math.floor(a / b);
}

function cumulativeSum(call: Call): Value {
  const x = call.input(0);
  const axis = axisOf(single(call.input(1)), x.shape.length);
  const exclusive = call.int('exclusive', 0) === 1;
  const reverse = call.int('reverse', 0) === 1;
  return generate(x.dtype, x.shape, (index) => {
    const here = index[axis]!;
    let sum = 0;
    for (let position = 0; position < x.shape[axis]!; position++) {
      const before = reverse ? position > here : position < here;
      if (before || (position === here && !exclusive)) {
        sum += broadcastAt(
          x,
          index.map((entry, dimension) => (dimension === axis ? position : entry)),
        );
      }
    }
    return sum;
  });
}

/** Operators of this family. */
export const ELEMENTWISE: OperatorTable = {
  Identity: map((x) => x),
  Abs: map(Math.abs),
  Neg: map((x) => -x),
  Sign: map(Math.sign),
  Ceil: map(Math.ceil),
  Floor: map(Math.floor),
  Round: map(roundHalfEven),
  Exp: map(Math.exp),
  Log: map(Math.log),
  Sqrt: map(Math.sqrt),
  Reciprocal: map((x) => 1 / x),
  Sin: map(Math.sin),
  Cos: map(Math.cos),
  Tan: map(Math.tan),
  Asin: map(Math.asin),
  Acos: map(Math.acos),
  Atan: map(Math.atan),
  Sinh: map(Math.sinh),
  Cosh: map(Math.cosh),
  Asinh: map(Math.asinh),
  Acosh: map(Math.acosh),
  Atanh: map(Math.atanh),
  Erf: map(erf),
  Relu: map((x) => Math.max(x, 0)),
  LeakyRelu: map((x, call) => (x < 0 ? call.float('alpha', 0.01) * x : x)),
  ThresholdedRelu: map((x, call) => (x > call.float('alpha', 1) ? x : 0)),
  Elu: map((x, call) => (x < 0 ? call.float('alpha', 1) * Math.expm1(x) : x)),
  Celu: map((x, call) => Math.max(0, x) + Math.min(0, call.float('alpha', 1) * Math.expm1(x / call.float('alpha', 1)))),
  Selu: map(
    (x, call) =>
      // Default constants: ONNX Selu-6.
      call.float('gamma', 1.05070102214813232421875) *
      (x <= 0 ? call.float('alpha', 1.67326319217681884765625) * Math.expm1(x) : x),
  ),
  Sigmoid: map(sigmoid),
  HardSigmoid: map((x, call) => Math.max(0, Math.min(1, call.float('alpha', 0.2) * x + call.float('beta', 0.5)))),
  HardSwish: map((x) => x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  Tanh: map(Math.tanh),
  Softplus: map(softplus),
  Softsign: map((x) => x / (1 + Math.abs(x))),
  Mish: map((x) => x * Math.tanh(softplus(x))),
  Gelu: map(gelu),
  PRelu: prelu,
  Clip: clip,
  Not: predicate((x) => x === 0),
  IsNaN: predicate(Number.isNaN),
  IsInf: predicate(
    (x, call) =>
      (x === Infinity && call.int('detect_positive', 1) === 1) ||
      (x === -Infinity && call.int('detect_negative', 1) === 1),
  ),
  Add: combine((a, b) => a + b),
  Sub: combine((a, b) => a - b),
  Mul: combine((a, b) => a * b),
  Div: combine((a, b, dtype) => (isFloat(dtype) ? a / b : Math.trunc(a / b))),
  Mod: combine(modulo),
  Pow: combine((a, b) => a ** b),
  Sum: combine((a, b) => a + b),
  Max: maximum,
  Min: minimum,
  Mean: (call) => {
    const total = call.inputs
      .map((_, index) => call.input(index))
      .reduce((a, b) => binary(a, b, (x, y) => x + y, call));
    return generate(total.dtype, total.shape, (index) => broadcastAt(total, index) / call.inputs.length);
  },
  Equal: compare((a, b) => a === b),
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  And: compare((a, b) => a !== 0 && b !== 0),
  Or: compare((a, b) => a !== 0 || b !== 0),
  Xor: compare((a, b) => (a !== 0) !== (b !== 0)),
  Where: where,
  CumSum: cumulativeSum,
};
