/** Ops that make shapes and constants: Shape, Size, Constant, ConstantOfShape, Range. */
import { sizeOf } from '../../tensor/shape.ts';
import type { DType, Tensor } from '../../tensor/tensor.ts';
import { float32, int64, toNumbers } from '../../tensor/tensor.ts';
import type { NodeContext } from './context.ts';
import { shapeText } from './context.ts';
import { tensorOf } from './fold-elementwise.ts';
import type { OpSpec, Shape } from './spec.ts';
import { ALL } from './spec.ts';

/** Axes start..end of the input's shape, clamped (Shape since opset 15). */
function shapeSlice(context: NodeContext): number[] {
  const rank = context.rank();
  const clamp = (axis: number): number => Math.min(Math.max(axis < 0 ? axis + rank : axis, 0), rank);
  return context.shape().slice(clamp(context.int('start')), clamp(context.attribute('end', 'int') ?? rank));
}

/** The one value attribute of a Constant. */
function constantValue(context: NodeContext): Tensor {
  const { attributes } = context.node;
  const names = Object.keys(attributes);
  context.require(names.length === 1, 'exactly one value attribute', names.join(', ') || 'none');
  const attribute = attributes[names[0]!]!;
  switch (attribute.type) {
    case 'tensor':
      return attribute.value;
    case 'int':
      return int64([attribute.value], []);
    case 'ints':
      return int64(attribute.value);
    case 'float':
      return float32([attribute.value], []);
    case 'floats':
      return float32(attribute.value);
    default:
      throw context.unsupported('a numeric constant', attribute.type);
  }
}

function filledShape(context: NodeContext): Shape[] {
  context.require(context.rank() === 1, 'a list of axis sizes', shapeText(context.shape()));
  return [context.shape()[0] === 0 ? [] : context.numbers(0, 'axis sizes')];
}

/** The value of ConstantOfShape: one element, float32 zero by default. */
function fillValue(context: NodeContext): Tensor {
  const value = context.attribute('value', 'tensor') ?? float32([0]);
  context.require(value.data.length === 1, 'a value with one element', shapeText(value.shape));
  return value;
}

function range(context: NodeContext): readonly [start: number, count: number, step: number] {
  const numbers = [0, 1, 2].map((index) => context.numbers(index, 'range limits')[0] ?? 0);
  const [start, limit, step] = numbers as [number, number, number];
  context.require(step !== 0, 'a step other than 0', '0');
  return [start, Math.max(Math.ceil((limit - start) / step), 0), step];
}

/** Values that are known as soon as shapes are. */
export const SHAPE_COMPUTATION = {
  Shape: {
    inputs: ['T'],
    outputs: ['int64'],
    types: { T: ALL },
    attributes: { start: { type: 'int', default: 0 }, end: { type: 'int' } },
    shape: (context) => [[shapeSlice(context).length]],
    fold: (context) => [int64(shapeSlice(context))],
  },
  Size: {
    inputs: ['T'],
    outputs: ['int64'],
    types: { T: ALL },
    attributes: {},
    shape: () => [[]],
    fold: (context) => [int64([sizeOf(context.shape())], [])],
  },
  Constant: {
    inputs: [],
    outputs: ['='],
    types: {},
    attributes: {
      value: { type: 'tensor' },
      value_int: { type: 'int' },
      value_ints: { type: 'ints' },
      value_float: { type: 'float' },
      value_floats: { type: 'floats' },
    },
    shape: (context) => [constantValue(context).shape],
    outputType: (context): DType => constantValue(context).dtype,
    fold: (context) => [constantValue(context)],
    foldsInPlace: true,
  },
  ConstantOfShape: {
    inputs: ['int64'],
    outputs: ['='],
    types: {},
    attributes: { value: { type: 'tensor' } },
    shape: filledShape,
    outputType: (context): DType => fillValue(context).dtype,
    fold: (context, [shape]) => {
      const value = fillValue(context);
      const filled = tensorOf(value.dtype, shape!, new Array<number>(sizeOf(shape!)).fill(toNumbers(value)[0]!));
      return filled && [filled];
    },
  },
  Range: {
    inputs: ['T', 'T', 'T'],
    outputs: ['T'],
    types: { T: ['float32', 'float64', 'int16', 'int32', 'int64'] },
    attributes: {},
    shape: (context) => [[range(context)[1]]],
    fold: (context, [shape]) => {
      const [start, count, step] = range(context);
      const values = Array.from({ length: count }, (_, index) => start + index * step);
      const made = tensorOf(context.dtype(), shape!, values);
      return made && [made];
    },
  },
} as const satisfies Record<string, OpSpec>;
