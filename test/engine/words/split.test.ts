/** A word planted with two meanings is divided along them. */
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32, zeros } from '../../../main/engine/tensor/tensor.ts';
import { splitWord } from '../../../main/engine/words/split.ts';
import type { WordModel } from '../../../main/engine/words/word-model.ts';
import { memorySource } from '../../support/plain-word-model.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });
const [COUNT, CHANNELS, SIDE] = [40, 4, 3];
const POSITIONS = SIDE * SIDE;

/** Word 0 points between channels 0 and 1: it answers to either. Word 1 is channel 2, word 2 channel 3. */
const MODEL: WordModel = {
  addOn: [],
  similarity: { kind: 'cosinePower', exponent: 2 },
  pooling: 'max',
  words: float32(Float32Array.of(1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1), [3, CHANNELS]),
  lastLayer: float32(Float32Array.of(1, 0, 0.5, 0.5, 1, 0), [2, 3]),
  bias: zeros('float32', [2]),
};

/** Even images show channel 0 at position 2, odd ones channel 1 at position 6, with a little of everything else. */
function plantedSource() {
  const random = createRandom(8);
  const features = zeros('float32', [COUNT, CHANNELS, SIDE, SIDE]);
  const attention = zeros('float32', [COUNT, SIDE, SIDE]);
  const logits = zeros('float32', [COUNT, 2]);
  for (let image = 0; image < COUNT; image++) {
    const [channel, place] = image % 2 === 0 ? [0, 2] : [1, 6];
    for (let at = 0; at < CHANNELS * POSITIONS; at++) {
      features.data[image * CHANNELS * POSITIONS + at] = 0.05 * random.next();
    }
    features.data[(image * CHANNELS + channel) * POSITIONS + place] = 3 + random.next();
    attention.data[image * POSITIONS + place] = 1;
    logits.data[image * 2 + (image % 2)] = 1;
  }
  return memorySource({ features, logits, attention });
}

const options = {
  runner,
  model: MODEL,
  word: 0,
  source: plantedSource(),
  indices: Array.from({ length: COUNT }, (_, image) => image),
  isTraining: (image: number) => image < 20,
  random: createRandom(1),
};

describe('a word with two planted meanings', () => {
  it('gives each image to the meaning it shows', async () => {
    const { children } = await splitWord(options);
    const first = children[0]!;
    expect([...children]).toEqual(Array.from({ length: COUNT }, (_, image) => (image % 2 === 0 ? first : 1 - first)));
  });

  it('pushes each child onto a training patch of its own meaning, and finds its patches there', async () => {
    const { children, words } = await splitWord(options);
    words.forEach(({ patches, frequency }, child) => {
      expect(frequency).toBe(0.5);
      const pushed = patches.find(({ kind }) => kind === 'pushed')!;
      expect(pushed.imageIndex).toBeLessThan(20);
      for (const patch of patches.filter(({ kind }) => kind !== 'counter')) {
        expect(children[patch.imageIndex]).toBe(child);
        expect(patch.row * SIDE + patch.column).toBe(patch.imageIndex % 2 === 0 ? 2 : 6);
      }
    });
  });

  it('shares the importance of the word between the children: together it is the mean of |score x weight|', async () => {
    const { words } = await splitWord(options);
    const forward = await import('../../support/plain-word-model.ts');
    const { features } = await options.source.read(options.indices);
    const { scores } = await forward.plainForward(MODEL)(features);
    let sum = 0;
    for (let image = 0; image < COUNT; image++) sum += scores.data[image * 3]! * (image % 2 === 0 ? 1 : 0.5);
    expect(words[0].importance + words[1].importance).toBeCloseTo(sum / COUNT, 4);
  });

  it('is the same every time', async () => {
    expect(await splitWord(options)).toEqual(await splitWord(options));
  });
});

it('a word whose patches all look the same is refused with a reason', async () => {
  const source = plantedSource();
  const same = { ...source, read: (indices: readonly number[]) => source.read(indices.map(() => 0)) };
  await expect(splitWord({ ...options, source: same })).rejects.toMatchObject({
    code: 'too-few-images',
    message: expect.stringContaining('look the same') as string,
  });
});
