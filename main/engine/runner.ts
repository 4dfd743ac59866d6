/** What the engine asks of whoever executes graphs; `engine/runtime` has the real one. */
import type { Graph } from './onnx/graph.ts';
import type { Tensor } from './tensor/tensor.ts';

/** Named tensors in, named tensors out. */
export type TensorMap = Readonly<Record<string, Tensor>>;

/** A graph made ready on a device. */
export interface Session {
  /** Runs once; returns every graph output unless `outputs` names a subset. */
  run(inputs: TensorMap, outputs?: readonly string[]): Promise<TensorMap>;
  /** Frees the device memory; the session cannot be used afterwards. Idempotent. */
  dispose(): Promise<void>;
}

/** Opens graphs on one execution provider. */
export interface GraphRunner {
  /** Provider that runs the graphs, for example 'cpu' or 'webgpu'. */
  readonly provider: string;
  /** @throws EngineError 'provider-failed' when the provider refuses the graph */
  open(graph: Graph): Promise<Session>;
  /**
   * Opens a serialised ONNX model exactly as its file says (the user's base model).
   * @param bytes a ModelProto, or the path of a file when it has external data
   */
  openModel(model: Uint8Array | string): Promise<Session>;
}
