/** Class directions of a head that is not linear: only real images count, however few there are. */
import { expect, it } from 'vitest';
import { GraphBuilder } from '../../main/engine/onnx/build.ts';
import { matmul, reduceMean, square } from '../../main/engine/onnx/emit.ts';
import type { CutModel } from '../../main/engine/onnx/index.ts';
import { float32 } from '../../main/engine/tensor/tensor.ts';
import type { FeatureSource } from '../../main/engine/training/feature-source.ts';
import { classDirections } from '../../main/jobs/model/class-directions.ts';
import { createReferenceRunner } from '../support/reference-runner.ts';

/** Image i has the features (i + 1, 2 i + 2) at its one position. */
const source = {
  count: 4,
  channels: 2,
  height: 1,
  width: 1,
  classCount: 1,
  read: (indices: readonly number[]) =>
    Promise.resolve({
      features: float32(
        indices.flatMap((index) => [index + 1, 2 * (index + 1)]),
        [indices.length, 2, 1, 1],
      ),
      logits: float32(new Float32Array(indices.length), [indices.length, 1]),
      attention: float32(new Float32Array(indices.length), [indices.length, 1, 1]),
    }),
} as const satisfies FeatureSource;

/** logit = 3 f0^2 + f1^2: its gradient is (6 f0, 2 f1). */
function squaredHead(batch: number) {
  const builder = new GraphBuilder({ name: 'head' });
  const features = builder.input('features', 'float32', [batch, 2, 1, 1]);
  const pooled = reduceMean(builder, square(builder, features), [2, 3]);
  builder.output(matmul(builder, pooled, builder.constant(float32([3, 1], [2, 1]))), 'logits');
  return builder.build();
}

it('averages over the images that exist when they do not fill a run', async () => {
  const cut = { head: { kind: 'general' }, headGraph: squaredHead(4) } as CutModel;
  const found = await classDirections(cut, createReferenceRunner(), source, [1, 3]);
  // Images 1 and 3 have f = (2, 4) and (4, 8): the mean of (12, 8) and (24, 16).
  expect(found.shape).toEqual([1, 2]);
  expect(Array.from(found.data)).toEqual([18, 12]);
});
