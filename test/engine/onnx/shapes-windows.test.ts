/** Window geometry: any padding, stride, dilation and rounding gives the size onnxruntime gives, and the spec's formulas. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError, InvariantError } from '../../../main/engine/errors.ts';
import { int, ints, text } from '../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import type { Attribute, Graph } from '../../../main/engine/onnx/graph.ts';
import { int64 } from '../../../main/engine/tensor/tensor.ts';
import { runOnZeros } from '../../support/onnxruntime-shapes.ts';

const pair = (least: number, most: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));

/** Attributes every window op shares, over two spatial axes. */
const window = fc.record({
  size: pair(1, 12),
  kernel: pair(1, 4),
  strides: pair(1, 3),
  dilations: pair(1, 2),
  padding: fc.oneof<fc.Arbitrary<{ readonly pads?: Attribute; readonly auto_pad?: Attribute }>[]>(
    fc.tuple(pair(0, 2), pair(0, 2)).map(([begin, end]) => ({ pads: ints([...begin, ...end]) })),
    fc.constantFrom('VALID', 'SAME_UPPER', 'SAME_LOWER').map((mode) => ({ auto_pad: text(mode) })),
  ),
});

type Window = typeof window extends fc.Arbitrary<infer T> ? T : never;

function build(emit: (builder: GraphBuilder) => string): Graph | undefined {
  const builder = new GraphBuilder();
  try {
    builder.output(emit(builder), 'y');
    return builder.build();
  } catch (error) {
    // The builder tells emitters of their mistakes; here the random attributes are the mistake.
    if (error instanceof InvariantError) return undefined;
    throw error;
  }
}

/** Our shape and onnxruntime's; a graph that we refuse is left out of the comparison. */
async function agrees(graph: Graph | undefined): Promise<void> {
  fc.pre(graph !== undefined);
  const real = await runOnZeros(graph);
  expect(graph.outputs[0]!.shape).toEqual(real.get('y')!.shape);
}

const RUNS = { numRuns: 150, seed: 20_261_123 };

describe('random windows', () => {
  it('of Conv agree with onnxruntime', async () => {
    await fc.assert(
      fc.asyncProperty(window, (given) => {
        fc.pre(isRunnable(given, false));
        const { size, kernel, strides, dilations, padding } = given;
        const attributes = { strides: ints(strides), dilations: ints(dilations), ...padding };
        return agrees(
          build((b) =>
            b.op(
              'Conv',
              [b.input('x', 'float32', [1, 1, ...size]), b.input('w', 'float32', [1, 1, ...kernel])],
              attributes,
            ),
          ),
        );
      }),
      RUNS,
    );
  });

  it('of MaxPool agree with onnxruntime, ceil mode included', async () => {
    await fc.assert(
      fc.asyncProperty(window, fc.boolean(), (given, isCeil) => {
        const { size, kernel, strides, dilations, padding } = given;
        fc.pre(padsSmallerThanKernel(padding, kernel) && isRunnable(given, true));
        const attributes = {
          kernel_shape: ints(kernel),
          strides: ints(strides),
          dilations: ints(dilations),
          ceil_mode: int(isCeil ? 1 : 0),
          ...padding,
        };
        return agrees(build((b) => b.op('MaxPool', [b.input('x', 'float32', [1, 1, ...size])], attributes)));
      }),
      RUNS,
    );
  });

  it('of AveragePool agree with onnxruntime, ceil mode included', async () => {
    await fc.assert(
      fc.asyncProperty(window, fc.boolean(), (given, isCeil) => {
        const { size, kernel, strides, padding } = given;
        fc.pre(padsSmallerThanKernel(padding, kernel) && isRunnable(given, true));
        const attributes = {
          kernel_shape: ints(kernel),
          strides: ints(strides),
          ceil_mode: int(isCeil ? 1 : 0),
          ...padding,
        };
        return agrees(build((b) => b.op('AveragePool', [b.input('x', 'float32', [1, 1, ...size])], attributes)));
      }),
      RUNS,
    );
  });

  it('of ConvTranspose agree with onnxruntime', async () => {
    await fc.assert(
      fc.asyncProperty(window, ({ size, kernel, strides, dilations, padding }) => {
        const attributes = { strides: ints(strides), dilations: ints(dilations), ...padding };
        return agrees(
          build((b) =>
            b.op(
              'ConvTranspose',
              [b.input('x', 'float32', [1, 1, ...size]), b.input('w', 'float32', [1, 1, ...kernel])],
              attributes,
            ),
          ),
        );
      }),
      RUNS,
    );
  });
});

/** onnxruntime runs SAME padding of Conv only undilated, and of pools only when the kernel covers the stride. */
function isRunnable({ padding, dilations, kernel, strides }: Window, isPool: boolean): boolean {
  if (!('auto_pad' in padding) || padding.auto_pad.value === 'VALID') return true;
  return isPool ? kernel.every((size, axis) => size >= strides[axis]!) : dilations.every((dilation) => dilation === 1);
}

/** A pool position may not lie wholly in the padding; onnxruntime refuses such models. */
function padsSmallerThanKernel(padding: { readonly pads?: Attribute }, kernel: readonly [number, number]): boolean {
  const pads = padding.pads?.value as readonly number[] | undefined;
  return !pads || pads.every((pad, index) => pad < kernel[index % 2]!);
}

describe('random slices', () => {
  it('agree with onnxruntime', async () => {
    const axis = fc.record({
      start: fc.integer({ min: -9, max: 9 }),
      end: fc.integer({ min: -9, max: 9 }),
      step: fc.constantFrom(1, 2, 3, -1, -2),
    });
    await fc.assert(
      fc.asyncProperty(pair(0, 6), axis, axis, (size, first, second) => {
        const lists = (['start', 'end'] as const).map((key) => int64([first[key], second[key]]));
        return agrees(
          build((b) =>
            b.op('Slice', [
              b.input('x', 'float32', size),
              ...[...lists, int64([0, 1]), int64([first.step, second.step])].map((list) => b.constant(list)),
            ]),
          ),
        );
      }),
      RUNS,
    );
  });
});

describe('a size that does not exist', () => {
  it.each([
    ['a kernel larger than the padded image', { strides: ints([1, 1]) }, [1, 1, 2, 2], [1, 1, 3, 3]],
    ['pads of the wrong number', { pads: ints([1, 1]) }, [1, 1, 5, 5], [1, 1, 3, 3]],
    ['a stride of 0', { strides: ints([0, 1]) }, [1, 1, 5, 5], [1, 1, 3, 3]],
    ['weights for other channels', {}, [1, 2, 5, 5], [1, 3, 3, 3]],
    ['a group that does not divide', { group: int(2) }, [1, 4, 5, 5], [3, 2, 3, 3]],
  ])('is refused by name: %s', (_, attributes, image, weights) => {
    const graph: Graph = {
      name: 'g',
      opset: 18,
      nodes: [
        {
          name: 'stem',
          op: 'Conv',
          domain: '',
          inputs: ['x', 'w'],
          outputs: ['y'],
          attributes: attributes as Record<string, Attribute>,
        },
      ],
      inputs: [
        { name: 'x', dtype: 'float32', shape: image },
        { name: 'w', dtype: 'float32', shape: weights },
      ],
      outputs: [{ name: 'y', dtype: 'float32', shape: undefined }],
      initializers: new Map(),
    };
    expect(() => new GraphBuilder({ base: graph })).toThrow(EngineError);
    expect(() => new GraphBuilder({ base: graph })).toThrow(/Conv node "stem" needs .+ but found .+/);
  });
});
