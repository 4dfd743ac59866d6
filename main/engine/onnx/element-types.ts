/** ONNX element type numbers <-> the engine's dtypes, and names for the ones that are refused. */
import type { DType } from '../tensor/tensor.ts';
import { TensorProto_DataType as Code } from './proto/onnx_pb.js';

const CODES = {
  float32: Code.FLOAT,
  float64: Code.DOUBLE,
  float16: Code.FLOAT16,
  int8: Code.INT8,
  uint8: Code.UINT8,
  int16: Code.INT16,
  uint16: Code.UINT16,
  int32: Code.INT32,
  uint32: Code.UINT32,
  int64: Code.INT64,
  uint64: Code.UINT64,
  bool: Code.BOOL,
} as const satisfies Record<DType, Code>;

const DTYPES: ReadonlyMap<number, DType> = new Map([
  ...Object.entries(CODES).map(([dtype, code]) => [code, dtype as DType] as const),
  // The engine has no bfloat16 storage; every bfloat16 number is a float32 number, so nothing is lost.
  [Code.BFLOAT16, 'float32'],
]);

/** Number of an element type in TensorProto.DataType. */
export function codeOfDType(dtype: DType): number {
  return CODES[dtype];
}

/** Element type of a TensorProto.DataType number, bfloat16 as float32; undefined when the engine has none. */
export function dtypeOfCode(code: number): DType | undefined {
  return DTYPES.get(code);
}

/** The ONNX name of an element type number, for messages. */
export function nameOfCode(code: number): string {
  return (Code as Readonly<Record<number, string>>)[code]?.toLowerCase() ?? `number ${code}`;
}
