/** A graph as text: deterministic, one line per value, for golden files and error reports. */
import type { Tensor } from '../tensor/tensor.ts';
import type { Attribute, Graph, Node } from './graph.ts';
import type { Facts } from './ops/spec.ts';
import { inferShapes, symbolsOf } from './shapes.ts';

/** Constants of up to this many elements are written out; larger ones by a hash of their bytes. */
const WRITTEN_OUT = 8;

/**
 * The graph, line by line: inputs, constants, nodes in their order, outputs.
 * `%sum: float32[2,3] = Add(%x, %y)`; attributes follow in braces, sorted by name. Types and shapes of inner
 * values are written when every input has a static shape. Equal graphs give equal text; node names are left out.
 */
export function printGraph(graph: Graph): string {
  const isStatic = symbolsOf(graph).length === 0 && graph.inputs.every((input) => input.shape);
  const facts = isStatic ? inferShapes(graph) : undefined;
  const lines = [`graph ${graph.name} (opset ${graph.opset})`];
  for (const { name, dtype, shape } of graph.inputs) lines.push(`input %${name}: ${typeText(dtype, shape)}`);
  for (const [name, value] of graph.initializers) {
    lines.push(`constant %${name}: ${typeText(value.dtype, value.shape)} = ${contentText(value)}`);
  }
  for (const node of graph.nodes) lines.push(nodeLine(node, facts));
  for (const { name, dtype, shape } of graph.outputs) lines.push(`output %${name}: ${typeText(dtype, shape)}`);
  return `${lines.join('\n')}\n`;
}

function nodeLine(node: Node, facts: ReadonlyMap<string, Facts> | undefined): string {
  const outputs = node.outputs.map((name) => {
    const known = facts?.get(name);
    return `${valueText(name)}${known ? `: ${typeText(known.dtype, known.shape)}` : ''}`;
  });
  const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
  const attributes = Object.entries(node.attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, attribute]) => `${name}=${attributeText(attribute)}`);
  const tail = attributes.length > 0 ? ` {${attributes.join(', ')}}` : '';
  return `${outputs.join(', ')} = ${op}(${node.inputs.map(valueText).join(', ')})${tail}`;
}

/** "_" is an omitted input or output. */
function valueText(name: string): string {
  return name === '' ? '_' : `%${name}`;
}

function typeText(dtype: string, shape: readonly (number | string)[] | undefined): string {
  return `${dtype}${shape ? `[${shape.join(',')}]` : '[?]'}`;
}

function attributeText(attribute: Attribute): string {
  switch (attribute.type) {
    case 'int':
    case 'float':
      return numberText(attribute.value);
    case 'ints':
    case 'floats':
      return `[${attribute.value.map(numberText).join(',')}]`;
    case 'string':
      return JSON.stringify(attribute.value);
    case 'strings':
      return JSON.stringify(attribute.value);
    case 'tensor':
      return `${typeText(attribute.value.dtype, attribute.value.shape)} ${contentText(attribute.value)}`;
    case 'graph':
      return `<${printGraph(attribute.value).trimEnd().replaceAll('\n', '; ')}>`;
  }
}

/** Shortest decimal that float32 tells apart, so that 0.1 stored as float32 does not print as 0.10000000149. */
function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (Number.isInteger(value)) return String(value);
  const short = Number(value.toPrecision(8));
  return String(Math.fround(short) === Math.fround(value) ? short : value);
}

function contentText(value: Tensor): string {
  if (value.data.length > WRITTEN_OUT) return `#${hashOf(value)}`;
  const elements = Array.from(value.data as ArrayLike<number | bigint>, (element) =>
    typeof element === 'bigint' ? String(element) : numberText(element),
  );
  return `{${elements.join(', ')}}`;
}

/** FNV-1a over the bytes, 8 hexadecimal digits. */
function hashOf(value: Tensor): string {
  const bytes = new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength);
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
