/** Gradients of normalisations against numeric derivatives. */
import { describe, expect, it } from 'vitest';
import { gradient } from '../../../../main/engine/autodiff/index.ts';
import { float, int } from '../../../../main/engine/onnx/attributes.ts';
import type { Attribute } from '../../../../main/engine/onnx/graph.ts';
import { GraphBuilder } from '../../../../main/engine/onnx/build.ts';
import { float32, toNumbers } from '../../../../main/engine/tensor/tensor.ts';
import type { Operand } from '../../../support/numeric-gradient.ts';
import { checkedGradients, checkOp, spread, variable } from '../../../support/numeric-gradient.ts';

/** x, scale, bias, mean, variance of a batch normalisation over 3 channels. */
function batchOperands(shape: readonly number[]): Operand[] {
  return [
    spread(shape),
    spread([3], { low: 0.5, high: 2, seed: 2 }),
    spread([3], { seed: 3 }),
    spread([3], { low: -0.5, high: 0.5, seed: 4 }),
    spread([3], { low: 0.4, high: 2, seed: 5 }),
  ];
}

describe('BatchNormalization', () => {
  it.each([[[2, 3]], [[2, 3, 4]], [[2, 3, 2, 2]]])('inference form over %j, all five inputs', (shape) =>
    checkOp('BatchNormalization', batchOperands(shape), { epsilon: float(0.01) }),
  );
  it.each([[[4, 3]], [[2, 3, 4]], [[2, 3, 2, 2]]])('training form over %j', (shape) =>
    checkOp(
      'BatchNormalization',
      batchOperands(shape),
      { training_mode: int(1), epsilon: float(0.01) },
      { outputCount: 3 },
    ),
  );
  it('the running statistics of the training form have no slope', async () => {
    const found = await checkedGradients(
      'BatchNormalization',
      batchOperands([2, 3, 2]),
      { training_mode: int(1) },
      { outputCount: 3 },
    );
    expect([...toNumbers(found['x3']!), ...toNumbers(found['x4']!)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
  it('a loss on the running statistics is refused by name', () => {
    const builder = new GraphBuilder();
    const shapes = [[2, 3], [3], [3], [3], [3]];
    const names = shapes.map((shape, index) => builder.input(`x${index}`, 'float32', shape));
    const outputs = builder.ops('BatchNormalization', names, { training_mode: int(1) }, 3);
    builder.output(outputs[1]!, 'mean');
    const graph = builder.build();
    expect(() => gradient(graph, { loss: 'mean', wrt: ['x0'], upstream: 'u' })).toThrow(/running statistics/);
  });
  it('a constant channel stays finite', async () => {
    const same = variable(float32(new Array<number>(12).fill(0.5), [2, 3, 2]));
    // The slope is 0 with epsilon as the only variance; the third derivative is large, hence the tolerance.
    const operands = [same, ...batchOperands([2, 3, 2]).slice(1)];
    await checkOp('BatchNormalization', operands, { training_mode: int(1), epsilon: float(0.1) }, { outputCount: 3 });
  });
});

describe('LayerNormalization', () => {
  it.each([-1, 1, 2])('axis %i', (axis) => {
    const shape = [2, 3, 4];
    const normalized = shape.slice(axis < 0 ? axis + 3 : axis);
    return checkOp(
      'LayerNormalization',
      [spread(shape), spread(normalized, { low: 0.5, high: 2, seed: 2 }), spread(normalized, { seed: 3 })],
      { axis: int(axis), epsilon: float(0.01) },
    );
  });
  it('without bias', () => checkOp('LayerNormalization', [spread([2, 5]), spread([5], { seed: 2 })]));
});

const bands = (size: number): Record<string, Attribute> => ({
  size: int(size),
  alpha: float(0.5),
  beta: float(0.6),
  bias: float(1.5),
});

describe('normalisation within an image', () => {
  it.each([[[2, 3, 4]], [[2, 3, 2, 3]]])('InstanceNormalization over %j', (shape) =>
    checkOp('InstanceNormalization', [spread(shape), spread([3], { seed: 2 }), spread([3], { seed: 3 })], {
      epsilon: float(0.01),
    }),
  );
  it('GroupNormalization, scale per group', () =>
    checkOp('GroupNormalization', [spread([2, 4, 2, 2]), spread([2], { seed: 2 }), spread([2], { seed: 3 })], {
      num_groups: int(2),
    }));
  it.each([1, 2])('LpNormalization p = %i', (p) =>
    checkOp('LpNormalization', [spread([2, 3, 4])], { p: int(p), axis: int(1) }),
  );
  it.each([1, 3, 5])('LRN over a band of %i channels', (size) => checkOp('LRN', [spread([2, 6, 2, 2])], bands(size)));
  it('LRN over an even band, which onnxruntime refuses', () =>
    checkOp('LRN', [spread([2, 6, 2, 2])], bands(4), { native: false }));
});
