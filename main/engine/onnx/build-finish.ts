/** Turns a builder's collection into a graph: output names, dead nodes dropped, verified. */
import { EngineError, InvariantError } from '../errors.ts';
import type { Graph, Node } from './graph.ts';
import { NamePool } from './names.ts';
import type { Facts } from './ops/spec.ts';
import { verifyGraph } from './verify.ts';

/** What a builder has collected. */
export interface Collected {
  /** Nodes in an order in which they can run; `outputs` still empty. */
  readonly graph: Graph;
  /** Output name -> value it shows. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly facts: ReadonlyMap<string, Facts>;
}

/**
 * The finished graph.
 * @throws InvariantError when an output takes an input's name, or the graph is faulty
 */
export function finishGraph({ graph, outputs, facts }: Collected): Graph {
  const { names, copies } = nameOutputs(graph, outputs, facts);
  const rename = (name: string): string => names.get(name) ?? name;
  const live = [...liveNodes(graph.nodes, new Set(outputs.values())), ...copies];
  const read = new Set(live.flatMap((node) => node.inputs));
  const finished: Graph = {
    ...graph,
    nodes: live.map((node) => renameNode(node, rename, copies)),
    outputs: [...outputs].map(([as, name]) => {
      const { dtype, shape } = facts.get(name)!;
      return { name: as, dtype, shape };
    }),
    initializers: new Map(
      [...graph.initializers].filter(([name]) => read.has(name)).map(([name, value]) => [rename(name), value]),
    ),
  };
  try {
    verifyGraph(finished);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new InvariantError(`built graph "${graph.name}": ${error.message}`);
  }
  return finished;
}

function renameNode(node: Node, rename: (name: string) => string, copies: readonly Node[]): Node {
  // A copy's output already is the output's final name.
  const outputs = copies.includes(node) ? node.outputs : node.outputs.map(rename);
  return { ...node, inputs: node.inputs.map(rename), outputs };
}

/**
 * Gives each output its name. The value itself is renamed where it is produced; inputs, constants and values
 * shown twice are copied by Identity. An inner value that stands in the way of an output name steps aside.
 */
function nameOutputs(
  graph: Graph,
  outputs: ReadonlyMap<string, string>,
  facts: ReadonlyMap<string, Facts>,
): { names: Map<string, string>; copies: Node[] } {
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const pool = new NamePool();
  for (const name of facts.keys()) pool.take(name);
  for (const name of outputs.keys()) pool.take(name);
  const nodeNames = new NamePool();
  for (const node of graph.nodes) nodeNames.take(node.name);
  const names = new Map<string, string>();
  const copies: Node[] = [];
  // Outputs that keep their own name come first, so that a second name of the same value becomes the copy.
  const ordered = [...outputs].sort(([asA, a], [asB, b]) => Number(asB === b) - Number(asA === a));
  for (const [as, name] of ordered) {
    if (inputs.has(as)) throw new InvariantError(`output "${as}" has the name of an input`);
    if (!inputs.has(name) && !graph.initializers.has(name) && !names.has(name)) names.set(name, as);
    else copies.push(copyOf(nodeNames.fresh(as), name, as));
  }
  for (const as of outputs.keys()) {
    if (facts.has(as) && !names.has(as)) names.set(as, pool.fresh(as));
  }
  return { names, copies };
}

function copyOf(nodeName: string, from: string, to: string): Node {
  return { name: nodeName, op: 'Identity', domain: '', inputs: [from], outputs: [to], attributes: {} };
}

/** Nodes that an output depends on, in the given order. */
function liveNodes(nodes: readonly Node[], outputs: ReadonlySet<string>): Node[] {
  const needed = new Set(outputs);
  const live: Node[] = [];
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index]!;
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    live.push(node);
  }
  return live.reverse();
}
