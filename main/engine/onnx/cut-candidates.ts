/** Finds the spatial maps through which everything flows from the image to the logits. */
import { attributeOf } from './attributes.ts';
import { consumersOf } from './graph.ts';
import type { Graph, Node } from './graph.ts';
import type { Facts } from './shapes.ts';

/** A spatial map at which a graph can be divided. */
export interface Candidate {
  readonly tensor: string;
  /** Index of the node that produces it. */
  readonly index: number;
  readonly op: string;
  /** [batch, channels, height, width] */
  readonly shape: readonly number[];
}

/**
 * Values that every path from the image to the output passes, in order (the dominators of the output).
 *
 * Walking over the nodes in topological order, the values that depend on the image and are still to be read form the
 * frontier. A value on every path is the whole frontier right after its node: all nodes that depend on the image are
 * either before it or behind it.
 * @param graph one input, one output, every node on a path to the output
 */
export function dominatorsOf(graph: Graph): { readonly tensor: string; readonly index: number }[] {
  const lastRead = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    for (const name of node.inputs) lastRead.set(name, index);
  });
  for (const { name } of graph.outputs) lastRead.set(name, graph.nodes.length);
  const frontier = new Set(graph.inputs.map((input) => input.name));
  const dependent = new Set(frontier);
  const dominators: { tensor: string; index: number }[] = [];
  graph.nodes.forEach((node, index) => {
    for (const name of node.inputs) if (lastRead.get(name) === index) frontier.delete(name);
    if (!node.inputs.some((name) => dependent.has(name))) return;
    for (const name of node.outputs) {
      dependent.add(name);
      if ((lastRead.get(name) ?? -1) > index) frontier.add(name);
    }
    const [first] = frontier;
    if (frontier.size === 1 && first !== undefined && node.outputs.includes(first))
      dominators.push({ tensor: first, index });
  });
  return dominators;
}

/** Ops whose first input and output are [batch, channels, height, width] by definition. */
const SPATIAL = new Set([
  ...['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool', 'LpPool', 'GlobalAveragePool', 'GlobalMaxPool', 'LRN'],
  ...['BatchNormalization', 'InstanceNormalization', 'GroupNormalization', 'DepthToSpace', 'SpaceToDepth'],
]);

/** Ops behind which the meaning of axes is lost. */
const MIXING = new Set(['Reshape', 'Flatten', 'MatMul', 'Gemm', 'Gather', 'Squeeze', 'Unsqueeze', 'Einsum']);

/** Values whose axes are known to be [batch, channels, height, width]. */
export function channelFirstValues(graph: Graph): Set<string> {
  const layouts = new Map<string, 'NCHW' | 'NHWC'>();
  const consumers = consumersOf(graph);
  const isReadSpatially = (name: string): boolean =>
    (consumers.get(name) ?? []).some((index) => {
      const node = graph.nodes[index]!;
      return SPATIAL.has(node.op) && node.inputs[0] === name;
    });
  for (const node of graph.nodes) {
    const given = node.inputs.map((name) => layouts.get(name)).find((layout) => layout !== undefined);
    for (const output of node.outputs) {
      const layout = isReadSpatially(output) ? 'NCHW' : layoutAfter(node, given);
      if (layout) layouts.set(output, layout);
    }
  }
  return new Set([...layouts].filter(([, layout]) => layout === 'NCHW').map(([name]) => name));
}

function layoutAfter(node: Node, given: 'NCHW' | 'NHWC' | undefined): 'NCHW' | 'NHWC' | undefined {
  if (SPATIAL.has(node.op)) return 'NCHW';
  if (node.op === 'Transpose') {
    const perm = attributeOf(node, 'perm', 'ints')?.join();
    if (given === 'NCHW' && perm === '0,2,3,1') return 'NHWC';
    return given === 'NHWC' && perm === '0,3,1,2' ? 'NCHW' : undefined;
  }
  return MIXING.has(node.op) ? undefined : given;
}

/** Every spatial map the graph can be divided at, in order: rank 4, channels first, more than one position. */
export function spatialMaps(graph: Graph, facts: ReadonlyMap<string, Facts>): Candidate[] {
  const channelFirst = channelFirstValues(graph);
  return dominatorsOf(graph).flatMap(({ tensor, index }) => {
    const { dtype, shape } = facts.get(tensor)!;
    const isMap = dtype === 'float32' && shape.length === 4 && shape[2]! * shape[3]! > 1 && channelFirst.has(tensor);
    return isMap ? [{ tensor, index, op: graph.nodes[index]!.op, shape }] : [];
  });
}

/** Ops that work on each number, or each channel, alone: behind a layer they belong to it. */
const PER_ELEMENT = new Set([
  ...['Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Celu', 'Selu', 'Clip', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Mish'],
  ...['Tanh', 'Erf', 'Gelu', 'Softplus', 'Softsign', 'ThresholdedRelu', 'Add', 'Sub', 'Mul', 'Div', 'Min', 'Max'],
  ...['BatchNormalization', 'Identity', 'Cast', 'QuantizeLinear', 'DequantizeLinear', 'Pow', 'Exp', 'Log', 'Sqrt'],
]);

/** Ops that pass a map on unchanged when its shape stays the same. */
const UNCHANGED = new Set(['Identity', 'Cast', 'Reshape', 'MaxPool', 'AveragePool']);

/**
 * One map per layer: the one after its normalisation and activation, and not the copies and paddings behind it.
 * @param maps in order, from `spatialMaps`
 */
export function layerMaps(graph: Graph, maps: readonly Candidate[], facts: ReadonlyMap<string, Facts>): Candidate[] {
  const distinct = maps.filter((map) => map.op !== 'Pad' && !isCopy(graph.nodes[map.index]!, map, facts));
  return distinct.filter((map, position) => {
    const next = distinct[position + 1];
    if (next?.shape.join() !== map.shape.join()) return true;
    return !graph.nodes.slice(map.index + 1, next.index + 1).every((node) => PER_ELEMENT.has(node.op));
  });
}

/** True for a pooling over windows of one position, a reshape to the same shape, and the like. */
function isCopy(node: Node, map: Candidate, facts: ReadonlyMap<string, Facts>): boolean {
  if (!UNCHANGED.has(node.op)) return false;
  const isPool = node.op === 'MaxPool' || node.op === 'AveragePool';
  if (isPool && !(attributeOf(node, 'kernel_shape', 'ints') ?? []).every((size) => size === 1)) return false;
  return facts.get(node.inputs[0] ?? '')?.shape.join() === map.shape.join();
}

/** What stands between a map and the logits. */
export interface Tail {
  /** Layers with weights: Conv, Gemm, MatMul with a constant factor. */
  readonly layerCount: number;
  /** A product of two values that both depend on the image, as attention computes them. */
  readonly attention: Node | undefined;
}

/** Values that depend on the graph's inputs; all others are constants. */
export function dependentValues(graph: Graph): Set<string> {
  const dependent = new Set(graph.inputs.map((input) => input.name));
  for (const node of graph.nodes) {
    if (node.inputs.some((name) => dependent.has(name))) for (const name of node.outputs) dependent.add(name);
  }
  return dependent;
}

const PRODUCTS = new Set(['Conv', 'Gemm', 'MatMul', 'Einsum']);

/** Looks at the nodes behind a map. */
export function tailOf(graph: Graph, candidate: Candidate): Tail {
  const dependent = dependentValues(graph);
  const products = graph.nodes.slice(candidate.index + 1).filter((node) => PRODUCTS.has(node.op));
  const isAttention = (node: Node): boolean => node.inputs.slice(0, 2).every((name) => dependent.has(name));
  const attention = products.find(isAttention);
  return { layerCount: products.filter((node) => !isAttention(node)).length, attention };
}
