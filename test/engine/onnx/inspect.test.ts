/** What a model is: image input, layout, class output, logits; and by name what it is instead. */
import { describe, expect, it } from 'vitest';
import { int, ints } from '../../../main/engine/onnx/attributes.ts';
import { canonicalize } from '../../../main/engine/onnx/canonical.ts';
import { inspectModel } from '../../../main/engine/onnx/inspect.ts';
import type { ModelInspection } from '../../../main/engine/onnx/inspect.ts';
import { int64, tensor } from '../../../main/engine/tensor/tensor.ts';
import { noise, smallGraph, TRUNK } from '../../support/onnx-graphs.ts';
import type { Line, SmallGraph } from '../../support/onnx-graphs.ts';

const HEAD: readonly Line[] = [
  ['pooled', 'GlobalAveragePool', ['map']],
  ['flat', 'Flatten', ['pooled']],
  ['scores', 'Gemm', ['flat', 'w']],
];

/** The small trunk with a linear head of 5 classes, and lines behind it. */
function classifier(more: readonly Line[] = [], parts: Partial<SmallGraph> = {}): SmallGraph {
  return {
    input: ['batch', 3, 8, 8],
    constants: { ...TRUNK.constants, w: noise([6, 5]) },
    lines: [...TRUNK.lines, ...HEAD, ...more],
    ...parts,
  };
}

function inspect(parts: SmallGraph): ModelInspection {
  const graph = smallGraph(parts);
  return inspectModel(canonicalize(graph), graph);
}

describe('inspectModel finds', () => {
  it('logits, any number of images', () => {
    expect(inspect(classifier())).toEqual({
      input: { name: 'x', dtype: 'float32', layout: 'NCHW', channels: 3, height: 8, width: 8, batch: undefined },
      output: { name: 'scores', kind: 'logits', logits: 'scores', classCount: 5 },
    });
  });

  it('one image per run, any size', () => {
    const { input } = inspect(classifier([], { input: [1, 3, 'height', 'width'] }));
    expect(input).toMatchObject({ batch: 1, height: undefined, width: undefined });
  });

  it('channels last by the Transpose behind the input, also when the sizes do not tell', () => {
    const lines: Line[] = [
      ['first', 'Transpose', ['x'], { perm: ints([0, 3, 1, 2]) }],
      ...TRUNK.lines.map((line): Line => (line[0] === 'c1' ? ['c1', 'Conv', ['first', 'w1'], line[3] ?? {}] : line)),
      ...HEAD,
    ];
    expect(inspect(classifier([], { input: ['n', 3, 3, 3], lines })).input.layout).toBe('NHWC');
  });

  it('bytes as input', () => {
    const lines: Line[] = [
      ['real', 'Cast', ['x'], { to: int(1) }],
      ...TRUNK.lines.map((line): Line => (line[0] === 'c1' ? ['c1', 'Conv', ['real', 'w1'], line[3] ?? {}] : line)),
      ...HEAD,
    ];
    expect(inspect(classifier([], { inputDType: 'uint8', lines })).input.dtype).toBe('uint8');
  });

  it.each([
    ['Softmax', 'softmax', 13],
    ['LogSoftmax', 'softmax', 13],
    ['Sigmoid', 'sigmoid', 13],
    ['Softmax', 'softmax', 9],
  ] as const)('%s as %s in operator set %i, and the logits before it', (op, kind, opset) => {
    const { output } = inspect(
      classifier(
        [
          ['last', op, ['scores']],
          ['y', 'Identity', ['last']],
        ],
        { opset },
      ),
    );
    expect(output).toEqual({ name: 'y', kind, logits: 'scores', classCount: 5 });
  });

  it('logits and probabilities returned side by side', () => {
    const parts = classifier([['p', 'Softmax', ['scores']]], { outputs: ['p', 'scores'] });
    expect(inspect(parts).output).toMatchObject({ name: 'scores', kind: 'logits' });
  });
});

describe('inspectModel refuses', () => {
  const cases: readonly (readonly [string, SmallGraph, RegExp])[] = [
    [
      'a detector',
      classifier([['boxes', 'Reshape', ['map', 'shape']]], {
        constants: { ...TRUNK.constants, w: noise([6, 5]), shape: int64([0, 24, 4]) },
        outputs: ['scores', 'boxes'],
      }),
      /2 outputs \("scores" \[1, 5\], "boxes" \[1, 24, 4\]\): it looks like an object detector/,
    ],
    [
      'segmentation',
      { ...TRUNK, input: [1, 3, 8, 8] },
      /"map" has the shape \[1, 6, 4, 4\], one score per pixel: a segmentation/,
    ],
    [
      'a text model',
      {
        input: ['batch', 12],
        inputDType: 'int64',
        constants: { table: noise([100, 8]) },
        lines: [['y', 'Gather', ['table', 'x']]],
      },
      /"x" takes int64 \[batch, 12\]: a model of text/,
    ],
    [
      'a model of tables',
      { input: ['n', 10], constants: { w: noise([10, 3]) }, lines: [['y', 'Gemm', ['x', 'w']]] },
      /four axes/,
    ],
    ['an input that is no image', { input: [1, 7, 9, 11], lines: [['y', 'GlobalAveragePool', ['x']]] }, /is no image/],
    [
      'images of seven channels',
      { input: [1, 7, 8, 8], constants: { k: noise([5, 7, 1, 1]) }, lines: [['y', 'Conv', ['x', 'k']]] },
      /7 channels/,
    ],
    ['one score', classifier([], { constants: { ...TRUNK.constants, w: noise([6, 1]) } }), /one score per image/],
    ['a boolean input', { inputDType: 'bool', outputDType: 'bool', lines: [['y', 'Not', ['x']]] }, /takes bool/],
  ];
  it.each(cases)('%s', (_name, parts, message) => {
    expect(() => inspect(parts)).toThrow(
      expect.objectContaining({ code: 'model-unsupported', message: expect.stringMatching(message) }),
    );
  });

  it('several inputs', () => {
    const graph = smallGraph(classifier());
    const two = { ...graph, inputs: [...graph.inputs, { name: 'mask', dtype: 'float32' as const, shape: [1, 4] }] };
    expect(() => inspectModel(two)).toThrow(/several inputs \("x" .*"mask" \[1, 4\]\)/);
  });
});

it('the element type is the one the untouched model asks for', () => {
  const half = tensor('float16', [4, 3, 1, 1], Float16Array.from(noise([4, 3, 1, 1]).data));
  const parts: SmallGraph = {
    input: [1, 3, 8, 8],
    inputDType: 'float16',
    outputDType: 'float16',
    constants: { half },
    lines: [
      ['c', 'Conv', ['x', 'half']],
      ['y', 'GlobalAveragePool', ['c']],
    ],
  };
  expect(inspect(parts).input.dtype).toBe('float16');
});
