/** Makes a graph static: symbolic axes become sizes, shape computations become constants. */
import type { Tensor } from '../tensor/tensor.ts';
import type { Graph, Node, ValueInfo } from './graph.ts';
import { topologicalOrder } from './graph.ts';
import type { Facts, FixedAxes } from './shapes.ts';
import { inferShapes } from './shapes.ts';
import { verifyGraph } from './verify.ts';

/**
 * The same graph for inputs of fixed size. Nodes whose results are known before the run are replaced by constants,
 * nodes that nothing reads any more are dropped, inputs and outputs carry static shapes. What a run computes stays.
 * @param graph a graph of the canonical operator set
 * @param fixed size of every symbolic axis of the inputs, for example { batch: 8 }
 * @throws EngineError 'model-invalid' or 'model-unsupported' when the graph has no static shapes
 */
export function foldConstants(graph: Graph, fixed: FixedAxes = {}): Graph {
  const facts = inferShapes(graph, fixed);
  const isOutput = new Set(graph.outputs.map(({ name }) => name));
  const needed = new Set(isOutput);
  const nodes: Node[] = [];
  const folded = new Map<string, Tensor>();
  for (const node of topologicalOrder(graph).reverse()) {
    const read = node.outputs.filter((output) => needed.has(output));
    if (read.length === 0) continue;
    const constants = read.map((output) => facts.get(output)!.constant);
    // A graph output stays the output of a node: some providers refuse constants there.
    if (constants.every((constant) => constant !== undefined) && !read.some((output) => isOutput.has(output))) {
      read.forEach((output, index) => folded.set(output, constants[index]!));
      continue;
    }
    for (const input of node.inputs) needed.add(input);
    nodes.push(node);
  }
  const result: Graph = {
    ...graph,
    nodes: nodes.reverse(),
    inputs: graph.inputs.map((input) => staticInfo(input, facts)),
    outputs: graph.outputs.map((output) => staticInfo(output, facts)),
    initializers: new Map([...graph.initializers, ...folded].filter(([name]) => needed.has(name))),
  };
  verifyGraph(result);
  return result;
}

function staticInfo({ name }: ValueInfo, facts: ReadonlyMap<string, Facts>): ValueInfo {
  const { dtype, shape } = facts.get(name)!;
  return { name, dtype, shape };
}
