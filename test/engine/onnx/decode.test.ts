/** Reading models: element types, storage forms, external data, and refusals that name what is wrong. */
import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import type { EngineErrorCode } from '../../../main/engine/errors.ts';
import { decodeModel } from '../../../main/engine/onnx/decode.ts';
import { encodeModel } from '../../../main/engine/onnx/encode.ts';
import { embedExternalData, listExternalData } from '../../../main/engine/onnx/external-data.ts';
import {
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from '../../../main/engine/onnx/proto/onnx_pb.js';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { toNumbers } from '../../../main/engine/tensor/tensor.ts';
import { noise, smallGraph, TRUNK } from '../../support/onnx-graphs.ts';

type ModelInit = Extract<Parameters<typeof create<typeof ModelProtoSchema>>[1], { $typeName?: never }>;
type GraphInit = Extract<NonNullable<ModelInit['graph']>, { $typeName?: never }>;
type TensorInit = NonNullable<GraphInit['initializer']>[number];

const VALUE = {
  type: { value: { case: 'tensorType' as const, value: { elemType: 1, shape: { dim: [] } } } },
};

/** The bytes of y = Identity(x) with one initializer beside it. */
function fileWith(initializer: TensorInit | undefined, graph: GraphInit = {}, model: ModelInit = {}): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 18n }],
      graph: {
        name: 'file',
        node: [{ opType: 'Identity', name: 'copy', input: ['x'], output: ['y'] }],
        input: [{ name: 'x', ...VALUE }],
        output: [{ name: 'y', ...VALUE }],
        initializer: initializer ? [initializer] : [],
        ...graph,
      },
      ...model,
    }),
  );
}

function read(initializer: TensorInit): Tensor {
  return decodeModel(fileWith({ name: 'w', ...initializer })).graph.initializers.get('w')!;
}

const T = TensorProto_DataType;

describe('initializers', () => {
  it.each([
    ['float', { dataType: T.FLOAT, floatData: [1.5, -2] }, 'float32', [1.5, -2]],
    ['double', { dataType: T.DOUBLE, doubleData: [1e300, -2] }, 'float64', [1e300, -2]],
    ['int8 as int32', { dataType: T.INT8, int32Data: [-128, 127] }, 'int8', [-128, 127]],
    ['uint8 as int32', { dataType: T.UINT8, int32Data: [0, 255] }, 'uint8', [0, 255]],
    ['int64', { dataType: T.INT64, int64Data: [-5n, 7n] }, 'int64', [-5, 7]],
    ['uint32 as uint64', { dataType: T.UINT32, uint64Data: [4294967295n, 1n] }, 'uint32', [4294967295, 1]],
    ['bool as int32', { dataType: T.BOOL, int32Data: [0, 1] }, 'bool', [0, 1]],
    // IEEE 754: 0x3E00 is 1.5 in half precision, 0xC000 is -2; 0x3FC0 and 0xC000 are the same in bfloat16.
    ['float16 as bits', { dataType: T.FLOAT16, int32Data: [0x3e00, 0xc000] }, 'float16', [1.5, -2]],
    ['bfloat16 as bits', { dataType: T.BFLOAT16, int32Data: [0x3fc0, 0xc000] }, 'float32', [1.5, -2]],
    ['raw float', { dataType: T.FLOAT, rawData: Uint8Array.of(0, 0, 192, 63, 0, 0, 0, 192) }, 'float32', [1.5, -2]],
    ['raw bfloat16', { dataType: T.BFLOAT16, rawData: Uint8Array.of(192, 63, 0, 192) }, 'float32', [1.5, -2]],
    ['raw bool other than 0 and 1', { dataType: T.BOOL, rawData: Uint8Array.of(7, 0) }, 'bool', [1, 0]],
    [
      'raw int64',
      { dataType: T.INT64, rawData: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, ...Array<number>(8).fill(255)) },
      'int64',
      [1, -1],
    ],
  ] as const)('%s', (_name, stored, dtype, values) => {
    const value = read({ dims: [2n], ...stored } as TensorInit);
    expect(value.dtype).toBe(dtype);
    expect(value.shape).toEqual([2]);
    expect(toNumbers(value)).toEqual(values);
  });

  it.each([0, 1, 2, 3])('raw values in a Node Buffer, %i bytes off alignment, are read', (offset) => {
    const file = fileWith({ name: 'w', dims: [2n], dataType: T.FLOAT, rawData: Uint8Array.of(0, 0, 192, 63, 0, 0, 0, 192) }); // prettier-ignore
    // Buffer.slice is a view, Uint8Array.slice a copy: both must do.
    const buffer = Buffer.alloc(file.length + offset);
    buffer.set(file, offset);
    expect(toNumbers(decodeModel(buffer.subarray(offset)).graph.initializers.get('w')!)).toEqual([1.5, -2]);
  });

  it('raw bfloat16 in a Node Buffer is widened', () => {
    const file = fileWith({ name: 'w', dims: [2n], dataType: T.BFLOAT16, rawData: Uint8Array.of(192, 63, 0, 192) });
    expect(toNumbers(decodeModel(Buffer.from(file)).graph.initializers.get('w')!)).toEqual([1.5, -2]);
  });

  it('an empty one has no elements', () => {
    expect(read({ dims: [0n], dataType: T.FLOAT }).data).toHaveLength(0);
  });
});

describe('refusals', () => {
  const cases: readonly (readonly [string, () => unknown, EngineErrorCode, RegExp])[] = [
    ['an empty file', () => decodeModel(new Uint8Array()), 'model-unreadable', /0 bytes; it holds no graph/],
    ['text', () => decodeModel(new TextEncoder().encode('hello, model')), 'model-unreadable', /not an ONNX model/],
    ['a ZIP archive', () => decodeModel(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0)), 'model-unreadable', /PyTorch/],
    [
      'the file in the message',
      () => decodeModel(new Uint8Array(), { file: 'a.onnx' }),
      'model-unreadable',
      /"a.onnx"/,
    ],
    [
      'a model cut off',
      () => decodeModel(encodeModel(smallGraph(TRUNK)).slice(0, -100)),
      'model-unreadable',
      /damaged or cut off/,
    ],
    [
      'operator set 8',
      () => decodeModel(fileWith(undefined, {}, { opsetImport: [{ version: 8n }] })),
      'model-unsupported',
      /operator set 8; Vislex reads 9 to 21/,
    ],
    [
      'operator set 22',
      () => decodeModel(fileWith(undefined, {}, { opsetImport: [{ version: 22n }] })),
      'model-unsupported',
      /operator set 22/,
    ],
    [
      'no operator set',
      () => decodeModel(fileWith(undefined, {}, { opsetImport: [] })),
      'model-unsupported',
      /states no standard operator set/,
    ],
    [
      'an op of another domain',
      () =>
        decodeModel(
          fileWith(undefined, {
            node: [{ opType: 'FusedConv', domain: 'com.microsoft', input: ['x'], output: ['y'] }],
          }),
        ),
      'model-unsupported',
      /"FusedConv_0".*"FusedConv".*"com.microsoft".*standard ONNX/,
    ],
    [
      'a value nothing produces',
      () =>
        decodeModel(fileWith(undefined, { node: [{ opType: 'Relu', name: 'r', input: ['ghost'], output: ['y'] }] })),
      'model-invalid',
      /"r" \(Relu\) reads "ghost"/,
    ],
    [
      'a cycle',
      () =>
        decodeModel(
          fileWith(undefined, {
            node: [
              { opType: 'Add', name: 'a', input: ['x', 'y'], output: ['z'] },
              { opType: 'Relu', name: 'b', input: ['z'], output: ['y'] },
            ],
          }),
        ),
      'model-invalid',
      /cycle/,
    ],
    [
      'a value defined twice',
      () =>
        decodeModel(
          fileWith(undefined, {
            node: [
              { opType: 'Relu', input: ['x'], output: ['y'] },
              { opType: 'Abs', input: ['x'], output: ['y'] },
            ],
          }),
        ),
      'model-invalid',
      /"y" is defined twice/,
    ],
    ['texts as weights', () => read({ dims: [0n], dataType: T.STRING }), 'model-unsupported', /"w" holds .* string/],
    [
      '4-bit weights',
      () => read({ dims: [2n], dataType: T.INT4, rawData: Uint8Array.of(1) }),
      'model-unsupported',
      /int4/,
    ],
    [
      'too few bytes',
      () => read({ dims: [2n], dataType: T.FLOAT, rawData: new Uint8Array(4) }),
      'model-invalid',
      /"w" of shape \[2\] needs 8 bytes but has 4/,
    ],
    [
      'too few elements',
      () => read({ dims: [3n], dataType: T.FLOAT, floatData: [1] }),
      'model-invalid',
      /needs 3 elements but has 1/,
    ],
    ['a negative axis', () => read({ dims: [-1n], dataType: T.FLOAT }), 'model-invalid', /negative axis/],
    ['an absurd size', () => read({ dims: [2n ** 40n, 0n], dataType: T.FLOAT }), 'model-too-large', /elements/],
    [
      'external data without a reader',
      () =>
        read({
          dims: [1n],
          dataType: T.FLOAT,
          dataLocation: TensorProto_DataLocation.EXTERNAL,
          externalData: [{ key: 'location', value: 'weights.bin' }],
        }),
      'external-data',
      /"weights.bin" beside the model/,
    ],
    [
      'an input that is no tensor',
      () =>
        decodeModel(
          fileWith(undefined, { input: [{ name: 'x', type: { value: { case: 'sequenceType', value: {} } } }] }),
        ),
      'model-unsupported',
      /"x" is a sequence/,
    ],
  ];
  it.each(cases)('%s', (_name, action, code, message) => {
    expect(action).toThrow(
      expect.objectContaining({ name: 'EngineError', code, message: expect.stringMatching(message) }),
    );
  });
});

describe('structure', () => {
  it('puts nodes in order and names the nameless', () => {
    const { graph } = decodeModel(
      fileWith(undefined, {
        node: [
          { opType: 'Relu', input: ['z'], output: ['y'] },
          { opType: 'Abs', input: ['x'], output: ['z'] },
        ],
      }),
    );
    expect(graph.nodes.map((node) => node.op)).toEqual(['Abs', 'Relu']);
    expect(new Set(graph.nodes.map((node) => node.name)).size).toBe(2);
  });

  it('does not count an initializer that is listed as input (files before IR version 4) as input', () => {
    const bytes = fileWith(
      { name: 'w', dims: [1n], dataType: T.FLOAT, floatData: [1] },
      {
        input: [
          { name: 'x', ...VALUE },
          { name: 'w', ...VALUE },
        ],
      },
    );
    expect(decodeModel(bytes).graph.inputs.map((input) => input.name)).toEqual(['x']);
  });

  it('reads weights without copying where they are aligned', () => {
    const bytes = encodeModel(smallGraph({ constants: { w: noise([1024]) }, lines: [['y', 'Mul', ['x', 'w']]] }));
    const { data } = decodeModel(bytes).graph.initializers.get('w')!;
    const isView = data.buffer === bytes.buffer;
    const place = Buffer.from(bytes).indexOf(Buffer.from(noise([1024]).data.buffer));
    expect(isView).toBe(place % 4 === 0);
  });
});

describe('external data', () => {
  const bytes = fileWith({
    name: 'w',
    dims: [2n],
    dataType: T.FLOAT,
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: 'weights.bin' },
      { key: 'offset', value: '4' },
      { key: 'length', value: '8' },
    ],
  });
  const stored = new Uint8Array(Float32Array.of(9, 1.5, -2, 9).buffer);
  const readExternal = (_location: string, offset: number, length = 0): Uint8Array =>
    stored.slice(offset, offset + length);

  it('is listed, read, and embedded', () => {
    expect(listExternalData(bytes)).toEqual([{ tensor: 'w', location: 'weights.bin', offset: 4, length: 8 }]);
    expect(toNumbers(decodeModel(bytes, { readExternal }).graph.initializers.get('w')!)).toEqual([1.5, -2]);
    const whole = embedExternalData(bytes, readExternal);
    expect(listExternalData(whole)).toEqual([]);
    expect(toNumbers(decodeModel(whole).graph.initializers.get('w')!)).toEqual([1.5, -2]);
  });
});
