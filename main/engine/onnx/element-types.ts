/** ONNX element type numbers <-> the engine's dtypes, and names for the ones that are refused. */
import type { DType } from '../tensor/tensor.ts';
import { ELEMENT_TYPE_CODES } from './ops/element-types.ts';
import { TensorProto_DataType as Code } from './proto/onnx_pb.js';

const DTYPES: ReadonlyMap<number, DType> = new Map<number, DType>([
  ...Object.entries(ELEMENT_TYPE_CODES).map(([dtype, code]) => [code, dtype as DType] as const),
  // The engine has no bfloat16 storage; every bfloat16 number is a float32 number, so nothing is lost.
  [Code.BFLOAT16, 'float32'],
]);

/** Number of an element type in TensorProto.DataType. */
export function codeOfDType(dtype: DType): number {
  return ELEMENT_TYPE_CODES[dtype];
}

/** Element type of a TensorProto.DataType number, bfloat16 as float32; undefined when the engine has none. */
export function dtypeOfCode(code: number): DType | undefined {
  return DTYPES.get(code);
}

/** The ONNX name of an element type number, for messages. */
export function nameOfCode(code: number): string {
  return (Code as Readonly<Record<number, string>>)[code]?.toLowerCase() ?? `number ${code}`;
}
