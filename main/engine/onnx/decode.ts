/** ModelProto bytes -> model facts and graph; everything unexpected is refused by name. */
import { EngineError } from '../errors.ts';
import { decodeGraph } from './decode-graph.ts';
import type { ReadExternal } from './external-data.ts';
import type { Graph } from './graph.ts';
import { INITIALIZER_COUNT, NODE_COUNT, OPSET_RANGE } from './limits.ts';
import { nameFile, parseModel } from './parse.ts';
import type { ModelProto } from './proto/onnx_pb.js';

/** What the file says about itself. */
export interface ModelInfo {
  readonly irVersion: number;
  /** Version of the standard operator set, 9..21. */
  readonly opset: number;
  /** Every operator set the file imports; '' is the standard one. */
  readonly operatorSets: readonly { readonly domain: string; readonly version: number }[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly graphName: string;
  readonly nodeCount: number;
  /** Elements of all initialisers but int64 ones, which hold shapes and axes. */
  readonly parameterCount: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A model as read: its facts, and its graph in the file's own operator set. */
export interface DecodedModel {
  readonly info: ModelInfo;
  readonly graph: Graph;
}

/** How to read a model. */
export interface DecodeOptions {
  /** Name for error messages. Default 'The file'. */
  readonly file?: string;
  /** Reads external data; without it a model that has some is refused with 'external-data'. */
  readonly readExternal?: ReadExternal;
}

/**
 * Reads a serialised ModelProto.
 *
 * Initialisers are views of `bytes` where their alignment allows: `bytes` must not change afterwards.
 * bfloat16 is widened to float32. Nodes come in topological order, and every node has a unique name.
 * @throws EngineError 'model-unreadable' (not protobuf, cut off), 'model-invalid' (contradicts itself),
 *   'model-unsupported' (legal ONNX that we refuse by name), 'model-too-large', 'external-data'
 */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): DecodedModel {
  const model = parseModel(bytes, options.file);
  const opset = opsetOf(model);
  const graph = decodeGraph(model.graph!, {
    opset,
    readExternal: options.readExternal,
    functionDomains: new Set(model.functions.map((item) => item.domain)),
    budget: { nodes: NODE_COUNT, initializers: INITIALIZER_COUNT },
  });
  if (graph.nodes.length === 0) {
    throw new EngineError(
      'model-invalid',
      `${nameFile(options.file)} holds a graph without nodes. Export the model again.`,
    );
  }
  return { info: infoOf(model, opset, graph), graph };
}

/** Version of the standard operator set. */
function opsetOf(model: ModelProto): number {
  const versions = model.opsetImport
    .filter((entry) => entry.domain === '' || entry.domain === 'ai.onnx')
    .map((entry) => Number(entry.version));
  const opset = versions.length > 0 ? Math.max(...versions) : undefined;
  if (opset === undefined || opset < OPSET_RANGE.oldest || opset > OPSET_RANGE.newest) {
    const found = opset === undefined ? 'states no standard operator set' : `is written in operator set ${opset}`;
    throw new EngineError(
      'model-unsupported',
      `The model ${found}; Vislex reads ${OPSET_RANGE.oldest} to ${OPSET_RANGE.newest}. Export it again, or convert it with onnx.version_converter, to operator set 18.`,
      { expected: `${OPSET_RANGE.oldest}..${OPSET_RANGE.newest}`, found: String(opset) },
    );
  }
  return opset;
}

function infoOf(model: ModelProto, opset: number, graph: Graph): ModelInfo {
  let parameterCount = 0;
  for (const value of graph.initializers.values()) {
    if (value.dtype !== 'int64') parameterCount += value.data.length;
  }
  return {
    irVersion: Number(model.irVersion),
    opset,
    operatorSets: model.opsetImport.map(({ domain, version }) => ({ domain, version: Number(version) })),
    producerName: model.producerName,
    producerVersion: model.producerVersion,
    graphName: graph.name,
    nodeCount: graph.nodes.length,
    parameterCount,
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
  };
}
