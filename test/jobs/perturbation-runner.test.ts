/** Probabilities of changed images: softmax, one sigmoid a class, and the two classes of a single logit. */
import { expect, it } from 'vitest';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import type { OutputKind } from '../../main/engine/metrics/outcome.ts';
import { float32, zeros } from '../../main/engine/tensor/tensor.ts';
import type { BaseModel } from '../../main/jobs/model/base-model.ts';
import { createPerturbationRunner, imagePlanes } from '../../main/jobs/model/perturbation-runner.ts';

const preprocessing = presetPreprocessing('unit', { width: 2, height: 2, channels: 3, layout: 'NHWC' });

/** A base model whose logits are the given ones, whatever it sees; remembers what it saw. */
function constantModel(logits: readonly number[]): { readonly base: BaseModel; readonly seen: Float32Array[] } {
  const seen: Float32Array[] = [];
  const base = {
    batchSize: 2,
    run: (data: Float32Array, count: number) => {
      seen.push(data);
      const rows = Array.from({ length: count }, () => logits).flat();
      return Promise.resolve({
        features: zeros('float32', [count, 1, 1, 1]),
        logits: float32(Float32Array.from(rows), [count, logits.length]),
      });
    },
  } as unknown as BaseModel;
  return { base, seen };
}

async function probabilitiesOf(logits: readonly number[], outputs: OutputKind): Promise<number[]> {
  const { base } = constantModel(logits);
  const runner = createPerturbationRunner(base, preprocessing, [], outputs);
  const { data, shape } = await runner.probabilities(zeros('float32', [3, 3, 2, 2]));
  expect(shape[0]).toBe(3);
  expect(data.length).toBe(3 * shape[1]!);
  return [...data.subarray(0, shape[1])];
}

it('are a softmax over classes', async () => {
  const [first, second] = await probabilitiesOf([Math.log(3), 0], 'softmax');
  expect(first).toBeCloseTo(0.75, 6);
  expect(second).toBeCloseTo(0.25, 6);
});

it('are one sigmoid a class for a model that answers each class alone', async () => {
  const [first, second] = await probabilitiesOf([Math.log(3), 0], 'sigmoid');
  expect(first).toBeCloseTo(0.75, 6);
  expect(second).toBeCloseTo(0.5, 6);
});

it('are two for a single logit: no, then yes', async () => {
  for (const outputs of ['sigmoid', 'softmax'] as const) {
    const [no, yes] = await probabilitiesOf([Math.log(3)], outputs);
    expect(no).toBeCloseTo(0.25, 6);
    expect(yes).toBeCloseTo(0.75, 6);
  }
});

it('reach a model that takes channels last in its own order', async () => {
  const { base, seen } = constantModel([0, 0]);
  const data = Uint8Array.from({ length: 12 }, (_, index) => index);
  const planes = imagePlanes(preprocessing, { width: 2, height: 2, channels: 3, data });
  expect(planes.shape).toEqual([3, 2, 2]);
  const runner = createPerturbationRunner(base, preprocessing, [], 'softmax');
  await runner.probabilities(float32(planes.data, [1, 3, 2, 2]));
  seen[0]!.subarray(0, 12).forEach((value, index) => expect(value).toBeCloseTo(index / 255, 6));
});
