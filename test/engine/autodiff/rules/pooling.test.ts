/** Gradients of pools against numeric derivatives; where a maximum ties, the choice is the first, as PyTorch's. */
import { describe, expect, it } from 'vitest';
import { gradient } from '../../../../main/engine/autodiff/index.ts';
import { int, ints, text } from '../../../../main/engine/onnx/attributes.ts';
import type { Attribute } from '../../../../main/engine/onnx/graph.ts';
import { sizeOf } from '../../../../main/engine/tensor/shape.ts';
import { float32, toNumbers } from '../../../../main/engine/tensor/tensor.ts';
import { checkOp, opGraph, spread, variable } from '../../../support/numeric-gradient.ts';
import { evaluateGraph } from '../../../support/reference-runner.ts';

interface Case {
  readonly x: number[];
  readonly attributes: Record<string, Attribute>;
}

const WINDOWS: Record<string, Case> = {
  'windows that tile': { x: [2, 2, 4, 6], attributes: { kernel_shape: ints([2, 3]), strides: ints([2, 3]) } },
  'windows that overlap': { x: [2, 2, 5, 5], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]) } },
  'the stem of a residual network': {
    x: [1, 2, 6, 6],
    attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  'stride 1': { x: [1, 2, 4, 4], attributes: { kernel_shape: ints([2, 3]), pads: ints([0, 1, 1, 1]) } },
  'a rest no window reaches': { x: [1, 1, 5, 7], attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) } },
  'a partial last window': {
    x: [1, 2, 6, 5],
    attributes: { kernel_shape: ints([3, 2]), strides: ints([2, 2]), ceil_mode: int(1) },
  },
  'a partial last window with padding': {
    x: [1, 1, 6, 6],
    attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 0, 0]), ceil_mode: int(1) },
  },
  SAME_UPPER: {
    x: [1, 1, 5, 6],
    attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), auto_pad: text('SAME_UPPER') },
  },
  SAME_LOWER: {
    x: [1, 1, 5, 6],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), auto_pad: text('SAME_LOWER') },
  },
  'one spatial axis': { x: [2, 2, 7], attributes: { kernel_shape: ints([3]), strides: ints([2]) } },
};

describe('MaxPool', () => {
  it.each(Object.entries(WINDOWS))('%s', (_, { x, attributes }) => checkOp('MaxPool', [spread(x)], attributes));
  it('dilation', () =>
    checkOp('MaxPool', [spread([1, 2, 6, 6])], {
      kernel_shape: ints([2, 2]),
      dilations: ints([2, 3]),
      pads: ints([1, 0, 0, 1]),
    }));
  it('all values negative: the zero padding never wins', () =>
    checkOp('MaxPool', [spread([1, 1, 4, 4], { low: -3, high: -1 })], {
      kernel_shape: ints([3, 3]),
      pads: ints([1, 1, 1, 1]),
    }));

  /** Slopes of the sum of a pool's outputs. */
  function slopes(op: string, x: readonly number[], shape: readonly number[], attributes: Record<string, Attribute>) {
    const { graph, inputs } = opGraph(op, [variable(float32(x, shape))], attributes);
    const emitted = gradient(graph, { loss: 'y', wrt: ['x0'], upstream: 'u' });
    const output = graph.outputs[0]!.shape as number[];
    const u = float32(new Array<number>(sizeOf(output)).fill(1), output);
    return toNumbers(evaluateGraph(emitted, { ...inputs, u })['x0.gradient']!);
  }

  it('ties in tiled windows go to the first element in row-major order', () => {
    const found = slopes('MaxPool', new Array<number>(16).fill(7), [1, 1, 4, 4], {
      kernel_shape: ints([2, 2]),
      strides: ints([2, 2]),
    });
    expect(found).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
  });
  it('ties in overlapping windows likewise, and a maximum of 0 is never given to the padding', () => {
    const found = slopes('MaxPool', new Array<number>(9).fill(0), [1, 1, 3, 3], {
      kernel_shape: ints([3, 3]),
      strides: ints([2, 2]),
      pads: ints([1, 1, 1, 1]),
    });
    // Windows start at (-1, -1), (-1, 1), (1, -1), (1, 1); their first inner elements are these.
    expect(found).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0]);
  });
  it('GlobalMaxPool gives a tie to the first position', () => {
    expect(slopes('GlobalMaxPool', [1, 5, 5, 2], [1, 1, 2, 2], {})).toEqual([0, 1, 0, 0]);
  });
});

describe('AveragePool', () => {
  for (const count of [0, 1]) {
    it.each(Object.entries(WINDOWS))(`%s, count_include_pad = ${count}`, (_, { x, attributes }) =>
      checkOp('AveragePool', [spread(x)], { ...attributes, count_include_pad: int(count) }),
    );
  }
});

describe('global pools', () => {
  it.each(['GlobalAveragePool', 'GlobalMaxPool'])('%s', (op) => checkOp(op, [spread([2, 3, 3, 4])]));
});
