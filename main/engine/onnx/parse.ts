/** Bytes -> ModelProto, and what to say when they are not one. */
import { fromBinary } from '@bufbuild/protobuf';
import { EngineError } from '../errors.ts';
import { MODEL_SIZE_BYTES } from './limits.ts';
import { ModelProtoSchema } from './proto/onnx_pb.js';
import type { ModelProto } from './proto/onnx_pb.js';

/**
 * Parses the protobuf message; the graph is known to be there.
 * @throws EngineError 'model-unreadable', 'model-too-large'
 */
export function parseModel(bytes: Uint8Array, file?: string): ModelProto {
  if (bytes.byteLength > MODEL_SIZE_BYTES) {
    throw new EngineError(
      'model-too-large',
      `${nameFile(file)} is larger than 2 GiB, the limit of the ONNX file format.`,
    );
  }
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    // The protobuf reader throws plain errors; all of them mean that the bytes are not this message.
    throw unreadable(bytes, file, error);
  }
  if (!model.graph) throw unreadable(bytes, file, undefined);
  return model;
}

/** First bytes of files that people mistake for ONNX. */
const LOOKALIKES: readonly { readonly offset: number; readonly text: string; readonly what: string }[] = [
  { offset: 0, text: 'PK\x03\x04', what: 'a ZIP archive, perhaps a PyTorch .pt or a Keras .keras file' },
  { offset: 0, text: '\x89HDF', what: 'an HDF5 file, perhaps Keras .h5' },
  { offset: 4, text: 'TFL3', what: 'a TensorFlow Lite model' },
  { offset: 4, text: 'ORTM', what: 'an ORT-format model' },
  { offset: 0, text: 'version https://git-lfs', what: 'a Git LFS pointer; fetch the file itself with "git lfs pull"' },
];

function unreadable(bytes: Uint8Array, file: string | undefined, cause: unknown): EngineError {
  const match = LOOKALIKES.find(({ offset, text }) =>
    [...text].every((character, index) => bytes[offset + index] === character.charCodeAt(0)),
  );
  const reason = cause instanceof Error ? cause.message : 'it holds no graph';
  const advice = match ? `It looks like ${match.what}.` : 'It is not an ONNX model, or it is damaged or cut off.';
  return new EngineError(
    'model-unreadable',
    `${nameFile(file)} cannot be read as an ONNX model (${bytes.byteLength} bytes; ${reason}). ${advice} Choose the .onnx file your training tool exported.`,
    file === undefined ? {} : { file },
    { cause },
  );
}

/** How a file is called at the start of a sentence. */
export function nameFile(file: string | undefined): string {
  return file === undefined ? 'The file' : `"${file}"`;
}
