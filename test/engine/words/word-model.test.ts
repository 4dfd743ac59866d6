/** The word model against its formula by hand. */
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { openWordModel } from '../../../main/engine/words/open-word-model.ts';
import { sizeOfWordModel } from '../../../main/engine/words/word-model.ts';
import type { Similarity, WordModel } from '../../../main/engine/words/word-model.ts';
import { compareTensors } from '../../support/allclose.ts';
import { plainForward } from '../../support/plain-word-model.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });

function normal(shape: readonly number[], seed: number): Tensor<'float32'> {
  const random = createRandom(seed);
  return float32(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
}

function model(similarity: Similarity, pooling: 'max' | 'mean', addOn: boolean): WordModel {
  return {
    addOn: addOn
      ? [
          { weights: normal([5, 4], 1), bias: normal([5], 2), activation: 'relu' },
          { weights: normal([3, 5], 3), bias: normal([3], 4), activation: 'sigmoid' },
        ]
      : [],
    similarity,
    pooling,
    words: normal([6, addOn ? 3 : 4], 5),
    lastLayer: normal([2, 6], 6),
    bias: normal([2], 7),
  };
}

const CASES: [Similarity, 'max' | 'mean', boolean][] = [
  [{ kind: 'log' }, 'max', true],
  [{ kind: 'log' }, 'mean', false],
  [{ kind: 'linear' }, 'max', false],
  [{ kind: 'cosinePower', exponent: 1 }, 'max', false],
  [{ kind: 'cosinePower', exponent: 3 }, 'mean', true],
];

describe('openWordModel', () => {
  it.each(CASES)(
    'equals the definition position by position: %o, %s pooling, add-on %s',
    async (similarity, pooling, addOn) => {
      const words = model(similarity, pooling, addOn);
      const features = normal([3, 4, 2, 3], 8);
      // A position without features must not disturb the others.
      for (let channel = 0; channel < 4; channel++) features.data[channel * 6] = 0;
      const open = await openWordModel(runner, words, { batch: 3, channels: 4, height: 2, width: 3 });
      const found = await open.forward(features);
      await open.dispose();
      const expected = await plainForward(words)(features);
      const tolerance = { absolute: 1e-5, relative: 1e-4 };
      expect(compareTensors(found.activationMaps, expected.maps, tolerance).message).toBe('');
      expect(compareTensors(found.scores, expected.scores, tolerance).message).toBe('');
      expect(compareTensors(found.logits, expected.logits, tolerance).message).toBe('');
    },
  );

  it('measures a patch equal to a word as ln(10,000) and one at distance 1 as ln(2 / 1.0001)', async () => {
    const words = {
      ...model({ kind: 'log' }, 'max', false),
      words: float32([1, 2, 0, 0, 1, 3, 0, 0], [2, 4]),
      lastLayer: normal([2, 2], 1),
    };
    const open = await openWordModel(runner, words, { batch: 1, channels: 4, height: 1, width: 1 }, ['scores']);
    const { scores } = await open.forward(float32([1, 2, 0, 0], [1, 4, 1, 1]));
    await open.dispose();
    expect(scores.data[0]).toBeCloseTo(Math.log(1e4), 3);
    expect(scores.data[1]).toBeCloseTo(Math.log(2 / 1.0001), 5);
  });

  it('answers a short batch as it answers the images one by one', async () => {
    const words = model({ kind: 'cosinePower', exponent: 2 }, 'max', true);
    const features = normal([2, 4, 2, 3], 9);
    const shape = { channels: 4, height: 2, width: 3 };
    const wide = await openWordModel(runner, words, { batch: 5, ...shape }, ['scores', 'z', 'positions']);
    const single = await openWordModel(runner, words, { batch: 1, ...shape }, ['scores', 'z']);
    const together = await wide.forward(features);
    const first = await single.forward(float32(features.data.slice(0, 24), [1, 4, 2, 3]));
    await wide.dispose();
    await single.dispose();
    expect([together.scores.shape, together.z.shape, together.positions.shape]).toEqual([
      [2, 6],
      [2, 3, 2, 3],
      [12, 3],
    ]);
    expect(compareTensors(float32(together.scores.data.slice(0, 6), [1, 6]), first.scores).message).toBe('');
    expect(compareTensors(float32(together.z.data.slice(0, 18), [1, 3, 2, 3]), first.z).message).toBe('');
  });
});

describe('sizeOfWordModel', () => {
  it('names the part that does not fit', () => {
    const words = model({ kind: 'log' }, 'max', true);
    expect(sizeOfWordModel(words)).toEqual({ wordCount: 6, classCount: 2, channels: 4, dimension: 3 });
    expect(() => sizeOfWordModel({ ...words, lastLayer: normal([2, 5], 1) })).toThrow(
      'internal: last layer has 5 columns for 6 words',
    );
    expect(() => sizeOfWordModel({ ...words, words: normal([6, 7], 1) })).toThrow(
      'words have 7 channels, the add-on layers give 3',
    );
  });
});
