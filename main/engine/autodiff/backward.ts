/** Reverse mode from ONNX to ONNX: mark the paths, walk them back, add the gradients up. */
import { InvariantError } from '../errors.ts';
import { GraphBuilder } from '../onnx/build.ts';
import { add } from '../onnx/emit.ts';
import type { Graph, Node } from '../onnx/graph.ts';
import { isSupportedOp } from '../onnx/ops.ts';
import { sameShape, sizeOf } from '../tensor/shape.ts';
import { isDifferentiable, onesLike, zerosLike } from './emit-gradient.ts';
import type { Ties } from './rule-context.ts';
import { createRuleContext, forbidGradient } from './rule-context.ts';
import { RULES } from './rules.ts';

/** What to differentiate in a whole graph. */
export interface GradientRequest {
  /** Value that is differentiated: of one element, or of any shape when `upstream` is given. */
  readonly loss: string;
  /** Values the gradient is taken for: graph inputs, initialisers or inner values, of a float type. */
  readonly wrt: readonly string[];
  /**
   * Name of a graph input to add, of the shape and element type of `loss`: the upstream gradient.
   * The results are then vector-Jacobian products: sum over i of upstream[i] * d loss[i] / d wrt.
   */
  readonly upstream?: string;
  /** Default 'share'. */
  readonly ties?: Ties;
}

/** Options of {@link appendGradients}. */
export interface AppendOptions {
  /** Value in the builder with the shape of `loss` that holds the upstream gradient; default: loss is scalar, 1. */
  readonly upstream?: string;
  /** Default 'share'. */
  readonly ties?: Ties;
}

/**
 * A graph that computes, beside the outputs it had, one output `<name>.gradient` for each name in `wrt`,
 * of that value's shape; zeros when the loss does not depend on it.
 * The emitted nodes use only the operations of `onnx/portable-ops.ts`.
 * @param graph canonical, with static shapes
 * @throws EngineError 'gradient-forbidden' naming the node when a path leads through an op without a gradient
 */
export function gradient(graph: Graph, request: GradientRequest): Graph {
  const builder = new GraphBuilder({ name: `${graph.name}.gradient`, base: graph });
  let options: AppendOptions = { ties: request.ties ?? 'share' };
  if (request.upstream !== undefined) {
    const { loss } = request;
    options = { ...options, upstream: builder.input(request.upstream, builder.dtypeOf(loss), builder.shapeOf(loss)) };
  }
  const gradients = appendGradients(builder, request.loss, request.wrt, options);
  for (const { name } of graph.outputs) builder.output(name);
  for (const [name, value] of gradients) builder.output(value, gradientName(name));
  return builder.build();
}

/** Name of the output that holds the gradient of a value. */
export function gradientName(name: string): string {
  return `${name}.gradient`;
}

/**
 * Appends the gradients of `loss` to a graph being built.
 * @param loss value of one element, or of any shape together with `options.upstream`
 * @param wrt values emitted so far, of a float type; a repeated name is harmless
 * @returns for each name in `wrt` the name of its gradient, of the same shape and element type
 * @throws EngineError 'gradient-forbidden' when a path leads through an op without a gradient
 */
export function appendGradients(
  builder: GraphBuilder,
  loss: string,
  wrt: readonly string[],
  options: AppendOptions = {},
): Map<string, string> {
  for (const name of [loss, ...wrt]) {
    if (!isDifferentiable(builder.dtypeOf(name))) {
      throw new InvariantError(`gradient: "${name}" is ${builder.dtypeOf(name)}; only float values have gradients`);
    }
  }
  // A copy: the walk appends to the list it reads.
  const nodes = [...builder.nodes];
  const active = activeValues(builder, nodes, wrt);
  const sums = new GradientSums(builder);
  if (active.has(loss)) sums.add(loss, seedOf(builder, loss, options));
  for (const node of nodes.toReversed()) {
    const upstreams = node.outputs.map((output) => sums.total(output));
    const wanted = node.inputs.map((input) => active.has(input));
    if (!wanted.includes(true) || upstreams.every((upstream) => upstream === undefined)) continue;
    const emitted = builder.nodes.length;
    const parts = differentiate(builder, node, upstreams, wanted, {
      ties: options.ties ?? 'share',
      thin: (name) => sums.thin(name),
    });
    sums.noteExpansions(builder.nodes.slice(emitted));
    parts.forEach((part, index) => {
      if (part !== undefined) sums.add(node.inputs[index]!, checkedShape(builder, node, index, part));
    });
  }
  return new Map(wrt.map((name) => [name, sums.total(name) ?? zerosLike(builder, name)]));
}

/** The gradients that have arrived at each value so far. */
class GradientSums {
  readonly #builder: GraphBuilder;
  readonly #parts = new Map<string, string[]>();
  /** What each expanded gradient was made from. */
  readonly #sources = new Map<string, string>();

  constructor(builder: GraphBuilder) {
    this.#builder = builder;
  }

  add(name: string, part: string): void {
    const parts = this.#parts.get(name);
    if (parts) parts.push(part);
    else this.#parts.set(name, [part]);
  }

  /** The sum of what arrived; undefined when nothing did. Emits the additions once. */
  total(name: string): string | undefined {
    const sum = this.#parts.get(name)?.reduce((left, right) => add(this.#builder, left, right));
    if (sum !== undefined) this.#parts.set(name, [sum]);
    return sum;
  }

  noteExpansions(nodes: readonly Node[]): void {
    for (const { op, inputs, outputs } of nodes) if (op === 'Expand') this.#sources.set(outputs[0]!, inputs[0]!);
  }

  /** The value an expanded gradient was made from, or the gradient itself. */
  thin(name: string): string {
    return this.#sources.get(name) ?? name;
  }
}

/** A rule's result after a look at its shape. @throws InvariantError when it is not that of the input */
function checkedShape(builder: GraphBuilder, node: Node, index: number, part: string): string {
  const [found, expected] = [builder.shapeOf(part), builder.shapeOf(node.inputs[index]!)];
  if (sameShape(found, expected)) return part;
  throw new InvariantError(
    `rule ${node.op}: gradient [${found.join(', ')}] of input ${index} is not [${expected.join(', ')}] ` +
      `(node "${node.name}")`,
  );
}

/** Values that depend on `wrt` through ops that carry a gradient. */
function activeValues(builder: GraphBuilder, nodes: readonly Node[], wrt: readonly string[]): ReadonlySet<string> {
  const active = new Set(wrt);
  for (const node of nodes) {
    const rule = ruleOf(node);
    if (rule === 'zero' || !node.inputs.some((input) => active.has(input))) continue;
    for (const output of node.outputs) {
      // Past a forbidden op integers stay on the path (quantised codes), or it would end in silent zeros.
      if (output !== '' && (rule === 'forbidden' || isDifferentiable(builder.dtypeOf(output)))) active.add(output);
    }
  }
  return active;
}

/** The upstream gradient of the loss itself. */
function seedOf(builder: GraphBuilder, loss: string, options: AppendOptions): string {
  const shape = builder.shapeOf(loss);
  if (options.upstream === undefined) {
    if (sizeOf(shape) !== 1) {
      throw new InvariantError(`gradient: loss "${loss}" has shape [${shape.join(', ')}]; give an upstream gradient`);
    }
    return onesLike(builder, loss);
  }
  if (!sameShape(builder.shapeOf(options.upstream), shape)) {
    throw new InvariantError(`gradient: upstream "${options.upstream}" has not the shape of loss "${loss}"`);
  }
  return options.upstream;
}

function differentiate(
  builder: GraphBuilder,
  node: Node,
  upstreams: readonly (string | undefined)[],
  wanted: readonly boolean[],
  options: { readonly ties: Ties; readonly thin: (name: string) => string },
): readonly (string | undefined)[] {
  const rule = ruleOf(node);
  if (rule === 'zero') return [];
  if (rule === 'forbidden') {
    return forbidGradient(node, `${node.op} has no gradient rule`, 'Choose a cut point after this node.');
  }
  // An empty tensor passes nothing on; without this, ops that refuse empty axes would be emitted for it.
  const live = upstreams.map((name) => (name !== undefined && sizeOf(builder.shapeOf(name)) > 0 ? name : undefined));
  if (live.every((name) => name === undefined)) return [];
  const needed = wanted.map((want, index) => want && sizeOf(builder.shapeOf(node.inputs[index]!)) > 0);
  return rule(createRuleContext(builder, node, live, needed, options.ties, options.thin)).map((part, index) =>
    needed[index] ? part : undefined,
  );
}

function ruleOf(node: Node): (typeof RULES)[keyof typeof RULES] {
  if (node.domain === '' && isSupportedOp(node.op)) return RULES[node.op];
  return 'forbidden';
}
