/** Brings a graph of operator set 9..21 to the canonical operator set 18. */
import type { Graph } from './graph.ts';

/**
 * The same function in operator set 18, float16 widened to float32, training-only behaviour removed.
 * Names of values that stay are kept, so that a value found here can be read from the untouched model.
 * @throws EngineError 'model-unsupported' naming the node and op whose meaning has no translation
 */
export function canonicalize(graph: Graph): Graph {
  void graph;
  throw new Error('not yet');
}
