/** Element type codes of TensorProto.DataType that attributes such as Cast's "to" carry. */
import type { DType } from '../../tensor/tensor.ts';
import type { NodeContext } from './context.ts';

/** Code of each element type (onnx.proto3, TensorProto.DataType). */
export const ELEMENT_TYPE_CODES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const satisfies Record<DType, number>;

const DTYPES_BY_CODE: ReadonlyMap<number, DType> = new Map(
  Object.entries(ELEMENT_TYPE_CODES).map(([dtype, code]) => [code, dtype as DType]),
);

/**
 * Element type of a code.
 * @throws EngineError 'model-unsupported' for types the engine does not compute with (strings, complex, bfloat16, float8)
 */
export function dtypeOfCode(context: NodeContext, code: number): DType {
  const dtype = DTYPES_BY_CODE.get(code);
  if (!dtype) throw context.unsupported('a supported element type', `TensorProto.DataType ${code}`);
  return dtype;
}
