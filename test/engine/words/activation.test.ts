/** Where words speak, against maps with known peaks. */
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32, zeros } from '../../../main/engine/tensor/tensor.ts';
import { collectActivations } from '../../../main/engine/words/activation.ts';
import type { WordModel } from '../../../main/engine/words/word-model.ts';
import { memorySource } from '../../support/plain-word-model.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });
const COUNT = 100;

/** One channel per word: image i shows word 0 with strength i / 10 at place i mod 4; classes change every ten images. */
function example() {
  const features = zeros('float32', [COUNT, 2, 2, 2]);
  const logits = zeros('float32', [COUNT, 10]);
  for (let image = 0; image < COUNT; image++) {
    features.data[image * 8 + (image % 4)] = image / 10;
    logits.data[image * 10 + Math.floor(image / 10)] = 1;
  }
  const model: WordModel = {
    addOn: [],
    similarity: { kind: 'cosinePower', exponent: 1 },
    pooling: 'max',
    words: float32([1, 0, 0, 1], [2, 2]),
    lastLayer: zeros('float32', [10, 2]),
    bias: zeros('float32', [10]),
  };
  const source = memorySource({ features, logits, attention: zeros('float32', [COUNT, 2, 2]) });
  return { runner, model, source, indices: Array.from({ length: COUNT }, (_, index) => index) };
}

describe('collectActivations', () => {
  it('lists the strongest patch of the strongest images, in order, with place and class', async () => {
    const [word] = await collectActivations({ ...example(), random: createRandom(1), count: 3 });
    const found = word!.top.map(({ imageIndex, row, column, baseClass }) => [imageIndex, row, column, baseClass]);
    expect(found).toEqual([[99, 1, 1, 9], [98, 1, 0, 9], [97, 0, 1, 9]]); // prettier-ignore
    expect(word!.top[0]!.similarity).toBeCloseTo(9.9, 5);
  });

  it('shows as counter-examples the strongest patch of classes without a top image', async () => {
    const [word] = await collectActivations({ ...example(), random: createRandom(1), count: 4 });
    expect(word!.counter.map(({ imageIndex }) => imageIndex)).toEqual([89, 79, 69, 59]);
  });

  it('draws random patches with probability growing with the similarity', async () => {
    let sum = 0;
    for (let seed = 0; seed < 40; seed++) {
      const [word] = await collectActivations({ ...example(), random: createRandom(seed), count: 5 });
      expect(new Set(word!.random.map(({ imageIndex }) => imageIndex)).size).toBe(5);
      sum += word!.random.reduce((total, { imageIndex }) => total + imageIndex, 0);
    }
    // Weights i / 10 give a mean index of about 2/3 of 99; uniform draws would give 49.5.
    expect(sum / 200).toBeGreaterThan(60);
    expect(sum / 200).toBeLessThan(72);
  });

  it('draws nothing for a word that never speaks', async () => {
    const [, silent] = await collectActivations({ ...example(), random: createRandom(1) });
    expect(silent!.random).toEqual([]);
  });

  it('stops between batches when cancelled', async () => {
    const options = { ...example(), random: createRandom(1), signal: { aborted: true } };
    await expect(collectActivations(options)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
