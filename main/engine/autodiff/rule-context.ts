/** What a gradient rule sees of the node it differentiates, and what it gives back. */
import { EngineError, InvariantError } from '../errors.ts';
import type { GraphBuilder } from '../onnx/build.ts';
import type { Attribute, Node } from '../onnx/graph.ts';

/**
 * Gradient of one node: emits into `context.builder` and returns, aligned with the node's inputs, the name of the
 * gradient of each input (same shape and element type as the input), or undefined where it is zero.
 * Entries of inputs that are not wanted are ignored; a rule asks `wants` only where the work would be large.
 */
export type Rule = (context: RuleContext) => readonly (string | undefined)[];

/**
 * What elements that tie for a maximum or minimum receive: equal shares of the gradient (as torch.amax), or each the
 * whole of it. 'whole' saves two passes over the operand; it is exact wherever ties have measure zero.
 */
export type Ties = 'share' | 'whole';

/** One node under differentiation. Indices are positions in `node.inputs` or `node.outputs`. */
export interface RuleContext {
  readonly builder: GraphBuilder;
  readonly node: Node;
  /** How Max, Min, ReduceMax and ReduceMin treat elements that tie. */
  readonly ties: Ties;
  /** Gradient of the first output. @throws InvariantError when only a later output carries one */
  readonly upstream: string;
  /**
   * The same before it was expanded (a mean hands out one value many times), or `upstream` itself: cheaper wherever
   * it meets a value of the output's full shape.
   */
  readonly thinUpstream: string;
  /** Gradient of an output, or undefined when the loss does not depend on it. */
  upstreamOf(output: number): string | undefined;
  /** Name of an input that is present. @throws InvariantError when it is omitted */
  input(index: number): string;
  /** True when the input is present. */
  has(index: number): boolean;
  /** True when the gradient of this input is asked for. */
  wants(index: number): boolean;
  /** Static shape of an input. */
  shape(index: number): readonly number[];
  /** Static shape of an output. */
  outputShape(index: number): readonly number[];
  /** Elements of a constant input as numbers. @throws EngineError 'gradient-forbidden' when it is not constant */
  numbers(index: number): readonly number[];
  int(name: string, fallback: number): number;
  float(name: string, fallback: number): number;
  ints(name: string, fallback: readonly number[]): readonly number[];
  text(name: string, fallback: string): string;
  /** Refuses this node. @param reason what is not differentiable, @param advice what the user can do */
  forbid(reason: string, advice: string): never;
}

/**
 * Binds a node to the gradients that arrived at its outputs.
 * @param upstreams gradient of each output, undefined where none arrived
 * @param wanted whether the gradient of each input is asked for
 * @param thin the value an expanded one was made from, or the value itself
 */
export function createRuleContext(
  builder: GraphBuilder,
  node: Node,
  upstreams: readonly (string | undefined)[],
  wanted: readonly boolean[],
  ties: Ties,
  thin: (name: string) => string,
): RuleContext {
  const forbid = (reason: string, advice: string): never => forbidGradient(node, reason, advice);
  const input = (index: number): string => {
    const name = node.inputs[index];
    if (name === undefined || name === '') throw new InvariantError(`${node.op} "${node.name}" has no input ${index}`);
    return name;
  };
  const read = <T extends Attribute['type']>(name: string, type: T): Extract<Attribute, { type: T }> | undefined => {
    const attribute = node.attributes[name];
    if (attribute === undefined) return undefined;
    if (attribute.type !== type) throw new InvariantError(`attribute ${name} of "${node.name}" is not ${type}`);
    return attribute as Extract<Attribute, { type: T }>;
  };
  const firstUpstream = (): string => {
    const name = upstreams[0];
    if (name === undefined) throw new InvariantError(`no gradient reached the first output of "${node.name}"`);
    return name;
  };
  return {
    builder,
    node,
    ties,
    get upstream() {
      return firstUpstream();
    },
    get thinUpstream() {
      return thin(firstUpstream());
    },
    upstreamOf: (output) => upstreams[output],
    input,
    has: (index) => (node.inputs[index] ?? '') !== '',
    wants: (index) => wanted[index] ?? false,
    shape: (index) => builder.shapeOf(input(index)),
    outputShape: (index) => builder.shapeOf(node.outputs[index]!),
    numbers(index) {
      const value = builder.constantOf(input(index));
      if (value === undefined) forbid(`its input "${input(index)}" is not a constant`, 'Simplify the model first.');
      return Array.from(value!.data as ArrayLike<number | bigint>, Number);
    },
    int: (name, fallback) => read(name, 'int')?.value ?? fallback,
    float: (name, fallback) => read(name, 'float')?.value ?? fallback,
    ints: (name, fallback) => read(name, 'ints')?.value ?? fallback,
    text: (name, fallback) => read(name, 'string')?.value ?? fallback,
    forbid,
  };
}

/** @throws EngineError 'gradient-forbidden' that names the node, its op, the reason and what to do */
export function forbidGradient(node: Node, reason: string, advice: string): never {
  throw new EngineError(
    'gradient-forbidden',
    `No gradient can pass node "${node.name}" (${node.op}): ${reason}. ${advice}`,
    { node: node.name, op: node.op },
  );
}
