/** The fidelities watched while learning are those of the evaluation. */
import { expect, it } from 'vitest';
import { evaluateWordModel } from '../../../main/engine/metrics/evaluate.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import { watchFidelity } from '../../../main/engine/training/epoch-fidelity.ts';
import type { WordModel } from '../../../main/engine/words/word-model.ts';
import { memorySource, plainForward } from '../../support/plain-word-model.ts';
import { syntheticSet } from '../../support/synthetic-features.ts';

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const SIZE = { count: 37, channels: 3, side: 4, classCount: 3 };

/** Random words: neither faithful nor hopeless. */
function someModel(): WordModel {
  const random = createRandom(3);
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  return {
    addOn: [],
    similarity: { kind: 'cosinePower', exponent: 1 },
    pooling: 'max',
    words: float32(normal(12 * SIZE.channels).map(Math.abs), [12, SIZE.channels]),
    lastLayer: float32(normal(3 * 12), [3, 12]),
    bias: float32(normal(3), [3]),
  };
}

it('both fidelities watched while learning are those of the evaluation', async () => {
  const { batch, labels } = syntheticSet(SIZE, 11);
  const source = memorySource(batch);
  const model = someModel();
  const indices = labels.map((_, index) => index);
  const runner = createRunner({ provider: 'cpu', threads: 1 });
  const watched = await watchFidelity({ runner, model, source, validation: indices });
  const evaluated = await evaluateWordModel({
    source,
    indices,
    labels,
    wordModel: model,
    forward: plainForward(model),
    random: createRandom(1),
    classDirections: float32(IDENTITY, [3, 3]),
  });
  expect(watched['agreement']).toBeCloseTo(evaluated.predictionFidelity.value!, 6);
  expect(watched['attentionIou']).toBeCloseTo(evaluated.attentionFidelity['50'].value!, 4);
  expect(watched['agreement']).toBeGreaterThan(0);
  expect(watched['agreement']).toBeLessThan(1);
});

it('without validation images there is nothing to watch', async () => {
  const { batch } = syntheticSet(SIZE, 11);
  const runner = createRunner({ provider: 'cpu', threads: 1 });
  const model = someModel();
  expect(await watchFidelity({ runner, model, source: memorySource(batch), validation: [] })).toEqual({});
});
