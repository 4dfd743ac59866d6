/** Graph -> ModelProto bytes, and an untouched model with more outputs. */
import type { Graph } from './graph.ts';

/** What an emitted file says about itself. */
export interface EncodeOptions {
  /** Default 'vislex'. */
  readonly producerName?: string;
  /** Named facts stored with the model, for example its classes. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Serialises a graph; weights as raw little-endian data. The same graph gives the same bytes. */
export function encodeModel(graph: Graph, options?: EncodeOptions): Uint8Array {
  void graph;
  void options;
  throw new Error('not yet');
}

/**
 * A serialised model that also returns intermediate values, otherwise byte for byte the given one.
 * @param outputs names of values in the model's main graph; those that are outputs already are skipped
 * @throws EngineError 'model-invalid' when no node produces a name, 'model-unreadable'
 */
export function withExtraOutputs(bytes: Uint8Array, outputs: readonly string[]): Uint8Array {
  void bytes;
  void outputs;
  throw new Error('not yet');
}
