/** Graph -> ModelProto bytes, and an untouched model with more outputs. */
import { create, toBinary } from '@bufbuild/protobuf';
import { getTextEncoding } from '@bufbuild/protobuf/wire';
import { EngineError, InvariantError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { codeOfDType } from './element-types.ts';
import type { Attribute, Dimension, Graph, Node, ValueInfo } from './graph.ts';
import { quote } from './messages.ts';
import { parseModel } from './parse.ts';
import {
  AttributeProto_AttributeType as Type,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from './proto/onnx_pb.js';
import type {
  AttributeProto,
  GraphProto,
  NodeProto,
  TensorProto,
  TensorShapeProto_Dimension,
  ValueInfoProto,
} from './proto/onnx_pb.js';

/** What an emitted file says about itself. */
export interface EncodeOptions {
  /** Default 'vislex'. */
  readonly producerName?: string;
  /** Named facts stored with the model, for example its classes. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Serialises a graph; weights as raw little-endian data. The same graph gives the same bytes. */
export function encodeModel(graph: Graph, options: EncodeOptions = {}): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: irVersionFor(graph.opset),
    producerName: options.producerName ?? 'vislex',
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(graph.opset) })],
    graph: encodeGraph(graph),
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
  });
  return toBinary(ModelProtoSchema, model);
}

/** Field 7 of ModelProto, `graph`, with wire type 2 (length-delimited). */
const GRAPH_TAG = (7 << 3) | 2;

/**
 * A serialised model that also returns intermediate values, otherwise byte for byte the given one.
 *
 * Protobuf merges repeated occurrences of a message field, so a second `graph` that holds nothing but the new outputs
 * is appended to the file as it is: nothing is parsed and written again, unknown fields and weights included.
 * @param outputs names of values in the model's main graph; those that are outputs already are skipped
 * @throws EngineError 'model-invalid' when the model has no such value, 'model-unreadable'
 */
export function withExtraOutputs(bytes: Uint8Array, outputs: readonly string[]): Uint8Array {
  const graph = parseModel(bytes).graph!;
  const present = new Set(graph.output.map((output) => output.name));
  const known = new Set(graph.node.flatMap((node) => node.output));
  const types = new Map(graph.valueInfo.map((info) => [info.name, info]));
  const added = [...new Set(outputs)].filter((name) => !present.has(name));
  if (added.length === 0) return bytes;
  for (const name of added) {
    if (name === '' || !known.has(name)) {
      throw new EngineError(
        'model-invalid',
        `The model has no intermediate value ${quote(name)} that could be returned.`,
        { tensor: name },
      );
    }
  }
  // A type is optional for onnxruntime, which infers it; the file's own is passed on where there is one.
  const output = added.map((name) => types.get(name) ?? create(ValueInfoProtoSchema, { name }));
  const extra = toBinary(GraphProtoSchema, create(GraphProtoSchema, { output }));
  const header = [GRAPH_TAG, ...varint(extra.length)];
  const result = new Uint8Array(bytes.length + header.length + extra.length);
  result.set(bytes);
  result.set(header, bytes.length);
  result.set(extra, bytes.length + header.length);
  return result;
}

/** Protobuf's variable-length integer: seven bits a byte, lowest first. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  while (value > 0x7f) {
    bytes.push((value & 0x7f) | 0x80);
    value >>>= 7;
  }
  return [...bytes, value];
}

/** The oldest file format version that allows an operator set (docs/Versioning.md of ONNX). */
function irVersionFor(opset: number): bigint {
  if (opset <= 18) return 8n;
  return opset <= 20 ? 9n : 10n;
}

function encodeGraph(graph: Graph): GraphProto {
  return create(GraphProtoSchema, {
    name: graph.name === '' ? 'graph' : graph.name,
    node: graph.nodes.map(encodeNode),
    input: graph.inputs.map(encodeValue),
    output: graph.outputs.map(encodeValue),
    initializer: [...graph.initializers].map(([name, value]) => encodeTensor(value, name)),
  });
}

function encodeNode(node: Node): NodeProto {
  return create(NodeProtoSchema, {
    name: node.name,
    opType: node.op,
    domain: node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, attribute]) => encodeAttribute(name, attribute)),
  });
}

function encodeAttribute(name: string, attribute: Attribute): AttributeProto {
  switch (attribute.type) {
    case 'int':
      return create(AttributeProtoSchema, { name, type: Type.INT, i: toInt64(attribute.value) });
    case 'float':
      return create(AttributeProtoSchema, { name, type: Type.FLOAT, f: attribute.value });
    case 'string':
      return create(AttributeProtoSchema, { name, type: Type.STRING, s: toUtf8(attribute.value) });
    case 'ints':
      return create(AttributeProtoSchema, { name, type: Type.INTS, ints: attribute.value.map(toInt64) });
    case 'floats':
      return create(AttributeProtoSchema, { name, type: Type.FLOATS, floats: [...attribute.value] });
    case 'strings':
      return create(AttributeProtoSchema, { name, type: Type.STRINGS, strings: attribute.value.map(toUtf8) });
    case 'tensor':
      return create(AttributeProtoSchema, { name, type: Type.TENSOR, t: encodeTensor(attribute.value) });
    case 'graph':
      return create(AttributeProtoSchema, { name, type: Type.GRAPH, g: encodeGraph(attribute.value) });
  }
}

/** Exporters write "to the end" as the largest int64, which as a number is one too many; it is clamped back. */
function toInt64(value: number): bigint {
  if (!Number.isInteger(value)) throw new InvariantError(`attribute value ${value} is no integer`);
  const exact = BigInt(value);
  const largest = 2n ** 63n - 1n;
  if (exact > largest) return largest;
  return exact < -largest - 1n ? -largest - 1n : exact;
}

function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  return getTextEncoding().encodeUtf8(text);
}

function encodeTensor(value: Tensor, name?: string): TensorProto {
  const { buffer, byteOffset, byteLength } = value.data;
  return create(TensorProtoSchema, {
    ...(name === undefined ? {} : { name }),
    dims: value.shape.map(BigInt),
    dataType: codeOfDType(value.dtype),
    rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  });
}

function encodeValue(info: ValueInfo): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name: info.name,
    type: create(TypeProtoSchema, {
      value: {
        case: 'tensorType',
        value: create(TypeProto_TensorSchema, {
          elemType: codeOfDType(info.dtype),
          ...(info.shape === undefined
            ? {}
            : { shape: create(TensorShapeProtoSchema, { dim: info.shape.map(encodeDimension) }) }),
        }),
      },
    }),
  });
}

function encodeDimension(dimension: Dimension): TensorShapeProto_Dimension {
  return create(TensorShapeProto_DimensionSchema, {
    value:
      typeof dimension === 'number'
        ? { case: 'dimValue', value: BigInt(dimension) }
        : { case: 'dimParam', value: dimension },
  });
}
