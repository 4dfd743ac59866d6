/** Pruning and merging leave what they must not change. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { mergeWords } from '../../../main/engine/words/merge.ts';
import { pruneWords, silentWords } from '../../../main/engine/words/prune.ts';
import type { WordModel } from '../../../main/engine/words/word-model.ts';
import { plainForward } from '../../support/plain-word-model.ts';

function normal(shape: readonly number[], seed: number): Tensor<'float32'> {
  const random = createRandom(seed);
  return float32(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
}

/** Five words in four channels; words 1 and 3 are equal, word 4 has no weights. */
function example(): WordModel {
  const words = normal([5, 4], 1);
  words.data.copyWithin(12, 4, 8);
  const lastLayer = normal([3, 5], 2);
  for (const row of [0, 1, 2]) lastLayer.data[row * 5 + 4] = 0;
  return { addOn: [], similarity: { kind: 'log' }, pooling: 'max', words, lastLayer, bias: normal([3], 3) };
}

const features = normal([4, 4, 3, 3], 4);

describe('mergeWords', () => {
  it('leaves all logits as they are when the joined words are equal', async () => {
    const before = await plainForward(example())(features);
    const { model, origins } = mergeWords(example(), [[1, 3]]);
    const after = await plainForward(model)(features);
    expect(model.words.shape).toEqual([4, 4]);
    expect(origins).toHaveLength(4);
    after.logits.data.forEach((logit, index) => expect(logit).toBeCloseTo(before.logits.data[index]!, 5));
  });

  it('keeps the heaviest word of a group as it is: a real patch stays a real patch', () => {
    const model = example();
    for (const row of [0, 1, 2]) model.lastLayer.data[row * 5 + 2] = 100;
    const merged = mergeWords(model, [[0, 2, 4]]);
    expect(merged.origins).toEqual([1, 2, 3]);
    expect(merged.model.words.data.slice(4, 8)).toEqual(model.words.data.slice(8, 12));
    expect(merged.model.lastLayer.data[1]).toBeCloseTo(100 + model.lastLayer.data[0]!, 4);
  });

  it('refuses groups that overlap', () => {
    expect(() => mergeWords(example(), [[0, 1], [1, 2]])).toThrow('a word is listed twice'); // prettier-ignore
  });
});

describe('pruneWords', () => {
  it('dropping words without weights changes no logit', async () => {
    const model = example();
    expect(silentWords(model)).toEqual([4]);
    const before = await plainForward(model)(features);
    const after = await plainForward(pruneWords(model, [0, 1, 2, 3]))(features);
    after.logits.data.forEach((logit, index) => expect(logit).toBeCloseTo(before.logits.data[index]!, 6));
  });

  it('takes exactly the contribution of the dropped words away', async () => {
    const model = example();
    const before = await plainForward(model)(features);
    const after = await plainForward(pruneWords(model, [3, 0]))(features);
    for (let image = 0; image < 4; image++) {
      for (let row = 0; row < 3; row++) {
        const dropped = [1, 2, 4].reduce(
          (sum, word) => sum + before.scores.data[image * 5 + word]! * model.lastLayer.data[row * 5 + word]!,
          0,
        );
        expect(after.logits.data[image * 3 + row]).toBeCloseTo(before.logits.data[image * 3 + row]! - dropped, 4);
      }
    }
  });
});
