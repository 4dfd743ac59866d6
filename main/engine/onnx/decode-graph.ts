/** GraphProto -> Graph: values, nodes, attributes, initialisers, sub-graphs. */
import { getTextEncoding } from '@bufbuild/protobuf/wire';
import { EngineError } from '../errors.ts';
import type { DType, Tensor } from '../tensor/tensor.ts';
import { decodeTensor } from './decode-tensor.ts';
import { dtypeOfCode, nameOfCode } from './element-types.ts';
import type { ReadExternal } from './external-data.ts';
import { topologicalOrder } from './graph.ts';
import type { Attribute, Dimension, Graph, Node, ValueInfo } from './graph.ts';
import { INITIALIZER_COUNT, NESTING, NODE_COUNT, RANK } from './limits.ts';
import { quote } from './messages.ts';
import { AttributeProto_AttributeType as Type } from './proto/onnx_pb.js';
import type { AttributeProto, GraphProto, NodeProto, ValueInfoProto } from './proto/onnx_pb.js';

/** What stays the same through all sub-graphs of one model. */
export interface GraphContext {
  readonly opset: number;
  readonly readExternal: ReadExternal | undefined;
  /** Domains of the functions stored in the model, for a better refusal. */
  readonly functionDomains: ReadonlySet<string>;
  /** Counts down over all graphs of the model. */
  readonly budget: { nodes: number; initializers: number };
}

/**
 * Decodes a graph and its sub-graphs.
 * @param outer names visible from the enclosing graphs; empty for the main graph
 * @throws EngineError 'model-invalid', 'model-unsupported', 'model-too-large', 'external-data'
 */
export function decodeGraph(
  proto: GraphProto,
  context: GraphContext,
  outer: ReadonlySet<string> = new Set(),
  depth = 0,
): Graph {
  if (depth > NESTING) {
    throw new EngineError('model-too-large', `The model nests sub-graphs deeper than ${NESTING}; it is damaged.`);
  }
  spend(context, proto);
  if (proto.sparseInitializer.length > 0) {
    const name = proto.sparseInitializer[0]!.values?.name ?? '';
    throw new EngineError(
      'model-unsupported',
      `Initializer ${quote(name)} is stored as a sparse tensor. Export the model with dense weights.`,
      { tensor: name },
    );
  }
  const initializers = decodeInitializers(proto, context);
  const inputs = proto.input.filter((input) => !initializers.has(input.name)).map(decodeValue);
  const visible = new Set([...outer, ...initializers.keys()]);
  define(inputs, visible, outer);
  const names = uniqueNames(proto.node);
  for (const node of proto.node) defineOutputs(node, visible, outer);
  const nodes = proto.node.map((node, index) => decodeNode(node, names[index]!, context, visible, depth));
  for (const node of nodes) {
    const missing = node.inputs.find((input) => input !== '' && !visible.has(input));
    if (missing !== undefined) {
      throw new EngineError(
        'model-invalid',
        `Node ${quote(node.name)} (${node.op}) reads ${quote(missing)}, which nothing produces. The file is damaged: export it again.`,
        { node: node.name, op: node.op, tensor: missing },
      );
    }
  }
  const outputs = proto.output.map((output) => decodeOutput(output, visible, depth));
  const graph: Graph = { name: proto.name, opset: context.opset, nodes, inputs, outputs, initializers };
  return isSorted(graph, outer) ? graph : { ...graph, nodes: topologicalOrder(graph) };
}

/** Counts nodes and initialisers against the caps of the whole model. */
function spend({ budget }: GraphContext, proto: GraphProto): void {
  budget.nodes -= proto.node.length;
  budget.initializers -= proto.initializer.length;
  if (budget.nodes < 0 || budget.initializers < 0) {
    throw new EngineError(
      'model-too-large',
      `The model has more than ${NODE_COUNT} nodes or ${INITIALIZER_COUNT} initializers; it is damaged, or no image classifier.`,
    );
  }
}

function decodeInitializers(proto: GraphProto, context: GraphContext): Map<string, Tensor> {
  const initializers = new Map<string, Tensor>();
  for (const tensor of proto.initializer) {
    if (tensor.name === '') {
      throw new EngineError('model-invalid', 'An initializer has no name. The file is damaged: export it again.');
    }
    if (initializers.has(tensor.name)) throw definedTwice(tensor.name);
    initializers.set(tensor.name, decodeTensor(tensor, `Initializer ${quote(tensor.name)}`, context.readExternal));
  }
  return initializers;
}

function define(inputs: readonly ValueInfo[], visible: Set<string>, outer: ReadonlySet<string>): void {
  for (const { name } of inputs) {
    if (name === '' || (visible.has(name) && !outer.has(name))) throw definedTwice(name);
    visible.add(name);
  }
}

function defineOutputs(node: NodeProto, visible: Set<string>, outer: ReadonlySet<string>): void {
  for (const name of node.output) {
    if (name === '') continue;
    if (visible.has(name) && !outer.has(name)) throw definedTwice(name);
    visible.add(name);
  }
}

function definedTwice(name: string): EngineError {
  return new EngineError(
    'model-invalid',
    `The value ${quote(name)} is defined twice. The file is damaged: export it again.`,
    { tensor: name },
  );
}

/** Every node's own name where it is unique, else its op and position: messages must point at one node. */
function uniqueNames(nodes: readonly NodeProto[]): string[] {
  const taken = new Set(nodes.map((node) => node.name));
  const seen = new Set<string>();
  return nodes.map((node, index) => {
    if (node.name !== '' && !seen.has(node.name)) {
      seen.add(node.name);
      return node.name;
    }
    let name = `${node.opType}_${index}`;
    while (taken.has(name)) name += '_';
    taken.add(name);
    return name;
  });
}

function decodeNode(
  proto: NodeProto,
  name: string,
  context: GraphContext,
  visible: ReadonlySet<string>,
  depth: number,
): Node {
  const domain = proto.domain === 'ai.onnx' ? '' : proto.domain;
  const op = proto.opType;
  if (domain !== '') throw customOperator(name, domain, op, context);
  if (op === '') {
    throw new EngineError('model-invalid', `Node ${quote(name)} names no operator. The file is damaged.`, {
      node: name,
    });
  }
  const attributes = Object.fromEntries(
    proto.attribute.map((attribute) => [
      attribute.name,
      decodeAttribute(attribute, `Attribute ${quote(attribute.name)} of node ${quote(name)} (${op})`, {
        ...context,
        visible,
        depth,
      }),
    ]),
  );
  return { name, op, domain, inputs: proto.input, outputs: proto.output, attributes };
}

function customOperator(name: string, domain: string, op: string, context: GraphContext): EngineError {
  const advice = context.functionDomains.has(domain)
    ? 'It is a function stored in the model: inline the functions (onnx.inliner.inline_local_functions) and save it again.'
    : 'Export the model with standard ONNX operators only, without optimisations made for one runtime.';
  return new EngineError(
    'model-unsupported',
    `Node ${quote(name)} uses the operator ${quote(op)} of the domain ${quote(domain)}, which is not part of standard ONNX. ${advice}`,
    { node: name, op: `${domain}.${op}` },
  );
}

function decodeAttribute(
  proto: AttributeProto,
  label: string,
  context: GraphContext & { readonly visible: ReadonlySet<string>; readonly depth: number },
): Attribute {
  if (proto.refAttrName !== '') {
    throw new EngineError('model-invalid', `${label} refers to a function's attribute outside of a function.`);
  }
  switch (typeOf(proto)) {
    case Type.FLOAT:
      return { type: 'float', value: proto.f };
    case Type.INT:
      return { type: 'int', value: Number(proto.i) };
    case Type.STRING:
      return { type: 'string', value: textOf(proto.s) };
    case Type.FLOATS:
      return { type: 'floats', value: proto.floats };
    case Type.INTS:
      return { type: 'ints', value: proto.ints.map(Number) };
    case Type.STRINGS:
      return { type: 'strings', value: proto.strings.map(textOf) };
    case Type.TENSOR:
      if (proto.t) return { type: 'tensor', value: decodeTensor(proto.t, label, context.readExternal) };
      break;
    case Type.GRAPH:
      if (proto.g) return { type: 'graph', value: decodeGraph(proto.g, context, context.visible, context.depth + 1) };
      break;
    default:
  }
  throw new EngineError(
    'model-unsupported',
    `${label} has the type ${(Type[proto.type] ?? `number ${proto.type}`).toLowerCase()}, which Vislex does not read, or no value. Export the model again.`,
    { found: Type[proto.type] ?? String(proto.type) },
  );
}

/** The stated type; files of IR version 1 state none, there the filled field decides. */
function typeOf(proto: AttributeProto): Type {
  if (proto.type !== Type.UNDEFINED) return proto.type;
  if (proto.floats.length > 0) return Type.FLOATS;
  if (proto.ints.length > 0) return Type.INTS;
  if (proto.strings.length > 0) return Type.STRINGS;
  if (proto.t) return Type.TENSOR;
  if (proto.g) return Type.GRAPH;
  if (proto.s.length > 0) return Type.STRING;
  return Type.UNDEFINED;
}

function textOf(bytes: Uint8Array): string {
  return getTextEncoding().decodeUtf8(bytes);
}

function decodeValue(proto: ValueInfoProto): ValueInfo {
  const type = proto.type?.value;
  if (type?.case !== 'tensorType') {
    throw new EngineError(
      'model-unsupported',
      `The value ${quote(proto.name)} is a ${type?.case?.replace('Type', '') ?? 'value without a type'}, not a tensor. Vislex reads image classifiers whose inputs and outputs are tensors.`,
      { tensor: proto.name },
    );
  }
  const { elemType, shape } = type.value;
  return {
    name: proto.name,
    dtype: dtypeOf(proto.name, elemType),
    shape: shape && dimensionsOf(proto.name, shape.dim),
  };
}

/** Outputs of the main graph need a type; those of sub-graphs often have none. */
function decodeOutput(proto: ValueInfoProto, visible: ReadonlySet<string>, depth: number): ValueInfo {
  if (!visible.has(proto.name)) {
    throw new EngineError(
      'model-invalid',
      `The output ${quote(proto.name)} is produced by no node. The file is damaged: export it again.`,
      { tensor: proto.name },
    );
  }
  if (depth > 0 && proto.type?.value.case !== 'tensorType') {
    return { name: proto.name, dtype: 'float32', shape: undefined };
  }
  return decodeValue(proto);
}

function dtypeOf(name: string, code: number): DType {
  const dtype = dtypeOfCode(code);
  if (dtype === undefined) {
    throw new EngineError(
      'model-unsupported',
      `The value ${quote(name)} has elements of type ${nameOfCode(code)}; an image classifier takes and gives numbers.`,
      { tensor: name, found: nameOfCode(code) },
    );
  }
  return dtype;
}

/** Sizes as numbers; unknown ones (no value, -1 or 0 as some exporters write) as symbols, unnamed ones unique. */
function dimensionsOf(
  name: string,
  dimensions: readonly { value: { case?: string | undefined; value?: bigint | string | undefined } }[],
): Dimension[] {
  if (dimensions.length > RANK) {
    throw new EngineError(
      'model-too-large',
      `${quote(name)} has ${dimensions.length} axes; at most ${RANK} are read.`,
      {
        tensor: name,
      },
    );
  }
  return dimensions.map(({ value }, axis) => {
    if (value.case === 'dimValue' && Number(value.value) > 0) return Number(value.value);
    if (value.case === 'dimParam' && value.value !== '') return String(value.value);
    return `${name}.${axis}`;
  });
}

/** True when every node comes after the nodes it reads from. */
function isSorted(graph: Graph, outer: ReadonlySet<string>): boolean {
  const known = new Set([...outer, ...graph.initializers.keys(), ...graph.inputs.map((input) => input.name)]);
  return graph.nodes.every((node) => {
    const ready = node.inputs.every((input) => input === '' || known.has(input));
    for (const output of node.outputs) known.add(output);
    return ready;
  });
}
