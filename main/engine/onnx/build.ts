/** Builds a graph op by op: names, static shapes and folded constants are known as soon as a node is added. */
import { EngineError, InvariantError } from '../errors.ts';
import { sameShape } from '../tensor/shape.ts';
import type { DType, Tensor } from '../tensor/tensor.ts';
import type { Attribute, Graph, Node, ValueInfo } from './graph.ts';
import { CANONICAL_OPSET, topologicalOrder } from './graph.ts';
import { finishGraph } from './build-finish.ts';
import { NamePool } from './names.ts';
import type { Facts } from './ops/spec.ts';
import { inferNode } from './shapes/infer-node.ts';

/** Constants up to this many elements are compared by content when shared; larger ones by their storage. */
const SHARED_BY_CONTENT = 1024;

/**
 * Collects nodes into a canonical graph (opset 18, standard domain, static shapes).
 * Every value returned is a name; every name is unique and made from a hint: `distance`, `distance_1`, ...
 * A fault in what is emitted is a bug of the emitter and raises InvariantError; a fault in a graph that is
 * handed in (`base`, `inline`, `node`) raises EngineError 'model-invalid' or 'model-unsupported'.
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #inputs: ValueInfo[] = [];
  readonly #nodes: Node[] = [];
  readonly #initializers = new Map<string, Tensor>();
  readonly #facts = new Map<string, Facts>();
  readonly #outputs = new Map<string, string>();
  readonly #names = new NamePool();
  readonly #nodeNames = new NamePool();
  readonly #constantsByContent = new Map<string, string>();
  readonly #constantsByStorage = new Map<Tensor['data'], string[]>();

  /**
   * @param options.name name of the graph, default "graph"
   * @param options.base a canonical graph with static shapes to continue: its inputs, constants and nodes are
   *   taken over under their names; its outputs are not, mark again what shall be an output
   */
  constructor(options: { readonly name?: string; readonly base?: Graph } = {}) {
    this.#name = options.name ?? options.base?.name ?? 'graph';
    if (options.base) this.#continue(options.base);
  }

  /** Adds a graph input under exactly this name. */
  input(name: string, dtype: DType, shape: readonly number[]): string {
    this.#define(name, { dtype, shape });
    this.#inputs.push({ name, dtype, shape });
    return name;
  }

  /** Adds a constant, or returns the name of an equal one. */
  constant(value: Tensor, hint = 'constant'): string {
    const found = this.#sharedConstant(value);
    if (found !== undefined) return found;
    const name = this.#names.fresh(hint);
    this.#addInitializer(name, value);
    return name;
  }

  /** Adds a node with one output and returns its name. An input name '' omits an optional input. */
  op(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    hint?: string,
  ): string {
    return this.ops(op, inputs, attributes, 1, hint)[0]!;
  }

  /** Adds a node with several outputs and returns their names. */
  ops(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputCount: number,
    hint: string = op.charAt(0).toLowerCase() + op.slice(1),
  ): string[] {
    const outputs = Array.from({ length: outputCount }, () => this.#names.fresh(hint));
    const node: Node = {
      name: this.#nodeNames.fresh(outputs[0]!),
      op,
      domain: '',
      inputs: [...inputs],
      outputs,
      attributes,
    };
    try {
      this.#append(node);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new InvariantError(`emitting "${outputs[0]!}": ${error.message}`);
    }
    return [...outputs];
  }

  /** Adds a node as it is, under its own names. */
  node(node: Node): void {
    for (const output of node.outputs) {
      if (output !== '' && !this.#names.take(output)) throw new InvariantError(`value "${output}" is defined twice`);
    }
    this.#append({ ...node, name: this.#nodeNames.fresh(node.name || node.op) });
  }

  /**
   * Copies a graph in, with fresh names.
   * @param graph a canonical graph
   * @param inputs for each of its inputs, the name here that takes its place; types and shapes must fit its nodes
   * @param prefix put before every copied name, for example "head/"
   * @returns for each of its outputs, the name here
   */
  inline(graph: Graph, inputs: Readonly<Record<string, string>>, prefix = ''): Record<string, string> {
    const names = new Map<string, string>([['', '']]);
    for (const input of graph.inputs) {
      const given = Object.hasOwn(inputs, input.name) ? inputs[input.name] : undefined;
      if (given === undefined) throw new InvariantError(`inline "${graph.name}": input "${input.name}" is not given`);
      this.#factsOf(given);
      names.set(input.name, given);
    }
    for (const [name, value] of graph.initializers) names.set(name, this.constant(value, prefix + name));
    for (const node of topologicalOrder(graph)) {
      const outputs = node.outputs.map((output) => (output === '' ? '' : this.#names.fresh(prefix + output)));
      node.outputs.forEach((output, index) => output !== '' && names.set(output, outputs[index]!));
      const read = node.inputs.map((input) => renamed(names, input, graph));
      this.#append({ ...node, name: this.#nodeNames.fresh(prefix + (node.name || node.op)), inputs: read, outputs });
    }
    return Object.fromEntries(graph.outputs.map(({ name }) => [name, renamed(names, name, graph)]));
  }

  /** Static shape of a value. */
  shapeOf(name: string): readonly number[] {
    return this.#factsOf(name).shape;
  }

  /** Element type of a value. */
  dtypeOf(name: string): DType {
    return this.#factsOf(name).dtype;
  }

  /** Content of a value that is known before the run: a constant, or a folded shape computation. */
  constantOf(name: string): Tensor | undefined {
    return this.#factsOf(name).constant;
  }

  /** True when the builder has a value of this name. */
  has(name: string): boolean {
    return this.#facts.has(name);
  }

  /** The nodes added so far, in an order in which they can run. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /**
   * Marks a value as a graph output.
   * @param as name of the output, default the value's own; an inner value of that name is renamed by `build`
   */
  output(name: string, as: string = name): void {
    this.#factsOf(name);
    const earlier = this.#outputs.get(as);
    if (earlier !== undefined && earlier !== name) throw new InvariantError(`output "${as}" is given twice`);
    this.#outputs.set(as, name);
  }

  /**
   * The finished graph: unused nodes and constants dropped, every input kept, verified.
   * @throws InvariantError when the graph is faulty
   */
  build(): Graph {
    return finishGraph({
      graph: {
        name: this.#name,
        opset: CANONICAL_OPSET,
        nodes: this.#nodes,
        inputs: this.#inputs,
        outputs: [],
        initializers: this.#initializers,
      },
      outputs: this.#outputs,
      facts: this.#facts,
    });
  }

  #continue(base: Graph): void {
    for (const { name, dtype, shape } of base.inputs) {
      if (!shape?.every((axis) => typeof axis === 'number')) {
        throw new InvariantError(`base graph "${base.name}": input "${name}" has no static shape`);
      }
      this.input(name, dtype, shape as readonly number[]);
    }
    for (const [name, value] of base.initializers) this.#addInitializer(name, value);
    for (const node of topologicalOrder(base)) this.node(node);
  }

  #append(node: Node): void {
    const facts = inferNode(
      node,
      node.inputs.map((input) => (input === '' ? undefined : this.#factsOf(input, node))),
    );
    node.outputs.forEach((output, index) => {
      if (output !== '') this.#define(output, facts[index]!);
    });
    this.#nodes.push(node);
  }

  #define(name: string, facts: Facts): void {
    if (name === '') throw new InvariantError('a value needs a name');
    if (this.#facts.has(name)) throw new InvariantError(`value "${name}" is defined twice`);
    this.#names.take(name);
    this.#facts.set(name, facts);
  }

  #factsOf(name: string, reader?: Node): Facts {
    const facts = this.#facts.get(name);
    if (facts) return facts;
    throw new InvariantError(
      `value "${name}" is not defined${reader ? ` (read by ${reader.op} "${reader.name}")` : ''}`,
    );
  }

  #addInitializer(name: string, value: Tensor): void {
    this.#define(name, { dtype: value.dtype, shape: value.shape, constant: value });
    this.#initializers.set(name, value);
    const key = contentKey(value);
    if (key !== undefined) this.#constantsByContent.set(key, name);
    else this.#constantsByStorage.set(value.data, [...(this.#constantsByStorage.get(value.data) ?? []), name]);
  }

  #sharedConstant(value: Tensor): string | undefined {
    const key = contentKey(value);
    if (key !== undefined) return this.#constantsByContent.get(key);
    return this.#constantsByStorage.get(value.data)?.find((name) => {
      const known = this.#initializers.get(name)!;
      return known.dtype === value.dtype && sameShape(known.shape, value.shape);
    });
  }
}

/** Type, shape and bytes of a small tensor; undefined for large ones. -0 and 0 differ, NaN equals itself. */
function contentKey(value: Tensor): string | undefined {
  if (value.data.length > SHARED_BY_CONTENT) return undefined;
  const bytes = new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength);
  return `${value.dtype}|${value.shape.join(',')}|${bytes.join(',')}`;
}

function renamed(names: ReadonlyMap<string, string>, name: string, graph: Graph): string {
  const found = names.get(name);
  if (found === undefined) {
    throw new EngineError('model-invalid', `Value "${name}" of graph "${graph.name}" is read but never made.`, {
      tensor: name,
    });
  }
  return found;
}
