/** Shapes and types as onnxruntime finds them when it runs: the truth for our shape rules. */
import { encodeModel } from '../../main/engine/onnx/encode.ts';
import type { Graph } from '../../main/engine/onnx/graph.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import type { DType } from '../../main/engine/tensor/tensor.ts';
import { zeros } from '../../main/engine/tensor/tensor.ts';

/** What came out of a run. */
export interface RunFacts {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * Runs a graph with static inputs on zeros.
 * The declared output shapes are removed first, so that the runtime has only its own opinion.
 * @throws EngineError 'provider-failed' when onnxruntime refuses the graph
 */
export async function runOnZeros(graph: Graph): Promise<Map<string, RunFacts>> {
  const open: Graph = { ...graph, outputs: graph.outputs.map((output) => ({ ...output, shape: undefined })) };
  const session = await createRunner({ provider: 'cpu', threads: 1 }).openModel(encodeModel(open));
  try {
    const feeds = graph.inputs.map(
      ({ name, dtype, shape }) => [name, zeros(dtype, shape as readonly number[])] as const,
    );
    const results = await session.run(Object.fromEntries(feeds));
    return new Map(Object.entries(results).map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
  } finally {
    await session.dispose();
  }
}
