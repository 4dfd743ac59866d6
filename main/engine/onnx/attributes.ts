/** Makes and reads node attributes. */
import type { Tensor } from '../tensor/tensor.ts';
import type { Attribute, Node } from './graph.ts';

/** An integer attribute. */
export function int(value: number): Attribute {
  return { type: 'int', value };
}

/** A float attribute; ONNX stores it as float32. */
export function float(value: number): Attribute {
  return { type: 'float', value };
}

/** A list of integers. */
export function ints(value: readonly number[]): Attribute {
  return { type: 'ints', value };
}

/** A list of floats; ONNX stores them as float32. */
export function floats(value: readonly number[]): Attribute {
  return { type: 'floats', value };
}

/** A string attribute. */
export function text(value: string): Attribute {
  return { type: 'string', value };
}

/** A tensor attribute. */
export function tensorAttribute(value: Tensor): Attribute {
  return { type: 'tensor', value };
}

/** The payload each attribute type carries. */
export type AttributeValue<T extends Attribute['type']> = Extract<Attribute, { type: T }>['value'];

/** The value of an attribute, or undefined when the node lacks it or it has another type. */
export function attributeOf<T extends Attribute['type']>(
  node: Node,
  name: string,
  type: T,
): AttributeValue<T> | undefined {
  const attribute = Object.hasOwn(node.attributes, name) ? node.attributes[name] : undefined;
  return (attribute?.type === type ? attribute.value : undefined) as AttributeValue<T> | undefined;
}
