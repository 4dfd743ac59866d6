/** The one array type of the engine: flat data, a shape and an ONNX element type. */
import { InvariantError } from '../errors.ts';
import { sizeOf } from './shape.ts';

/** Element types the engine computes with, by their ONNX names. */
export type DType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool';

/** The typed array that stores each element type; bool is one byte per element, 0 or 1. */
export interface DataOf {
  float32: Float32Array;
  float64: Float64Array;
  float16: Float16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
}

/** A dense array in row-major order. `data.length` equals the product of `shape`. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: DataOf[D];
}

/** Bytes of one element. */
export const BYTES_PER_ELEMENT = {
  float32: 4,
  float64: 8,
  float16: 2,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  bool: 1,
} as const satisfies Record<DType, number>;

const CONSTRUCTORS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Float16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>;

/**
 * Wraps storage as a tensor.
 * @param dtype element type
 * @param shape axes, every one >= 0; [] is a scalar
 * @param data storage of the matching kind and length
 * @throws InvariantError when length and shape differ
 */
export function tensor<D extends DType>(dtype: D, shape: readonly number[], data: DataOf[D]): Tensor<D> {
  if (data.length !== sizeOf(shape)) {
    throw new InvariantError(`tensor: ${data.length} elements do not fill shape [${shape.join(', ')}]`);
  }
  return { dtype, shape, data };
}

/** A tensor of zeros. */
export function zeros<D extends DType>(dtype: D, shape: readonly number[]): Tensor<D> {
  return tensor(dtype, shape, allocate(dtype, sizeOf(shape)));
}

/** Uninitialised-to-zero storage for `length` elements of `dtype`. */
export function allocate<D extends DType>(dtype: D, length: number): DataOf[D] {
  return new CONSTRUCTORS[dtype](length) as DataOf[D];
}

/** A float32 tensor from numbers. */
export function float32(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor<'float32'> {
  return tensor('float32', shape, values instanceof Float32Array ? values : Float32Array.from(values));
}

/** An int64 tensor from safe integers. */
export function int64(values: readonly number[], shape: readonly number[] = [values.length]): Tensor<'int64'> {
  return tensor('int64', shape, BigInt64Array.from(values, BigInt));
}

/** A float32 scalar, shape []. */
export function scalar(value: number): Tensor<'float32'> {
  return float32([value], []);
}

/** Elements as plain numbers (int64 beyond 2^53 loses precision). */
export function toNumbers(value: Tensor): number[] {
  return Array.from(value.data as ArrayLike<number | bigint>, Number);
}
