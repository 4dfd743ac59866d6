/** Gradients of Conv and ConvTranspose against numeric derivatives, over every attribute and every emitted form. */
import { describe, expect, it } from 'vitest';
import { gradient } from '../../../../main/engine/autodiff/index.ts';
import { int, ints, text } from '../../../../main/engine/onnx/attributes.ts';
import type { Attribute } from '../../../../main/engine/onnx/graph.ts';
import { checkedGradients, checkOp, opGraph, spread } from '../../../support/numeric-gradient.ts';

interface Case {
  readonly x: number[];
  readonly w: number[];
  readonly attributes?: Record<string, Attribute>;
}

const CONV: Record<string, Case> = {
  'a plain 3 x 3': { x: [2, 2, 5, 4], w: [3, 2, 3, 3] },
  'padding 1': { x: [2, 2, 4, 4], w: [3, 2, 3, 3], attributes: { pads: ints([1, 1, 1, 1]) } },
  'asymmetric padding': { x: [1, 2, 4, 5], w: [2, 2, 3, 2], attributes: { pads: ints([2, 0, 1, 1]) } },
  'padding wider than the kernel': { x: [1, 1, 3, 3], w: [2, 1, 2, 2], attributes: { pads: ints([3, 3, 2, 2]) } },
  'stride 2 that divides': {
    x: [2, 2, 5, 5],
    w: [3, 2, 3, 3],
    attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  'stride 2 that leaves a rest inside the padding': {
    x: [2, 2, 6, 6],
    w: [3, 2, 3, 3],
    attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  'stride 3 that leaves a rest without padding': {
    x: [1, 2, 7, 8],
    w: [2, 2, 2, 2],
    attributes: { strides: ints([3, 3]) },
  },
  'stride 2 of a 1 x 1': { x: [2, 3, 5, 5], w: [4, 3, 1, 1], attributes: { strides: ints([2, 2]) } },
  'dilation 2': {
    x: [1, 2, 7, 7],
    w: [2, 2, 3, 3],
    attributes: { dilations: ints([2, 2]), pads: ints([2, 2, 2, 2]) },
  },
  'dilation and stride': {
    x: [1, 2, 8, 9],
    w: [2, 2, 3, 2],
    attributes: { dilations: ints([2, 3]), strides: ints([2, 2]), pads: ints([1, 0, 2, 1]) },
  },
  'two groups': { x: [2, 4, 4, 4], w: [6, 2, 3, 3], attributes: { group: int(2), pads: ints([1, 1, 1, 1]) } },
  depthwise: { x: [2, 4, 4, 4], w: [4, 1, 3, 3], attributes: { group: int(4), pads: ints([1, 1, 1, 1]) } },
  'depthwise with stride 2': {
    x: [2, 3, 6, 6],
    w: [3, 1, 3, 3],
    attributes: { group: int(3), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  'depthwise with two outputs per channel': { x: [2, 3, 4, 4], w: [6, 1, 3, 3], attributes: { group: int(3) } },
  'groups with dilation and stride': {
    x: [1, 4, 9, 9],
    w: [2, 2, 3, 3],
    attributes: { group: int(2), dilations: ints([2, 2]), strides: ints([2, 2]), pads: ints([1, 1, 2, 2]) },
  },
  SAME_UPPER: { x: [1, 2, 6, 7], w: [2, 2, 3, 2], attributes: { auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) } },
  SAME_LOWER: { x: [1, 2, 6, 7], w: [2, 2, 3, 4], attributes: { auto_pad: text('SAME_LOWER'), strides: ints([2, 3]) } },
  VALID: { x: [1, 2, 5, 5], w: [2, 2, 3, 3], attributes: { auto_pad: text('VALID'), strides: ints([2, 2]) } },
  'one spatial axis': { x: [2, 3, 7], w: [4, 3, 3], attributes: { strides: ints([2]), pads: ints([1, 0]) } },
  // Enough channels for the forms that serve the middle of a network.
  'many channels, 1 x 1': { x: [2, 16, 2, 3], w: [3, 16, 1, 1] },
  'many channels, small map': { x: [1, 16, 3, 3], w: [2, 16, 3, 3], attributes: { pads: ints([1, 1, 1, 1]) } },
  'many channels, stride 2': {
    x: [1, 16, 4, 4],
    w: [2, 16, 3, 3],
    attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  'many channels, 1 x 1, stride 2': { x: [2, 16, 3, 3], w: [2, 16, 1, 1], attributes: { strides: ints([2, 2]) } },
};

describe('Conv', () => {
  it.each(Object.entries(CONV))('%s', async (_, { x, w, attributes = {} }) => {
    await checkOp('Conv', [spread(x), spread(w, { seed: 2 }), spread([w[0]!], { seed: 3 })], attributes);
  });

  it('without bias', () => checkOp('Conv', [spread([1, 2, 3, 3]), spread([2, 2, 2, 2])]));

  it('an empty batch gives the weights zeros', async () => {
    const found = await checkedGradients('Conv', [spread([0, 2, 3, 3]), spread([2, 2, 2, 2])]);
    expect(Array.from(found['x1']!.data as Float64Array).every((slope) => slope === 0)).toBe(true);
  });

  it('on a large map multiplies image by image', async () => {
    const { graph } = opGraph('Conv', [spread([2, 16, 56, 56]), spread([4, 16, 3, 3])], { pads: ints([1, 1, 1, 1]) });
    const emitted = gradient(graph, { loss: 'y', wrt: ['x1'], upstream: 'u' });
    expect(emitted.nodes.filter(({ op }) => op === 'MatMul')).toHaveLength(9);
  });

  it('does not emit the gradient of the weights when only that of the input is asked for', () => {
    const { graph } = opGraph('Conv', [spread([1, 2, 5, 5]), spread([2, 2, 3, 3])]);
    const emitted = gradient(graph, { loss: 'y', wrt: ['x0'], upstream: 'u' });
    expect(emitted.nodes.map(({ op }) => op)).toEqual(['Conv', 'ConvTranspose']);
  });
});

const TRANSPOSED: Record<string, Case> = {
  plain: { x: [2, 2, 3, 3], w: [2, 3, 3, 3] },
  'stride 2, padding and output padding': {
    x: [2, 2, 3, 4],
    w: [2, 3, 3, 3],
    attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]), output_padding: ints([1, 1]) },
  },
  'asymmetric padding': {
    x: [1, 2, 3, 3],
    w: [2, 2, 4, 3],
    attributes: { strides: ints([2, 1]), pads: ints([2, 0, 1, 1]) },
  },
  groups: { x: [1, 4, 3, 3], w: [4, 2, 2, 2], attributes: { group: int(2), strides: ints([2, 2]) } },
  dilation: { x: [1, 2, 3, 3], w: [2, 2, 2, 2], attributes: { dilations: ints([2, 3]) } },
  'an explicit output size': {
    x: [1, 2, 3, 3],
    w: [2, 2, 3, 3],
    attributes: { strides: ints([2, 2]), output_shape: ints([6, 6]) },
  },
};

describe('ConvTranspose', () => {
  it.each(Object.entries(TRANSPOSED))('%s', async (_, { x, w, attributes = {} }) => {
    const made = w[1]! * (attributes['group']?.type === 'int' ? attributes['group'].value : 1);
    await checkOp('ConvTranspose', [spread(x), spread(w, { seed: 2 }), spread([made], { seed: 3 })], attributes);
  });
});
