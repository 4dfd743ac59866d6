/** Pushing gives every word a patch of its own, the nearest first. */
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32, zeros } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { pushWords } from '../../../main/engine/words/push.ts';
import type { Similarity, WordModel } from '../../../main/engine/words/word-model.ts';
import { memorySource } from '../../support/plain-word-model.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });
const [COUNT, CHANNELS, SIDE] = [70, 5, 3];
const POSITIONS = SIDE * SIDE;

function source(features: Tensor<'float32'>) {
  return memorySource({
    features,
    logits: zeros('float32', [COUNT, 2]),
    attention: zeros('float32', [COUNT, SIDE, SIDE]),
  });
}

/** Positive features; every eleventh position has none. */
function sparseFeatures(): Tensor<'float32'> {
  const random = createRandom(1);
  const features = zeros('float32', [COUNT, CHANNELS, SIDE, SIDE]);
  for (let image = 0; image < COUNT; image++) {
    for (let place = 0; place < POSITIONS; place++) {
      if ((image * POSITIONS + place) % 11 === 0) continue;
      for (let channel = 0; channel < CHANNELS; channel++) {
        features.data[(image * CHANNELS + channel) * POSITIONS + place] = Math.abs(random.normal());
      }
    }
  }
  return features;
}

function patchAt(features: Tensor<'float32'>, image: number, place: number): number[] {
  return Array.from(
    { length: CHANNELS },
    (_, channel) => features.data[(image * CHANNELS + channel) * POSITIONS + place]!,
  );
}

function modelOf(words: Tensor<'float32'>, similarity: Similarity): WordModel {
  const wordCount = words.shape[0]!;
  return {
    addOn: [],
    similarity,
    pooling: 'max',
    words,
    lastLayer: zeros('float32', [2, wordCount]),
    bias: zeros('float32', [2]),
  };
}

/** Distance of one patch by definition. */
function distanceOf(patch: readonly number[], word: readonly number[], similarity: Similarity): number {
  if (similarity.kind !== 'cosinePower')
    return patch.reduce((sum, value, index) => sum + (value - word[index]!) ** 2, 0);
  const product = patch.reduce((sum, value, index) => sum + value * word[index]!, 0);
  return 1 - product / (Math.hypot(...patch) * Math.hypot(...word));
}

describe('pushWords', () => {
  it.each<Similarity>([{ kind: 'log' }, { kind: 'cosinePower', exponent: 3 }])(
    'finds the true nearest patch by brute force over the images given (%o)',
    async (similarity) => {
      const features = sparseFeatures();
      const random = createRandom(2);
      const words = float32(
        Float32Array.from({ length: 8 * CHANNELS }, () => Math.abs(random.normal())),
        [8, CHANNELS],
      );
      const indices = Array.from({ length: COUNT }, (_, index) => index).filter((index) => index % 7 !== 3);
      const push = await pushWords({ runner, model: modelOf(words, similarity), source: source(features), indices });

      const taken = new Set<string>();
      const wanted = Array.from({ length: 8 }, (_, word) => {
        const vector = Array.from(words.data.slice(word * CHANNELS, (word + 1) * CHANNELS));
        let best = { distance: Infinity, image: -1, place: -1 };
        for (const image of indices) {
          for (let place = 0; place < POSITIONS; place++) {
            const patch = patchAt(features, image, place);
            if (patch.every((value) => value === 0)) continue;
            const distance = distanceOf(patch, vector, similarity);
            if (distance < best.distance) best = { distance, image, place };
          }
        }
        return best;
      });
      wanted.forEach((best, word) => {
        const found = push.patches[word]!;
        taken.add(`${found.imageIndex}/${found.row}/${found.column}`);
        expect(found.distance).toBeCloseTo(best.distance, 4);
        expect([found.imageIndex, found.row * SIDE + found.column]).toEqual([best.image, best.place]);
        const patch = patchAt(features, best.image, best.place);
        expect(Array.from(push.words.data.slice(word * CHANNELS, (word + 1) * CHANNELS))).toEqual(patch);
      });
      expect(taken.size).toBe(8);
    },
  );

  it('gives words that want the same patch different ones, the nearer word first', async () => {
    const features = sparseFeatures();
    const target = patchAt(features, 4, 5);
    const words = float32([...target, ...target.map((value) => value + 1e-3), ...target], [3, CHANNELS]);
    const indices = Array.from({ length: COUNT }, (_, index) => index);
    const { patches } = await pushWords({
      runner,
      model: modelOf(words, { kind: 'log' }),
      source: source(features),
      indices,
    });
    expect(patches[0]).toMatchObject({ imageIndex: 4, row: 1, column: 2 });
    expect(new Set(patches.map(({ imageIndex, row, column }) => `${imageIndex}/${row}/${column}`)).size).toBe(3);
  });

  it('leaves out positions without features, which lie near every small word', async () => {
    const features = sparseFeatures();
    const words = zeros('float32', [2, CHANNELS]);
    const indices = Array.from({ length: COUNT }, (_, index) => index);
    const { words: pushed } = await pushWords({
      runner,
      model: modelOf(words, { kind: 'log' }),
      source: source(features),
      indices,
    });
    expect(pushed.data.every((value) => value > 0)).toBe(true);
  });

  it('refuses features that are zero everywhere, by name', async () => {
    const words = zeros('float32', [2, CHANNELS]);
    const empty = source(zeros('float32', [COUNT, CHANNELS, SIDE, SIDE]));
    await expect(
      pushWords({ runner, model: modelOf(words, { kind: 'log' }), source: empty, indices: [0, 1] }),
    ).rejects.toMatchObject({
      code: 'too-few-images',
    });
  });
});
