/** ModelProto bytes -> model facts and graph; everything unexpected is refused by name. */
import type { Graph } from './graph.ts';
import type { ReadExternal } from './external-data.ts';

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
  /** Elements of all float initialisers: weights, biases, statistics. */
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
  /** Name for error messages. Default 'the model'. */
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
export function decodeModel(bytes: Uint8Array, options?: DecodeOptions): DecodedModel {
  void bytes;
  void options;
  throw new Error('not yet');
}
