/** The graph every transform reads and writes: immutable, names as edges, canonical opset 18. */
import { EngineError } from '../errors.ts';
import type { DType, Tensor } from '../tensor/tensor.ts';

/** An axis: a size, or a symbol such as "batch" that is fixed later. */
export type Dimension = number | string;

/** Name, element type and shape of a value; `shape` undefined when the rank is unknown. */
export interface ValueInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dimension[] | undefined;
}

/** An attribute value as plain data; tensors and sub-graphs stay what they are. */
export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensor'; readonly value: Tensor }
  | { readonly type: 'graph'; readonly value: Graph };

/** One operation. An empty input name is an omitted optional input; an empty output name is not produced. */
export interface Node {
  readonly name: string;
  readonly op: string;
  /** '' is the standard ONNX domain. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/**
 * A directed acyclic graph in single static assignment form.
 * `nodes` are in topological order; `initializers` are constants and are not listed in `inputs`.
 */
export interface Graph {
  readonly name: string;
  /** Version of the standard operator set the nodes are written in. */
  readonly opset: number;
  readonly nodes: readonly Node[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<string, Tensor>;
}

/** The operator set every graph is brought to before a transform (ONNX 1.13, IR 8). */
export const CANONICAL_OPSET = 18;

/** Index of the node that produces each value. */
export function producersOf(graph: Graph): Map<string, number> {
  const producers = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    for (const output of node.outputs) if (output !== '') producers.set(output, index);
  });
  return producers;
}

/** Indices of the nodes that read each value, each node once. */
export function consumersOf(graph: Graph): Map<string, number[]> {
  const consumers = new Map<string, number[]>();
  graph.nodes.forEach((node, index) => {
    for (const input of new Set(node.inputs)) {
      if (input === '') continue;
      const list = consumers.get(input);
      if (list) list.push(index);
      else consumers.set(input, [index]);
    }
  });
  return consumers;
}

/**
 * Orders nodes so that every value is produced before it is read (Kahn); keeps the given order where it can.
 * @throws EngineError 'model-invalid' naming a node on the cycle
 */
export function topologicalOrder(graph: Graph): Node[] {
  const producers = producersOf(graph);
  const isOrdered = graph.nodes.every((node, index) =>
    node.inputs.every((input) => (producers.get(input) ?? -1) < index),
  );
  if (isOrdered) return [...graph.nodes];
  const waiting = graph.nodes.map(
    (node) => new Set(node.inputs.map((input) => producers.get(input)).filter((index) => index !== undefined)).size,
  );
  const consumers = consumersOf(graph);
  const ready: number[] = [];
  waiting.forEach((count, index) => {
    if (count === 0) ready.push(index);
  });
  const order: Node[] = [];
  // The list grows while it is walked.
  for (const current of ready) {
    const node = graph.nodes[current]!;
    order.push(node);
    const released = new Set(node.outputs.flatMap((output) => (output === '' ? [] : (consumers.get(output) ?? []))));
    for (const index of released) {
      const produced = new Set(graph.nodes[index]!.inputs.map((input) => producers.get(input)));
      if (!produced.has(current)) continue;
      waiting[index]!--;
      if (waiting[index] === 0) ready.push(index);
    }
  }
  if (order.length < graph.nodes.length) {
    const stuck = graph.nodes[waiting.findIndex((count) => count > 0)]!;
    throw new EngineError('model-invalid', `The graph has a cycle through node "${stuck.name}" (${stuck.op}).`, {
      node: stuck.name,
      op: stuck.op,
    });
  }
  return order;
}

/**
 * The part of a graph that computes `outputs` from `inputs` and initialisers; everything else is dropped.
 * @param inputs values that become graph inputs (a cut through the graph)
 * @throws EngineError 'model-invalid' when an output needs a value that is neither an input nor computable
 */
export function subgraph(graph: Graph, inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): Graph {
  const producers = producersOf(graph);
  const given = new Set(inputs.map((input) => input.name));
  const keep = new Set<number>();
  const used = new Set<string>();
  const pending = outputs.map((output) => output.name);
  while (pending.length > 0) {
    const name = pending.pop()!;
    if (name === '' || used.has(name)) continue;
    used.add(name);
    if (given.has(name) || graph.initializers.has(name)) continue;
    const index = producers.get(name);
    if (index === undefined) {
      throw new EngineError('model-invalid', `Value "${name}" is needed but nothing before it produces it.`, {
        tensor: name,
      });
    }
    keep.add(index);
    pending.push(...graph.nodes[index]!.inputs);
  }
  return {
    ...graph,
    inputs,
    outputs,
    nodes: graph.nodes.filter((_, index) => keep.has(index)),
    initializers: new Map([...graph.initializers].filter(([name]) => used.has(name) && !given.has(name))),
  };
}
