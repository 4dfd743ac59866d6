/** Constants of a canonical graph: Constant nodes, dequantised weights, float16 widened to float32. */
import { sizeOf } from '../tensor/shape.ts';
import { float32, int64, tensor } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { attributeOf } from './attributes.ts';
import type { CanonicalContext } from './canonical-context.ts';
import type { Attribute, Node } from './graph.ts';

/** float16 as float32, exactly; anything else as it is. */
export function widened(value: Tensor): Tensor {
  return value.dtype === 'float16'
    ? tensor('float32', value.shape, Float32Array.from(value.data as Float16Array))
    : value;
}

/** The node with float16 tensor attributes widened. */
export function withWideAttributes(node: Node): Node {
  const attributes = Object.entries(node.attributes).map(([name, attribute]): [string, Attribute] => [
    name,
    attribute.type === 'tensor' ? { type: 'tensor', value: widened(attribute.value) } : attribute,
  ]);
  return { ...node, attributes: Object.fromEntries(attributes) };
}

/**
 * The content of a Constant node.
 * @throws EngineError 'model-unsupported' for texts and sparse constants
 */
export function contentOf(node: Node, context: CanonicalContext): Tensor {
  const value = attributeOf(node, 'value', 'tensor');
  if (value !== undefined) return widened(value);
  const number = attributeOf(node, 'value_float', 'float');
  if (number !== undefined) return float32([number], []);
  const numbers = attributeOf(node, 'value_floats', 'floats');
  if (numbers !== undefined) return float32(numbers);
  const integer = attributeOf(node, 'value_int', 'int');
  if (integer !== undefined) return int64([integer], []);
  const integers = attributeOf(node, 'value_ints', 'ints');
  if (integers !== undefined) return int64(integers);
  throw context.refuse(node, 'holds a text or a sparse constant. An image classifier computes with numbers.');
}

/**
 * The content of a DequantizeLinear node whose inputs are all constants: (x - zeroPoint) * scale in float32, as in
 * the ONNX specification of DequantizeLinear. undefined when something is only known in the run.
 */
export function dequantized(node: Node, context: CanonicalContext): Tensor<'float32'> | undefined {
  const [x, scale, zeroPoint] = node.inputs.slice(0, 3).map((name) => context.constantOf(name));
  if (!x || !scale || ((node.inputs[2] ?? '') !== '' && !zeroPoint)) return undefined;
  const isInteger = ['int8', 'uint8', 'int16', 'uint16', 'int32'].includes(x.dtype);
  if (scale.dtype !== 'float32' || !isInteger || (zeroPoint && zeroPoint.dtype !== x.dtype)) return undefined;
  const rank = x.shape.length;
  const axis = attributeOf(node, 'axis', 'int') ?? 1;
  const channelAxis = axis < 0 ? axis + rank : axis;
  const count = scale.data.length;
  if (count !== 1 && x.shape[channelAxis] !== count) return undefined;
  if (zeroPoint && zeroPoint.data.length !== count) return undefined;
  // Elements that share one scale lie in runs of `inner`, repeated for every channel.
  const inner = count === 1 ? Math.max(1, x.data.length) : sizeOf(x.shape.slice(channelAxis + 1));
  const values = x.data as Int8Array;
  const factors = scale.data as Float32Array;
  const zeros = zeroPoint?.data as Int8Array | undefined;
  const result = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const channel = Math.floor(index / inner) % count;
    result[index] = (values[index]! - (zeros?.[channel] ?? 0)) * factors[channel]!;
  }
  return tensor('float32', x.shape, result);
}
