/** What the reference operators compute with: every value as float64 numbers plus its ONNX element type. */
import type { Attribute, Node } from '../../../main/engine/onnx/graph.ts';
import { allocate, tensor } from '../../../main/engine/tensor/tensor.ts';
import type { DType, Tensor } from '../../../main/engine/tensor/tensor.ts';
import { sizeOf, stridesOf } from '../../../main/engine/tensor/shape.ts';

/**
 * An array during evaluation. All floating types become 'float64' (no rounding anywhere, so that numeric derivatives
 * are clean); integers and booleans keep their type but are held as numbers, exact below 2^53.
 */
export interface Value {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly data: Float64Array;
}

/** One operator application, its optional inputs and attributes at hand. */
export interface Call {
  readonly node: Node;
  /** Inputs in order; undefined where omitted. */
  readonly inputs: readonly (Value | undefined)[];
  /** A required input. */
  input(index: number): Value;
  /** An optional input. */
  optional(index: number): Value | undefined;
  int(name: string, fallback: number): number;
  float(name: string, fallback: number): number;
  text(name: string, fallback: string): string;
  /** undefined when absent. */
  ints(name: string): readonly number[] | undefined;
  floats(name: string): readonly number[] | undefined;
  tensorAttribute(name: string): Tensor | undefined;
}

/** Computes all outputs of a node. */
export type Operator = (call: Call) => Value | readonly (Value | undefined)[];

/** Operators of one family by ONNX name. */
export type OperatorTable = Readonly<Record<string, Operator>>;

/** Makes a value; `data.length` must fill `shape`. */
export function value(dtype: DType, shape: readonly number[], data: Float64Array): Value {
  if (data.length !== sizeOf(shape)) throw new Error(`${data.length} elements do not fill [${shape.join(', ')}]`);
  return { dtype: isFloat(dtype) ? 'float64' : dtype, shape, strides: stridesOf(shape), data };
}

/** True for the floating element types. */
export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16';
}

/** Reads a tensor of any type. */
export function fromTensor(source: Tensor): Value {
  return value(source.dtype, source.shape, Float64Array.from(source.data as ArrayLike<number | bigint>, Number));
}

/** Writes a value as a tensor: floats as float64, the rest in their own storage. */
export function toTensor(source: Value): Tensor {
  if (source.dtype === 'float64') return tensor('float64', source.shape, Float64Array.from(source.data));
  const storage = allocate(source.dtype, source.data.length);
  source.data.forEach((number, index) => {
    storage[index] = storage instanceof BigInt64Array || storage instanceof BigUint64Array ? BigInt(number) : number;
  });
  return tensor(source.dtype, source.shape, storage);
}

/** Calls `visit` for every index of `shape` in row-major order; the index array is reused. */
export function forEachIndex(shape: readonly number[], visit: (index: readonly number[], flat: number) => void): void {
  const size = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let flat = 0; flat < size; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** A value given element by element as a function of the index. */
export function generate(dtype: DType, shape: readonly number[], element: (index: readonly number[]) => number): Value {
  const data = new Float64Array(sizeOf(shape));
  forEachIndex(shape, (index, flat) => {
    data[flat] = element(index);
  });
  return value(dtype, shape, data);
}

/** The element at an index of full rank. */
export function at(source: Value, index: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < index.length; axis++) offset += index[axis]! * source.strides[axis]!;
  return source.data[offset]!;
}

/** The element that an output index reads after broadcasting: missing leading axes and axes of 1 stand still. */
export function broadcastAt(source: Value, index: readonly number[]): number {
  const skip = index.length - source.shape.length;
  let offset = 0;
  for (let axis = 0; axis < source.shape.length; axis++) {
    if (source.shape[axis] !== 1) offset += index[axis + skip]! * source.strides[axis]!;
  }
  return source.data[offset]!;
}

/** The elements as an array of numbers (axes, sizes, pads). */
export function numbers(source: Value): number[] {
  return Array.from(source.data);
}

/** The only element of a scalar or one-element value. */
export function single(source: Value): number {
  if (source.data.length !== 1) throw new Error(`expected one element, found shape [${source.shape.join(', ')}]`);
  return source.data[0]!;
}

/** A copy of `list` with one entry replaced. */
export function withEntry(list: readonly number[], position: number, entry: number): number[] {
  const copy = [...list];
  copy[position] = entry;
  return copy;
}

/** Non-negative axis. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Wraps a node and its inputs. */
export function makeCall(node: Node, inputs: readonly (Value | undefined)[]): Call {
  function read(name: string, type: Attribute['type']): unknown {
    const found = node.attributes[name];
    if (!found) return undefined;
    if (found.type !== type) throw new Error(`attribute ${name} of ${node.op} is ${found.type}, expected ${type}`);
    return found.value;
  }
  return {
    node,
    inputs,
    input(index) {
      const found = inputs[index];
      if (!found) throw new Error(`${node.op} "${node.name}" lacks input ${index}`);
      return found;
    },
    optional: (index) => inputs[index],
    int: (name, fallback) => (read(name, 'int') as number | undefined) ?? fallback,
    float: (name, fallback) => (read(name, 'float') as number | undefined) ?? fallback,
    text: (name, fallback) => (read(name, 'string') as string | undefined) ?? fallback,
    ints: (name) => read(name, 'ints') as readonly number[] | undefined,
    floats: (name) => read(name, 'floats') as readonly number[] | undefined,
    tensorAttribute: (name) => read(name, 'tensor') as Tensor | undefined,
  };
}
