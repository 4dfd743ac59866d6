/** What a shape rule sees of its node: inputs, attributes with their defaults, and a way to refuse by name. */
import { EngineError } from '../../errors.ts';
import type { EngineErrorCode } from '../../errors.ts';
import type { DType, Tensor } from '../../tensor/tensor.ts';
import { toNumbers } from '../../tensor/tensor.ts';
import { attributeOf } from '../attributes.ts';
import type { AttributeValue } from '../attributes.ts';
import type { Attribute, Node } from '../graph.ts';
import type { AttributeSpec, Facts, Shape } from './facts.ts';

/** Most numbers a list of axes, sizes or pads may have; a hostile file could otherwise hand over millions. */
const MAX_LIST = 64;

/** "[2, 3]" for messages. */
export function shapeText(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ')}]`;
}

/** How a message names a node: its name and op, or the value it makes when it has no name. */
export function nodeText(node: Node): string {
  return node.name === '' ? `${node.op} node that makes "${node.outputs[0] ?? ''}"` : `${node.op} node "${node.name}"`;
}

/** A failure at one node, with what was expected and what was found. */
export function nodeError(
  node: Node,
  expected: string,
  found: string,
  code: EngineErrorCode = 'model-invalid',
): EngineError {
  const advice = code === 'model-unsupported' ? 'This form is not supported' : 'The model is not valid';
  return new EngineError(code, `${advice}: ${nodeText(node)} needs ${expected}, but found ${found}.`, {
    node: node.name,
    op: node.op,
    expected,
    found,
  });
}

/** One node together with the facts of its inputs. Every getter refuses with the node's name. */
export class NodeContext {
  readonly node: Node;
  readonly inputs: readonly (Facts | undefined)[];
  readonly #attributes: Readonly<Record<string, AttributeSpec>>;

  constructor(node: Node, inputs: readonly (Facts | undefined)[], attributes: Readonly<Record<string, AttributeSpec>>) {
    this.node = node;
    this.inputs = inputs;
    this.#attributes = attributes;
  }

  /** Number of output names the node lists. */
  get outputCount(): number {
    return this.node.outputs.length;
  }

  /** Facts of a required input. */
  input(index: number): Facts {
    const facts = this.inputs[index];
    if (!facts) throw this.invalid(`input ${index}`, 'none');
    return facts;
  }

  /** True when the optional input is given. */
  has(index: number): boolean {
    return this.inputs[index] !== undefined;
  }

  /** Shape of a required input. */
  shape(index = 0): Shape {
    return this.input(index).shape;
  }

  /** Number of axes of a required input. */
  rank(index = 0): number {
    return this.input(index).shape.length;
  }

  /** Element type of a required input. */
  dtype(index = 0): DType {
    return this.input(index).dtype;
  }

  /** Content of an input when it is known. */
  constant(index: number): Tensor | undefined {
    return this.inputs[index]?.constant;
  }

  /**
   * Content of a given input, which the shape depends on.
   * @throws EngineError 'model-unsupported' when it is only known during the run
   */
  known(index: number, meaning: string): Tensor {
    const { constant } = this.input(index);
    if (!constant) throw this.unsupported(`${meaning} that do not depend on the image`, `"${this.node.inputs[index]}"`);
    return constant;
  }

  /** As `known`, as numbers. */
  numbers(index: number, meaning: string): number[] {
    const known = this.known(index, meaning);
    if (known.data.length > MAX_LIST) throw this.invalid(`at most ${MAX_LIST} ${meaning}`, String(known.data.length));
    return toNumbers(known);
  }

  /** An integer attribute or its default. */
  int(name: string): number {
    return this.#value(name, 'int') as number;
  }

  /** A float attribute or its default. */
  float(name: string): number {
    return this.#value(name, 'float') as number;
  }

  /** A string attribute or its default. */
  word(name: string): string {
    return this.#value(name, 'string') as string;
  }

  /** A list attribute; it has no default. */
  ints(name: string): readonly number[] | undefined {
    return attributeOf(this.node, name, 'ints');
  }

  /** The attribute without its default. */
  attribute<T extends Attribute['type']>(name: string, type: T): AttributeValue<T> | undefined {
    return attributeOf(this.node, name, type);
  }

  /** An axis as a non-negative index. */
  axis(axis: number, rank: number): number {
    const index = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(index) || index < 0 || index >= rank) {
      throw this.invalid(`an axis in -${rank}..${rank - 1}`, String(axis));
    }
    return index;
  }

  /** Several axes, each once. */
  axes(axes: readonly number[], rank: number): number[] {
    const result = axes.map((axis) => this.axis(axis, rank));
    if (new Set(result).size < result.length) throw this.invalid('each axis once', shapeText(axes));
    return result;
  }

  /** Refuses when the condition fails. */
  require(condition: boolean, expected: string, found: string): void {
    if (!condition) throw this.invalid(expected, found);
  }

  /** The model breaks the standard at this node. */
  invalid(expected: string, found: string): EngineError {
    return nodeError(this.node, expected, found);
  }

  /** The standard allows it, the engine does not do it. */
  unsupported(expected: string, found: string): EngineError {
    return nodeError(this.node, expected, found, 'model-unsupported');
  }

  #value(name: string, type: 'int' | 'float' | 'string'): number | string {
    const given = attributeOf(this.node, name, type) ?? this.#attributes[name]?.default;
    if (given === undefined) throw this.invalid(`attribute "${name}"`, 'none');
    return given;
  }
}
