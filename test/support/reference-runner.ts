/** An independent evaluator of canonical graphs: plain loops in float64, written from the ONNX operator specification. */
import type { Graph } from '../../main/engine/onnx/graph.ts';
import { topologicalOrder } from '../../main/engine/onnx/graph.ts';
import type { GraphRunner, TensorMap } from '../../main/engine/runner.ts';
import type { Tensor } from '../../main/engine/tensor/tensor.ts';
import { CONSTANTS } from './reference/constants.ts';
import { CONVOLUTION } from './reference/convolution.ts';
import { ELEMENTWISE } from './reference/elementwise.ts';
import { INDEXING } from './reference/indexing.ts';
import { LINEAR } from './reference/linear.ts';
import { MOVEMENT } from './reference/movement.ts';
import { NORMALIZATION } from './reference/normalization.ts';
import { POOLING } from './reference/pooling.ts';
import { QUANTIZATION } from './reference/quantization.ts';
import { REDUCTION } from './reference/reduction.ts';
import { RESIZE } from './reference/resize.ts';
import { fromTensor, makeCall, toTensor } from './reference/value.ts';
import type { OperatorTable, Value } from './reference/value.ts';

/** Every operator the evaluator knows, by ONNX name. */
export const REFERENCE_OPERATORS: OperatorTable = {
  ...CONSTANTS,
  ...CONVOLUTION,
  ...ELEMENTWISE,
  ...INDEXING,
  ...LINEAR,
  ...MOVEMENT,
  ...NORMALIZATION,
  ...POOLING,
  ...QUANTIZATION,
  ...REDUCTION,
  ...RESIZE,
};

/**
 * Evaluates a graph.
 *
 * Made for truth, not speed: use tensors of at most some thousand elements.
 * @param inputs one tensor per graph input; float32, float64 and float16 are all read as float64
 * @param outputs names of any values of the graph, also inner ones; default: the graph outputs
 * @returns floating values as float64 tensors, whatever type the graph declares; int64, bool and so on as they are
 * @throws Error naming the node when an operator is unknown or its inputs do not fit
 */
export function evaluateGraph(graph: Graph, inputs: TensorMap, outputs?: readonly string[]): Record<string, Tensor> {
  const values = new Map<string, Value>();
  for (const [name, constant] of graph.initializers) values.set(name, fromTensor(constant));
  for (const { name } of graph.inputs) {
    const given = inputs[name];
    if (given) values.set(name, fromTensor(given));
    else if (!values.has(name)) throw new Error(`graph "${graph.name}": input "${name}" is not given`);
  }
  for (const node of topologicalOrder(graph)) {
    const operator = node.domain === '' || node.domain === 'ai.onnx' ? REFERENCE_OPERATORS[node.op] : undefined;
    if (!operator) throw new Error(`node "${node.name}": no reference for ${node.domain}${node.op}`);
    const operands = node.inputs.map((name) => (name === '' ? undefined : read(values, name, node.name)));
    const results = run(() => operator(makeCall(node, operands)), `node "${node.name}" (${node.op})`);
    node.outputs.forEach((name, index) => {
      const result = results[index];
      if (name !== '' && result) values.set(name, result);
    });
  }
  const wanted = outputs ?? graph.outputs.map(({ name }) => name);
  return Object.fromEntries(wanted.map((name) => [name, toTensor(read(values, name, 'the graph outputs'))]));
}

/** The evaluator as a GraphRunner, for tests of code that takes one. Every floating output is float64. */
export function createReferenceRunner(): GraphRunner {
  return {
    provider: 'reference',
    open: async (graph) => ({
      run: async (inputs, outputs) => evaluateGraph(graph, inputs, outputs),
      dispose: () => Promise.resolve(),
    }),
    openModel: () => Promise.reject(new Error('the reference runner reads graphs, not files')),
  };
}

function read(values: ReadonlyMap<string, Value>, name: string, reader: string): Value {
  const found = values.get(name);
  if (!found) throw new Error(`${reader} reads "${name}", which nothing produces`);
  return found;
}

/** Adds the node to whatever an operator complains about. */
function run(operator: () => Value | readonly (Value | undefined)[], where: string): readonly (Value | undefined)[] {
  try {
    const result = operator();
    return Array.isArray(result) ? result : [result as Value];
  } catch (cause) {
    throw new Error(`${where}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
