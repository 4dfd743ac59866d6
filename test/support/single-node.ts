/** Graphs of one node, to run the same operator on different runners. */
import { CANONICAL_OPSET } from '../../main/engine/onnx/graph.ts';
import type { Attribute, Graph } from '../../main/engine/onnx/graph.ts';
import type { TensorMap } from '../../main/engine/runner.ts';
import type { Tensor } from '../../main/engine/tensor/tensor.ts';
import { evaluateGraph } from './reference-runner.ts';

/** One operator applied to given tensors. */
export interface OperatorCase {
  readonly op: string;
  /** What is special about the case, for the test's name. */
  readonly about: string;
  /** In order; undefined where an optional input is omitted. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Number of outputs asked for. */
  readonly outputCount: number;
  /** Operator set of the graph; default the canonical one. */
  readonly opset?: number;
  /** Inputs that are part of the graph instead of fed: positions of shapes, axes, pads, scales. */
  readonly constants: readonly number[];
}

/** A case as a graph, with what to feed and what must come out. */
export interface ReadyCase {
  readonly graph: Graph;
  readonly feeds: TensorMap;
  /** By the reference evaluator: floats as float64. */
  readonly expected: TensorMap;
}

/** Builds the graph and evaluates the reference; outputs are named y0, y1, ... */
export function readyCase(operatorCase: OperatorCase): ReadyCase {
  const { op, inputs, attributes, outputCount, constants } = operatorCase;
  const names = inputs.map((value, index) => (value ? `x${index}` : ''));
  const outputs = Array.from({ length: outputCount }, (_, index) => `y${index}`);
  const entries = inputs.flatMap((value, index) => (value ? [{ name: names[index]!, value, index }] : []));
  const fed = entries.filter(({ index }) => !constants.includes(index));
  const feeds = Object.fromEntries(fed.map(({ name, value }) => [name, value]));
  const untyped: Graph = {
    name: `one ${op}`,
    opset: operatorCase.opset ?? CANONICAL_OPSET,
    nodes: [{ name: op, op, domain: '', inputs: names, outputs, attributes }],
    inputs: fed.map(({ name, value }) => ({ name, dtype: value.dtype, shape: value.shape })),
    outputs: [],
    initializers: new Map(
      entries.filter(({ index }) => constants.includes(index)).map(({ name, value }) => [name, value]),
    ),
  };
  const expected = evaluateGraph(untyped, feeds, outputs);
  const typed = outputs.map((name) => {
    const { dtype, shape } = expected[name]!;
    return { name, dtype: dtype === 'float64' ? ('float32' as const) : dtype, shape };
  });
  return { graph: { ...untyped, outputs: typed }, feeds, expected };
}
