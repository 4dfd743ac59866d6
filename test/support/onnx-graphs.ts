/** Small graphs of any operator set, written node by node, for tests of readers and translations. */
import type { Attribute, Dimension, Graph, Node } from '../../main/engine/onnx/graph.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import type { DType, Tensor } from '../../main/engine/tensor/tensor.ts';
import { float32 } from '../../main/engine/tensor/tensor.ts';

/** One node: outputs (separated by commas), op, inputs, attributes. */
export type Line = readonly [
  outputs: string,
  op: string,
  inputs: readonly string[],
  attributes?: Readonly<Record<string, Attribute>>,
];

/** What a small graph is made of. */
export interface SmallGraph {
  readonly opset?: number;
  readonly input?: readonly Dimension[];
  readonly inputDType?: DType;
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly lines: readonly Line[];
  /** Default: the first output of the last line. */
  readonly outputs?: readonly string[];
  readonly outputDType?: DType;
}

/** A graph over `x`, default [2, 3, 8, 8] float32. */
export function smallGraph(parts: SmallGraph): Graph {
  const nodes: Node[] = parts.lines.map(([outputs, op, inputs, attributes = {}], index) => ({
    name: `node${index}`,
    op,
    domain: '',
    inputs,
    outputs: outputs.split(','),
    attributes,
  }));
  const outputs = parts.outputs ?? [nodes.at(-1)!.outputs[0]!];
  return {
    name: 'small',
    opset: parts.opset ?? 18,
    nodes,
    inputs: [{ name: 'x', dtype: parts.inputDType ?? 'float32', shape: parts.input ?? [2, 3, 8, 8] }],
    outputs: outputs.map((name) => ({ name, dtype: parts.outputDType ?? 'float32', shape: undefined })),
    initializers: new Map(Object.entries(parts.constants ?? {})),
  };
}

/** Seeded normal numbers times `scale`. */
export function noise(shape: readonly number[], seed = 1, scale = 1): Tensor<'float32'> {
  const random = createRandom(seed);
  const length = shape.reduce((product, axis) => product * axis, 1);
  return float32(
    Float32Array.from({ length }, () => random.normal() * scale),
    shape,
  );
}

/** Constants and lines of a small convolutional trunk: x [*, 3, 8, 8] -> `map` [*, 6, 4, 4]. */
export const TRUNK = {
  constants: { w1: noise([4, 3, 3, 3], 2, 0.3), w2: noise([6, 4, 3, 3], 3, 0.3) },
  lines: [
    ['c1', 'Conv', ['x', 'w1'], { pads: { type: 'ints', value: [1, 1, 1, 1] } }],
    ['r1', 'Relu', ['c1']],
    [
      'c2',
      'Conv',
      ['r1', 'w2'],
      { pads: { type: 'ints', value: [1, 1, 1, 1] }, strides: { type: 'ints', value: [2, 2] } },
    ],
    ['map', 'Relu', ['c2']],
  ] as readonly Line[],
};
