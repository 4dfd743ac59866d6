/** Tensors stored beside the model file: where they are, and how to bring them into it. */
import { toBinary } from '@bufbuild/protobuf';
import { EngineError } from '../errors.ts';
import { MODEL_SIZE_BYTES } from './limits.ts';
import { quote } from './messages.ts';
import { parseModel } from './parse.ts';
import { ModelProtoSchema, TensorProto_DataLocation } from './proto/onnx_pb.js';
import type { GraphProto, ModelProto, TensorProto } from './proto/onnx_pb.js';

/**
 * Reads part of an external data file.
 * @param location path as the model states it: relative to the model's folder, '/' between folders
 * @param offset first byte
 * @param length bytes to read; undefined reads to the end
 * @throws EngineError 'external-data' when the location escapes, is missing or too short
 */
export type ReadExternal = (location: string, offset: number, length: number | undefined) => Uint8Array;

/** Where one tensor's bytes are. */
export interface ExternalReference {
  readonly tensor: string;
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/** Lists the external data a model refers to, initialisers and tensor attributes alike; [] when it is self-contained. */
export function listExternalData(bytes: Uint8Array): ExternalReference[] {
  return externalTensorsOf(parseModel(bytes)).map(externalReferenceOf);
}

/**
 * The same model with its external data inside, so that it runs from memory. Returns `bytes` when there is none.
 * @throws EngineError 'external-data', 'model-too-large' beyond 2 GiB (the limit of protobuf)
 */
export function embedExternalData(bytes: Uint8Array, readExternal: ReadExternal): Uint8Array {
  const model = parseModel(bytes);
  const tensors = externalTensorsOf(model);
  if (tensors.length === 0) return bytes;
  let total = bytes.byteLength;
  for (const tensor of tensors) {
    const reference = externalReferenceOf(tensor);
    tensor.rawData = readExternal(reference.location, reference.offset, reference.length);
    total += tensor.rawData.length;
    if (total > MODEL_SIZE_BYTES) {
      throw new EngineError(
        'model-too-large',
        `With its external data (${quote(reference.location)} and others) the model is larger than 2 GiB, more than one file may hold. Vislex is made for image classifiers below that.`,
        { file: reference.location },
      );
    }
    tensor.externalData = [];
    tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
  }
  return toBinary(ModelProtoSchema, model);
}

/**
 * What a tensor says about its external data.
 * @throws EngineError 'external-data' when the location is missing or a number is none
 */
export function externalReferenceOf(tensor: TensorProto): ExternalReference {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  if (location === '') throw broken(tensor, 'names no file');
  return {
    tensor: tensor.name,
    location,
    offset: byteCount(tensor, 'offset', entries.get('offset')) ?? 0,
    length: byteCount(tensor, 'length', entries.get('length')),
  };
}

function byteCount(tensor: TensorProto, key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw broken(tensor, `has the ${key} ${quote(text)}`);
  return value;
}

function broken(tensor: TensorProto, what: string): EngineError {
  return new EngineError(
    'external-data',
    `The external data of tensor ${quote(tensor.name)} ${what}. The file is damaged: export the model again.`,
    { tensor: tensor.name },
  );
}

function externalTensorsOf(model: ModelProto): TensorProto[] {
  return [...tensorsOf(model.graph!)].filter((tensor) => tensor.dataLocation === TensorProto_DataLocation.EXTERNAL);
}

/** All tensors of a graph and its sub-graphs. */
function* tensorsOf(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  for (const node of graph.node) {
    for (const attribute of node.attribute) {
      if (attribute.t) yield attribute.t;
      yield* attribute.tensors;
      if (attribute.g) yield* tensorsOf(attribute.g);
      for (const inner of attribute.graphs) yield* tensorsOf(inner);
    }
  }
}
