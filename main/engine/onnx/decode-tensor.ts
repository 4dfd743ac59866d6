/** TensorProto -> Tensor: raw, typed or external data, sizes checked before anything is allocated. */
import { EngineError } from '../errors.ts';
import { sizeOf } from '../tensor/shape.ts';
import { allocate, BYTES_PER_ELEMENT, tensor } from '../tensor/tensor.ts';
import type { DataOf, DType, Tensor } from '../tensor/tensor.ts';
import { dtypeOfCode, nameOfCode } from './element-types.ts';
import { externalReferenceOf } from './external-data.ts';
import type { ReadExternal } from './external-data.ts';
import { ELEMENT_COUNT, RANK } from './limits.ts';
import { quote } from './messages.ts';
import { TensorProto_DataLocation, TensorProto_DataType as Code } from './proto/onnx_pb.js';
import type { TensorProto } from './proto/onnx_pb.js';

/**
 * Decodes one tensor; a view of the message's bytes where their alignment allows, else a copy.
 * @param label how to call it in messages, for example 'Initializer "fc.weight"'
 * @throws EngineError 'model-invalid', 'model-unsupported', 'model-too-large', 'external-data'
 */
export function decodeTensor(proto: TensorProto, label: string, readExternal: ReadExternal | undefined): Tensor {
  const code = proto.dataType ?? Code.UNDEFINED;
  const dtype = dtypeOfCode(code);
  if (dtype === undefined) {
    throw new EngineError(
      'model-unsupported',
      `${label} holds elements of type ${nameOfCode(code)}, which Vislex does not read. Export the model with float32, float16 or 8-bit integer weights.`,
      { tensor: proto.name, found: nameOfCode(code) },
    );
  }
  if (proto.segment) throw invalid(proto, `${label} is stored in segments, which no exporter writes. Export it again.`);
  const shape = shapeOf(proto, label);
  const length = sizeOf(shape);
  const raw = rawBytesOf(proto, label, readExternal);
  if (raw !== undefined) {
    const elementBytes = code === Code.BFLOAT16 ? 2 : BYTES_PER_ELEMENT[dtype];
    if (raw.byteLength !== length * elementBytes) {
      throw invalid(
        proto,
        `${label} of shape [${shape.join(', ')}] needs ${length * elementBytes} bytes but has ${raw.byteLength}. The file is damaged: copy or export it again.`,
      );
    }
    return fromRaw(code, dtype, shape, raw, length);
  }
  const values = typedValuesOf(proto, code);
  if (values.length !== length) {
    throw invalid(
      proto,
      `${label} of shape [${shape.join(', ')}] needs ${length} elements but has ${values.length}. The file is damaged: copy or export it again.`,
    );
  }
  return fromTyped(code, dtype, shape, values);
}

/** Axes as numbers, capped. */
function shapeOf(proto: TensorProto, label: string): number[] {
  if (proto.dims.length > RANK) {
    throw new EngineError('model-too-large', `${label} has ${proto.dims.length} axes; at most ${RANK} are read.`, {
      tensor: proto.name,
    });
  }
  const shape = proto.dims.map(Number);
  if (shape.some((axis) => axis < 0)) {
    throw invalid(proto, `${label} has a negative axis in its shape [${shape.join(', ')}]. The file is damaged.`);
  }
  // A zero axis must not hide an absurd one: onnxruntime multiplies them too.
  const size = shape.reduce((product, axis) => product * Math.max(axis, 1), 1);
  if (size > ELEMENT_COUNT) {
    throw new EngineError(
      'model-too-large',
      `${label} has shape [${shape.join(', ')}], more than ${ELEMENT_COUNT} elements. The file is damaged, or no image classifier.`,
      { tensor: proto.name },
    );
  }
  return shape;
}

/** The tensor's bytes when it is stored as bytes; undefined when it is stored in a typed field. */
function rawBytesOf(proto: TensorProto, label: string, readExternal: ReadExternal | undefined): Uint8Array | undefined {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    const reference = externalReferenceOf(proto);
    if (readExternal === undefined) {
      throw new EngineError(
        'external-data',
        `${label} is stored in the file ${quote(reference.location)} beside the model. Open the model by its path, with that file in the same folder.`,
        { tensor: proto.name, file: reference.location },
      );
    }
    return readExternal(reference.location, reference.offset, reference.length);
  }
  return proto.rawData.length > 0 ? proto.rawData : undefined;
}

/** Little-endian bytes as storage. */
function fromRaw(code: number, dtype: DType, shape: readonly number[], raw: Uint8Array, length: number): Tensor {
  if (code === Code.BFLOAT16) return widenBfloat16(shape, new Uint16Array(copyOf(raw).buffer));
  // uint8 as 0 or 1 is the engine's promise for bool; ONNX only says "non-zero is true" in practice.
  if (dtype === 'bool')
    return tensor(
      'bool',
      shape,
      Uint8Array.from(raw, (byte) => (byte === 0 ? 0 : 1)),
    );
  const aligned = raw.byteOffset % BYTES_PER_ELEMENT[dtype] === 0 ? raw : copyOf(raw);
  const Storage = allocate(dtype, 0).constructor as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => DataOf[DType];
  return tensor(dtype, shape, new Storage(aligned.buffer, aligned.byteOffset, length));
}

/** A copy at offset 0 of its own buffer; `slice` does not promise that, Node's Buffer answers it with a view. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** The typed field that the format prescribes for an element type. */
function typedValuesOf(proto: TensorProto, code: number): readonly (number | bigint)[] {
  switch (code) {
    case Code.FLOAT:
      return proto.floatData;
    case Code.DOUBLE:
      return proto.doubleData;
    case Code.INT64:
      return proto.int64Data;
    case Code.UINT32:
    case Code.UINT64:
      return proto.uint64Data;
    default:
      return proto.int32Data;
  }
}

/** Elements of a typed field as storage; 16-bit floats are stored there as their bits. */
function fromTyped(code: number, dtype: DType, shape: readonly number[], values: readonly (number | bigint)[]): Tensor {
  if (code === Code.BFLOAT16) return widenBfloat16(shape, Uint16Array.from(values, Number));
  if (dtype === 'float16') {
    return tensor('float16', shape, new Float16Array(Uint16Array.from(values, Number).buffer));
  }
  if (dtype === 'bool')
    return tensor(
      'bool',
      shape,
      Uint8Array.from(values, (value) => (value ? 1 : 0)),
    );
  if (dtype === 'int64') return tensor('int64', shape, BigInt64Array.from(values as readonly bigint[]));
  if (dtype === 'uint64') return tensor('uint64', shape, BigUint64Array.from(values as readonly bigint[]));
  const data = allocate(dtype, values.length) as Float32Array;
  for (let index = 0; index < values.length; index++) data[index] = Number(values[index]);
  return tensor(dtype, shape, data);
}

/** bfloat16 is the upper half of a float32. */
function widenBfloat16(shape: readonly number[], halves: Uint16Array): Tensor<'float32'> {
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index]! << 16;
  return tensor('float32', shape, new Float32Array(bits.buffer));
}

function invalid(proto: TensorProto, message: string): EngineError {
  return new EngineError('model-invalid', message, { tensor: proto.name });
}
