/** What a translation rule may ask and add while a graph is brought to the canonical operator set. */
import { EngineError } from '../errors.ts';
import { sizeOf } from '../tensor/shape.ts';
import { tensor } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { CANONICAL_OPSET } from './graph.ts';
import type { Attribute, Graph, Node } from './graph.ts';
import { describeNode } from './messages.ts';
import type { Facts } from './ops/spec.ts';
import { inferNode } from './shapes/infer-node.ts';

/** Translates one node of an older or newer operator set; [] drops it. */
export type Rule = (node: Node, context: CanonicalContext) => readonly Node[];

/**
 * Sizes tried for axes that the model leaves open. Only ranks are read off them, which do not depend on sizes; a
 * model that refuses these sizes merely has unknown ranks.
 */
const TRIAL_SIZE = { batch: 1, other: 224 } as const;

/** The graph under translation: constants so far, known ranks, fresh names. */
export class CanonicalContext {
  /** Operator set of the source graph. */
  readonly opset: number;
  readonly initializers: Map<string, Tensor>;
  readonly #names: Set<string>;
  readonly #read: ReadonlySet<string>;
  readonly #facts = new Map<string, Facts>();

  constructor(source: Graph, initializers: Map<string, Tensor>) {
    this.opset = source.opset;
    this.initializers = initializers;
    this.#names = new Set([
      ...initializers.keys(),
      ...source.inputs.map((input) => input.name),
      ...source.nodes.flatMap((node) => [node.name, ...node.outputs]),
    ]);
    this.#read = new Set([
      ...source.nodes.flatMap((node) => node.inputs),
      ...source.outputs.map((output) => output.name),
    ]);
    for (const { name, dtype, shape } of source.inputs) {
      if (!shape) continue;
      const sizes = shape.map((axis, index) =>
        typeof axis === 'number' ? axis : index === 0 ? TRIAL_SIZE.batch : TRIAL_SIZE.other,
      );
      this.#facts.set(name, { dtype, shape: sizes });
    }
  }

  /** A name that no value and no node has. */
  fresh(hint: string): string {
    let name = hint;
    for (let count = 1; this.#names.has(name); count++) name = `${hint}_${count}`;
    this.#names.add(name);
    return name;
  }

  /** Adds a constant and returns its name. */
  constant(value: Tensor, hint: string): string {
    const name = this.fresh(hint);
    this.initializers.set(name, value);
    return name;
  }

  /** Adds a list of integers, shape [count]; "to the end" (beyond int64 as a number) is clamped to the largest. */
  integers(values: readonly number[], hint: string): string {
    return this.constant(tensor('int64', [values.length], BigInt64Array.from(values, clampedInt64)), hint);
  }

  /** The constant of this name, if it is one. */
  constantOf(name: string | undefined): Tensor | undefined {
    return name === undefined ? undefined : this.initializers.get(name);
  }

  /** True when a node or a graph output reads the value. */
  isRead(name: string | undefined): boolean {
    return name !== undefined && name !== '' && this.#read.has(name);
  }

  /** Number of axes; undefined when it is not known before the run. */
  rankOf(name: string): number | undefined {
    return (this.initializers.get(name) ?? this.#facts.get(name))?.shape.length;
  }

  /** Records what is known of a translated node's outputs. */
  learn(node: Node): void {
    const inputs = node.inputs.map((name) => {
      const constant = this.initializers.get(name);
      return constant ? { dtype: constant.dtype, shape: constant.shape, constant } : this.#facts.get(name);
    });
    if (node.inputs.some((name, index) => name !== '' && inputs[index] === undefined)) return;
    try {
      const facts = inferNode(node, inputs);
      node.outputs.forEach((name, index) => {
        const made = facts[index];
        if (name !== '' && made && sizeOf(made.shape) >= 0) this.#facts.set(name, made);
      });
    } catch (error) {
      // The trial sizes need not suit the model; the real sizes are checked when it is cut.
      if (!(error instanceof EngineError)) throw error;
    }
  }

  /** The refusal of a node whose meaning has no translation. */
  refuse(node: Node, reason: string): EngineError {
    const text = describeNode(node);
    return new EngineError('model-unsupported', `${text.charAt(0).toUpperCase()}${text.slice(1)} ${reason}`, {
      node: node.name,
      op: node.op,
      expected: `operator set ${CANONICAL_OPSET}`,
      found: `operator set ${this.opset}`,
    });
  }
}

/** The node without some attributes. */
export function withoutAttributes(node: Node, ...names: readonly string[]): Node {
  const kept = Object.entries(node.attributes).filter(([name]) => !names.includes(name));
  return { ...node, attributes: Object.fromEntries(kept) };
}

/** The node with attributes added or replaced. */
export function withAttributes(node: Node, attributes: Readonly<Record<string, Attribute>>): Node {
  return { ...node, attributes: { ...node.attributes, ...attributes } };
}

const INT64_MAX = 2n ** 63n - 1n;

function clampedInt64(value: number): bigint {
  const exact = BigInt(value);
  if (exact > INT64_MAX) return INT64_MAX;
  return exact < -INT64_MAX ? -INT64_MAX : exact;
}
