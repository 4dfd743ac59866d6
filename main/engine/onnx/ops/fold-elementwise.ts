/** Folding of small tensors through element-wise ops, as exporters' shape computations need it. */
import { sizeOf, stridesOf } from '../../tensor/shape.ts';
import type { DType, Tensor } from '../../tensor/tensor.ts';
import { allocate, toNumbers } from '../../tensor/tensor.ts';
import type { NodeContext } from './context.ts';
import { ELEMENT_TYPE_CODES } from './element-types.ts';
import type { FoldRule, Shape } from './spec.ts';

/**
 * A tensor from numbers: integer types truncate towards zero, bool keeps whether the value differs from 0.
 * Undefined when a value does not exist in the type (a division by zero in integers).
 */
export function tensorOf(dtype: DType, shape: Shape, values: readonly number[]): Tensor | undefined {
  const data = allocate(dtype, sizeOf(shape));
  const integral = dtype !== 'bool' && !dtype.startsWith('float');
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (integral && !Number.isFinite(value)) return undefined;
    if (data instanceof BigInt64Array) data[index] = saturated(value);
    else if (data instanceof BigUint64Array) data[index] = BigInt(Math.trunc(value));
    else data[index] = dtype === 'bool' ? Number(value !== 0) : integral ? Math.trunc(value) : value;
  }
  return { dtype, shape, data } as Tensor;
}

/** As int64; 2^63 - 1, the usual "to the end" of Slice, becomes 2^63 as a number and must not wrap. */
function saturated(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return value <= -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(value));
}

/** For each element of `shape`, the flat index of the broadcast operand's element. */
export function broadcastIndices(from: Shape, shape: Shape): number[] {
  const strides = stridesOf(from);
  const offset = shape.length - from.length;
  const size = sizeOf(shape);
  const target = stridesOf(shape);
  return Array.from({ length: size }, (_, flat) => {
    let index = 0;
    for (let axis = 0; axis < from.length; axis++) {
      if (from[axis] === 1) continue;
      index += (Math.floor(flat / target[axis + offset]!) % shape[axis + offset]!) * strides[axis]!;
    }
    return index;
  });
}

/** Operands stretched to the output shape, or undefined when one is unknown. */
function operands(context: NodeContext, shape: Shape): number[][] | undefined {
  const result: number[][] = [];
  for (const input of context.inputs) {
    if (!input?.constant) return undefined;
    const values = toNumbers(input.constant);
    result.push(broadcastIndices(input.shape, shape).map((index) => values[index]!));
  }
  return result;
}

function one(value: Tensor | undefined): readonly Tensor[] | undefined {
  return value && [value];
}

/** One number to one number. */
export function foldUnary(compute: (x: number) => number): FoldRule {
  return (context) => {
    const constant = context.constant(0);
    return constant && one(tensorOf(constant.dtype, constant.shape, toNumbers(constant).map(compute)));
  };
}

/** Two numbers to one; the result has the first operand's type. */
export function foldBinary(compute: (a: number, b: number, context: NodeContext) => number): FoldRule {
  return (context, [shape]) => {
    const values = operands(context, shape!);
    if (!values) return undefined;
    const [a, b] = values as [number[], number[]];
    return one(
      tensorOf(
        context.dtype(0),
        shape!,
        a.map((x, index) => compute(x, b[index]!, context)),
      ),
    );
  };
}

/** Any number of operands, combined from the left. */
export function foldNary(combine: (a: number, b: number) => number): FoldRule {
  return (context, [shape]) => {
    const values = operands(context, shape!);
    if (!values) return undefined;
    const combined = values.reduce((left, right) => left.map((x, index) => combine(x, right[index]!)));
    return one(tensorOf(context.dtype(0), shape!, combined));
  };
}

/** Comparison of two operands. */
export function foldCompare(test: (a: number, b: number) => boolean): FoldRule {
  return (context, [shape]) => {
    const values = operands(context, shape!);
    if (!values) return undefined;
    const [a, b] = values as [number[], number[]];
    return one(
      tensorOf(
        'bool',
        shape!,
        a.map((x, index) => Number(test(x, b[index]!))),
      ),
    );
  };
}

/** Two truth values to one. */
export function foldLogic(test: (a: boolean, b: boolean) => boolean): FoldRule {
  return foldCompare((a, b) => test(a !== 0, b !== 0));
}

/** Negation of truth values. */
export function foldNot(context: NodeContext): readonly Tensor[] | undefined {
  const constant = context.constant(0);
  return (
    constant &&
    one(
      tensorOf(
        'bool',
        constant.shape,
        toNumbers(constant).map((x) => Number(x === 0)),
      ),
    )
  );
}

/** The value itself. */
export function foldIdentity(context: NodeContext): readonly Tensor[] | undefined {
  return one(context.constant(0));
}

/** Cast and CastLike. */
export function foldCast(context: NodeContext): readonly Tensor[] | undefined {
  const constant = context.constant(0);
  if (!constant) return undefined;
  const code = context.node.op === 'Cast' ? context.int('to') : ELEMENT_TYPE_CODES[context.dtype(1)];
  const dtype = (Object.keys(ELEMENT_TYPE_CODES) as DType[]).find((name) => ELEMENT_TYPE_CODES[name] === code);
  return dtype && one(tensorOf(dtype, constant.shape, toNumbers(constant)));
}

/** Choice between two operands. */
export function foldWhere(context: NodeContext, [shape]: readonly Shape[]): readonly Tensor[] | undefined {
  const values = operands(context, shape!);
  if (!values) return undefined;
  const [condition, a, b] = values as [number[], number[], number[]];
  return one(
    tensorOf(
      context.dtype(1),
      shape!,
      condition.map((test, index) => (test !== 0 ? a[index]! : b[index]!)),
    ),
  );
}
