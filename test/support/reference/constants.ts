/** Reference operators that make values from shapes and attributes, and casts between element types. */
import { fromTensor, generate, isFloat, numbers, single, toTensor, value } from './value.ts';
import type { Call, OperatorTable, Value } from './value.ts';
import type { DType } from '../../../main/engine/tensor/tensor.ts';

/** onnx.proto TensorProto.DataType. */
const DATA_TYPES: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
};

function list(dtype: DType, shape: readonly number[], elements: readonly number[]): Value {
  return value(dtype, shape, Float64Array.from(elements));
}

function constant(call: Call): Value {
  const tensor = call.tensorAttribute('value');
  if (tensor) return fromTensor(tensor);
  const attributes = call.node.attributes;
  if ('value_float' in attributes) return list('float32', [], [call.float('value_float', 0)]);
  if ('value_int' in attributes) return list('int64', [], [call.int('value_int', 0)]);
  const floats = call.floats('value_floats');
  if (floats) return list('float32', [floats.length], floats);
  const ints = call.ints('value_ints');
  if (ints) return list('int64', [ints.length], ints);
  throw new Error(`Constant "${call.node.name}" has no numeric value`);
}

function constantOfShape(call: Call): Value {
  const filler = call.tensorAttribute('value');
  const fill = filler ? fromTensor(filler) : list('float32', [1], [0]);
  return generate(fill.dtype, numbers(call.input(0)), () => single(fill));
}

function range(call: Call): Value {
  const [start, limit, step] = [single(call.input(0)), single(call.input(1)), single(call.input(2))];
  const count = Math.max(Math.ceil((limit - start) / step), 0);
  return generate(call.input(0).dtype, [count], ([position]) => start + position! * step);
}

/** Slices the shape with start and end (opset 15). */
function shapeOperator(call: Call): Value {
  const { shape } = call.input(0);
  const picked = shape.slice(call.int('start', 0), call.int('end', shape.length));
  return list('int64', [picked.length], picked);
}

/** Floats to integers truncate; anything but zero is true; integers wrap in their storage. */
function cast(x: Value, dtype: DType): Value {
  if (isFloat(dtype)) return value(dtype, x.shape, x.data);
  if (dtype === 'bool')
    return value(
      dtype,
      x.shape,
      x.data.map((element) => Number(element !== 0)),
    );
  return fromTensor(toTensor(value(dtype, x.shape, x.data.map(Math.trunc))));
}

/** Ones on the k-th diagonal of a matrix of the input's shape. */
function eyeLike(call: Call): Value {
  const x = call.input(0);
  const dtype = DATA_TYPES[call.int('dtype', 0)] ?? x.dtype;
  return generate(dtype, x.shape, ([row = 0, column = 0]) => Number(column - row === call.int('k', 0)));
}

/** Operators of this family. */
export const CONSTANTS: OperatorTable = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  Shape: shapeOperator,
  Size: (call) => list('int64', [], [call.input(0).data.length]),
  Cast: (call) => cast(call.input(0), DATA_TYPES[call.int('to', 1)]!),
  CastLike: (call) => cast(call.input(0), call.input(1).dtype),
  EyeLike: eyeLike,
};
