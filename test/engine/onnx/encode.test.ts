/** Writing models: what comes back is what was given, and extra outputs leave the model untouched. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { ints, tensorAttribute, text } from '../../../main/engine/onnx/attributes.ts';
import { decodeModel } from '../../../main/engine/onnx/decode.ts';
import { encodeModel, withExtraOutputs } from '../../../main/engine/onnx/encode.ts';
import { ModelProtoSchema } from '../../../main/engine/onnx/proto/onnx_pb.js';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { allocate, BYTES_PER_ELEMENT } from '../../../main/engine/tensor/tensor.ts';
import type { DType, Tensor } from '../../../main/engine/tensor/tensor.ts';
import { expectAllclose } from '../../support/allclose.ts';
import { noise, smallGraph, TRUNK } from '../../support/onnx-graphs.ts';

describe('encodeModel', () => {
  it('writes every element type so that it is read back bit for bit', () => {
    const constants: Record<string, Tensor> = {};
    for (const dtype of Object.keys(BYTES_PER_ELEMENT) as DType[]) {
      const data = allocate(dtype, 6);
      new Uint8Array(data.buffer).forEach(
        (_, index, bytes) => (bytes[index] = dtype === 'bool' ? index % 2 : index * 7),
      );
      constants[dtype] = { dtype, shape: [2, 3], data };
    }
    const graph = smallGraph({ constants, lines: [['y', 'Identity', ['x']]] });
    expect(decodeModel(encodeModel(graph)).graph.initializers).toEqual(graph.initializers);
  });

  it('writes every kind of attribute so that it is read back', () => {
    const inner = smallGraph({ input: [2], lines: [['inner', 'Abs', ['x2']]], constants: { x2: noise([2]) } });
    const graph = smallGraph({
      lines: [
        [
          'y',
          'Identity',
          ['x'],
          {
            a: { type: 'int', value: -3 },
            b: { type: 'float', value: 0.5 },
            c: text('Wörter'),
            d: ints([1, -2]),
            e: { type: 'floats', value: [0.25, 4] },
            f: { type: 'strings', value: ['p', 'q'] },
            g: tensorAttribute(noise([2, 2])),
            h: { type: 'graph', value: { ...inner, inputs: [] } },
          },
        ],
      ],
    });
    const [node] = decodeModel(encodeModel(graph)).graph.nodes;
    expect(node!.attributes).toEqual(graph.nodes[0]!.attributes);
  });

  it('writes "to the end" as the largest int64', () => {
    const graph = smallGraph({
      opset: 9,
      lines: [['y', 'Slice', ['x'], { starts: ints([0]), ends: ints([2 ** 63]) }]],
    });
    const model = fromBinary(ModelProtoSchema, encodeModel(graph));
    expect(model.graph!.node[0]!.attribute[1]!.ints).toEqual([2n ** 63n - 1n]);
  });

  it('gives the same bytes for the same graph, with its metadata', () => {
    const graph = smallGraph(TRUNK);
    const bytes = encodeModel(graph, { metadata: { classes: 'a,b' } });
    expect(encodeModel(graph, { metadata: { classes: 'a,b' } })).toEqual(bytes);
    expect(decodeModel(bytes).info).toMatchObject({ producerName: 'vislex', opset: 18, metadata: { classes: 'a,b' } });
  });
});

describe('withExtraOutputs', () => {
  it('returns inner values, and the model stays byte for byte in front', async () => {
    const runner = createRunner({ provider: 'cpu', threads: 1 });
    const bytes = encodeModel(smallGraph(TRUNK));
    const more = withExtraOutputs(bytes, ['r1', 'map', 'c1']);
    expect(more.subarray(0, bytes.length)).toEqual(bytes);
    const session = await runner.openModel(more);
    const found = await session.run({ x: noise([2, 3, 8, 8]) });
    await session.dispose();
    expect(Object.keys(found)).toEqual(['map', 'r1', 'c1']);
    const relu = Float32Array.from(found['c1']!.data as Float32Array, (value) => Math.max(value, 0));
    expectAllclose(found['r1']!, { ...found['c1']!, data: relu });
  });

  it('keeps fields that this program does not know', () => {
    const unknown = { no: 1234, wireType: 0, data: Uint8Array.of(42) };
    const model = create(ModelProtoSchema, fromBinary(ModelProtoSchema, encodeModel(smallGraph(TRUNK))));
    model.$unknown = [unknown];
    const again = fromBinary(ModelProtoSchema, withExtraOutputs(toBinary(ModelProtoSchema, model), ['r1']));
    expect(again.$unknown).toEqual([unknown]);
  });

  it('returns the same bytes when the values are outputs already, and refuses unknown names', () => {
    const bytes = encodeModel(smallGraph(TRUNK));
    expect(withExtraOutputs(bytes, ['map'])).toBe(bytes);
    expect(() => withExtraOutputs(bytes, ['ghost'])).toThrow(/no intermediate value "ghost"/);
  });
});
