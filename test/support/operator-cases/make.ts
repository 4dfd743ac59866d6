/** Makes operator cases and their seeded inputs. */
import { CANONICAL_OPSET } from '../../../main/engine/onnx/graph.ts';
import type { Attribute } from '../../../main/engine/onnx/graph.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { sizeOf } from '../../../main/engine/tensor/shape.ts';
import { float32, int64, tensor } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import type { OperatorCase } from '../single-node.ts';

/** Inputs in order; undefined where an optional one is omitted. */
export type Inputs = readonly (Tensor | undefined)[];

/** Makes a case; see OperatorCase. */
export function one(
  op: string,
  about: string,
  inputs: Inputs,
  attributes: Record<string, Attribute> = {},
  rest: { readonly constants?: readonly number[]; readonly outputs?: number; readonly opset?: number } = {},
): OperatorCase {
  const { constants = [], outputs: outputCount = 1, opset = CANONICAL_OPSET } = rest;
  return { op, about, inputs, attributes, constants, outputCount, opset };
}

/** Seeded inputs by range; each call draws new values. */
export function makeInputs(seed: number) {
  const random = createRandom(seed);
  const fill = (shape: readonly number[], draw: () => number): Tensor<'float32'> =>
    float32(Float32Array.from({ length: sizeOf(shape) }, draw), shape);
  return {
    normal: (...shape: number[]) => fill(shape, () => random.normal()),
    positive: (...shape: number[]) => fill(shape, () => 0.1 + random.next()),
    unit: (...shape: number[]) => fill(shape, () => 1.8 * random.next() - 0.9),
    /** Few distinct values, so that ties and equality happen. */
    steps: (...shape: number[]) => fill(shape, () => random.integer(4) - 1.5),
    flags: (...shape: number[]) =>
      tensor(
        'bool',
        shape,
        Uint8Array.from({ length: sizeOf(shape) }, () => random.integer(2)),
      ),
    whole: (limit: number, ...shape: number[]) =>
      int64(
        Array.from({ length: sizeOf(shape) }, () => random.integer(limit)),
        shape,
      ),
    bytes: (dtype: 'uint8' | 'int8', ...shape: number[]) =>
      dtype === 'uint8'
        ? tensor(
            'uint8',
            shape,
            Uint8Array.from({ length: sizeOf(shape) }, () => random.integer(256)),
          )
        : tensor(
            'int8',
            shape,
            Int8Array.from({ length: sizeOf(shape) }, () => random.integer(256) - 128),
          ),
  };
}
