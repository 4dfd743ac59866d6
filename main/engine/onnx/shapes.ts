/** Static shapes of every value of a graph, shape computations included. */
import { EngineError } from '../errors.ts';
import type { Graph, ValueInfo } from './graph.ts';
import { topologicalOrder } from './graph.ts';
import type { Facts } from './ops/spec.ts';
import { inferNode } from './shapes/infer-node.ts';

export type { Facts } from './ops/spec.ts';

/** Sizes of symbolic axes, for example { batch: 8 }. */
export type FixedAxes = Readonly<Record<string, number>>;

/**
 * Static facts of every value: element type, shape, and the content of small values known before the run.
 * @param graph a graph of the canonical operator set
 * @param fixed size of every symbolic axis of the inputs
 * @throws EngineError 'model-invalid' or 'model-unsupported' naming node, op, expected and found
 */
export function inferShapes(graph: Graph, fixed: FixedAxes = {}): Map<string, Facts> {
  const facts = new Map<string, Facts>();
  for (const [name, value] of graph.initializers) {
    facts.set(name, { dtype: value.dtype, shape: value.shape, constant: value });
  }
  for (const input of graph.inputs) facts.set(input.name, { dtype: input.dtype, shape: fixedShape(input, fixed) });
  for (const node of topologicalOrder(graph)) {
    const inputs = node.inputs.map((name) => {
      if (name === '') return undefined;
      const known = facts.get(name);
      if (known) return known;
      throw new EngineError(
        'model-invalid',
        `Node "${node.name}" (${node.op}) reads "${name}", which nothing produces.`,
        {
          node: node.name,
          op: node.op,
          tensor: name,
        },
      );
    });
    const made = inferNode(node, inputs);
    node.outputs.forEach((name, index) => name !== '' && facts.set(name, made[index]!));
  }
  return facts;
}

/** The input's shape with symbols replaced. @throws EngineError naming the symbol that is not fixed */
export function fixedShape(input: ValueInfo, fixed: FixedAxes): number[] {
  if (!input.shape) {
    throw new EngineError('model-unsupported', `Input "${input.name}" does not say how many axes it has.`, {
      tensor: input.name,
    });
  }
  return input.shape.map((axis, index) => {
    const size = typeof axis === 'number' ? axis : Object.hasOwn(fixed, axis) ? fixed[axis]! : undefined;
    if (size !== undefined && Number.isInteger(size) && size >= 0) return size;
    throw new EngineError(
      'model-unsupported',
      `Axis ${index} ("${axis}") of input "${input.name}" has no size; give one.`,
      {
        tensor: input.name,
        found: String(axis),
      },
    );
  });
}

/** Symbols among the axes of the graph's inputs, in order of appearance. */
export function symbolsOf(graph: Graph): string[] {
  const axes = graph.inputs.flatMap((input) => input.shape ?? []);
  return [...new Set(axes.filter((axis) => typeof axis === 'string'))];
}
