/** Whatever a file may say of a node, the rules answer with facts or with a refusal that names the node. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../main/engine/errors.ts';
import type { Attribute, Node } from '../../../main/engine/onnx/graph.ts';
import { OPS } from '../../../main/engine/onnx/ops.ts';
import type { AttributeSpec, Facts, OpSpec } from '../../../main/engine/onnx/ops/spec.ts';
import { inferNode } from '../../../main/engine/onnx/shapes/infer-node.ts';
import type { DType } from '../../../main/engine/tensor/tensor.ts';
import { float32, int64, zeros } from '../../../main/engine/tensor/tensor.ts';

const smallShape = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 });
const number = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -3, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 63, 1e300) },
);
const dtype = fc.constantFrom<DType>('float32', 'float32', 'float32', 'int64', 'int64', 'bool', 'uint8', 'float16');

const facts: fc.Arbitrary<Facts | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ dtype, shape: smallShape }) },
  {
    weight: 3,
    arbitrary: fc.array(fc.integer({ min: -3, max: 6 }), { maxLength: 5 }).map((values) => {
      const constant = int64(values);
      return { dtype: constant.dtype, shape: constant.shape, constant };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.double(), { minLength: 1, maxLength: 1 }).map((values) => {
      const constant = float32(values, []);
      return { dtype: constant.dtype, shape: constant.shape, constant };
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(dtype, smallShape)
      .map(([type, shape]) => ({ dtype: type, shape, constant: zeros(type, shape) })),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

/** An attribute of the right type with any value. */
function attributeFor(spec: AttributeSpec): fc.Arbitrary<Attribute> {
  switch (spec.type) {
    case 'int':
      return number.map((value) => ({ type: 'int', value }));
    case 'float':
      return fc.double().map((value) => ({ type: 'float', value }));
    case 'ints':
      return fc.array(number, { maxLength: 6 }).map((value) => ({ type: 'ints', value }));
    case 'floats':
      return fc.array(fc.double(), { maxLength: 3 }).map((value) => ({ type: 'floats', value }));
    case 'string':
      return fc
        .constantFrom(...(spec.values ?? ['ij,jk->ik', '...', 'ii->i', ',->', '']), 'odd')
        .map((value) => ({ type: 'string', value }));
    default:
      return smallShape.map((shape) => ({ type: 'tensor', value: zeros('float32', shape) }));
  }
}

function nodeOf(op: string, spec: OpSpec): fc.Arbitrary<{ node: Node; inputs: (Facts | undefined)[] }> {
  const attributes = Object.fromEntries(
    Object.entries(spec.attributes).map(([name, entry]) => [name, attributeFor(entry)]),
  );
  return fc
    .record({
      inputs: fc.array(facts, {
        minLength: Math.min(spec.inputs.length, 1),
        maxLength: Math.max(spec.inputs.length, 3),
      }),
      outputCount: fc.integer({ min: 1, max: 3 }),
      attributes: fc.record(attributes, { requiredKeys: [] }),
    })
    .map(({ inputs, outputCount, attributes: given }) => ({
      inputs,
      node: {
        name: 'planted',
        op,
        domain: '',
        inputs: inputs.map((input, index) => (input ? `x${index}` : '')),
        outputs: Array.from({ length: outputCount }, (_, index) => `y${index}`),
        attributes: given as Node['attributes'],
      },
    }));
}

describe('a random node', () => {
  it.each(Object.entries(OPS))('of op %s gives sound facts or a refusal by name', (op, spec) => {
    fc.assert(
      fc.property(nodeOf(op, spec), ({ node, inputs }) => {
        let made: Facts[];
        try {
          made = inferNode(node, inputs);
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
          expect((error as EngineError).details.node).toBe('planted');
          return;
        }
        for (const { shape, constant } of made) {
          expect(shape.every((size) => Number.isInteger(size) && size >= 0)).toBe(true);
          if (constant) expect(constant.shape).toEqual(shape);
          if (constant) expect(constant.data.length).toBe(shape.reduce((product, size) => product * size, 1));
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
