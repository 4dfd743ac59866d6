/** Checks a graph against the rules every transform must keep: names, definitions, arity, types, shapes. */
import { EngineError } from '../errors.ts';
import { sameShape, sizeOf } from '../tensor/shape.ts';
import type { Graph, Node } from './graph.ts';
import { nodeText, shapeText } from './ops/context.ts';
import type { Facts } from './ops/spec.ts';
import { requireSpec, structuralFaults } from './shapes/infer-node.ts';
import type { FixedAxes } from './shapes.ts';
import { inferShapes, symbolsOf } from './shapes.ts';

/** One broken rule; an EngineError that has not been thrown. */
export type Fault = EngineError;

/** How much of a graph is checked. */
export interface VerifyOptions {
  /** Sizes of symbolic axes; without all of them shapes are not checked. */
  readonly fixed?: FixedAxes;
}

/**
 * Checks a graph of the canonical operator set.
 * @throws EngineError 'model-invalid' (or 'model-unsupported' for an unknown operation) with the first fault
 */
export function verifyGraph(graph: Graph, options: VerifyOptions = {}): void {
  for (const fault of faultsOf(graph, options)) throw fault;
}

/**
 * Every fault of a graph of the canonical operator set, in reading order: inputs and initialisers, nodes, outputs, then element types and shapes
 * (those only when the rest is sound, up to the first).
 */
export function findFaults(graph: Graph, options: VerifyOptions = {}): Fault[] {
  return [...faultsOf(graph, options)];
}

function* faultsOf(graph: Graph, { fixed = {} }: VerifyOptions): Generator<Fault> {
  let isSound = true;
  for (const fault of structureFaults(graph)) {
    isSound = false;
    yield fault;
  }
  const isStatic =
    graph.inputs.every((input) => input.shape) && symbolsOf(graph).every((symbol) => Object.hasOwn(fixed, symbol));
  if (isSound && isStatic) yield* shapeFaults(graph, fixed);
}

function* structureFaults(graph: Graph): Generator<Fault> {
  const defined = new Set<string>();
  for (const { name, shape } of graph.inputs) {
    if (name === '') yield fault('An input of the graph has no name.');
    if (defined.has(name)) yield fault(`The name "${name}" is given to two inputs.`, { tensor: name });
    if (shape?.some((axis) => typeof axis === 'number' && !(Number.isInteger(axis) && axis >= 0))) {
      yield fault(`Input "${name}" has an axis of no possible size: ${shapeText(shape)}.`, { tensor: name });
    }
    defined.add(name);
  }
  for (const [name, value] of graph.initializers) {
    if (name === '') yield fault('A constant of the graph has no name.');
    if (defined.has(name)) yield fault(`The name "${name}" is given to an input and a constant.`, { tensor: name });
    if (value.data.length !== sizeOf(value.shape)) {
      const expected = `${sizeOf(value.shape)} elements for ${shapeText(value.shape)}`;
      yield fault(`Constant "${name}" needs ${expected}, but has ${value.data.length}.`, {
        tensor: name,
        expected,
        found: String(value.data.length),
      });
    }
    defined.add(name);
  }
  yield* nodeFaults(graph, defined);
  yield* outputFaults(graph, defined);
}

/** Nodes in their order: each reads only what is defined before it and defines only new names. */
function* nodeFaults(graph: Graph, defined: Set<string>): Generator<Fault> {
  const nodeNames = new Set<string>();
  for (const node of graph.nodes) {
    if (node.name !== '' && nodeNames.has(node.name)) {
      yield fault(`Two nodes have the name "${node.name}".`, { node: node.name, op: node.op });
    }
    nodeNames.add(node.name);
    for (const name of node.inputs) {
      if (name === '' || defined.has(name)) continue;
      yield fault(`The ${nodeText(node)} reads "${name}", which nothing before it defines.`, about(node, name));
    }
    for (const name of node.outputs) {
      if (name === '') continue;
      if (defined.has(name)) {
        yield fault(`The ${nodeText(node)} defines "${name}", which is defined already.`, about(node, name));
      }
      defined.add(name);
    }
    yield* tableFaults(node, graph.opset);
  }
}

/** What the op table says of the node alone. */
function* tableFaults(node: Node, opset: number): Generator<Fault> {
  try {
    const spec = requireSpec(node);
    if (spec.since !== undefined && spec.since > opset) {
      const found = `opset ${opset}`;
      yield fault(`The ${nodeText(node)} needs opset ${spec.since}, but the graph is written in ${found}.`, {
        ...about(node),
        expected: `opset ${spec.since}`,
        found,
      });
    }
    yield* structuralFaults(node, spec);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    yield error;
  }
}

function* outputFaults(graph: Graph, defined: ReadonlySet<string>): Generator<Fault> {
  const seen = new Set<string>();
  if (graph.outputs.length === 0) yield fault('The graph has no outputs.');
  for (const { name } of graph.outputs) {
    if (seen.has(name)) yield fault(`Output "${name}" is listed twice.`, { tensor: name });
    if (!defined.has(name)) yield fault(`Output "${name}" is not produced by any node.`, { tensor: name });
    seen.add(name);
  }
}

/** Element types and shapes, up to the first fault: what follows it would be guesswork. */
function* shapeFaults(graph: Graph, fixed: FixedAxes): Generator<Fault> {
  try {
    yield* declaredFaults(graph, inferShapes(graph, fixed), fixed);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    yield error;
  }
}

/** Declared output types and shapes agree with the inferred ones; symbols that are not fixed agree with anything. */
function* declaredFaults(graph: Graph, facts: ReadonlyMap<string, Facts>, fixed: FixedAxes): Generator<Fault> {
  for (const { name, dtype, shape } of graph.outputs) {
    const inferred = facts.get(name)!;
    if (dtype !== inferred.dtype) {
      yield fault(`Output "${name}" is declared ${dtype}, but is ${inferred.dtype}.`, { tensor: name });
    }
    const declared = shape?.map((axis, index) =>
      typeof axis === 'number'
        ? axis
        : ((Object.hasOwn(fixed, axis) ? fixed[axis] : undefined) ?? inferred.shape[index] ?? -1),
    );
    if (declared && !sameShape(declared, inferred.shape)) {
      yield fault(`Output "${name}" is declared ${shapeText(declared)}, but is ${shapeText(inferred.shape)}.`, {
        tensor: name,
        expected: shapeText(declared),
        found: shapeText(inferred.shape),
      });
    }
  }
}

function fault(message: string, details: EngineError['details'] = {}): Fault {
  return new EngineError('model-invalid', message, details);
}

function about(node: Node, tensor?: string): EngineError['details'] {
  return { node: node.name, op: node.op, ...(tensor === undefined ? {} : { tensor }) };
}
