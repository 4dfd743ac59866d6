/** A stored word model comes back exactly, and nothing else passes for one. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import { encodeCheckpoint } from '../../../main/engine/training/checkpoint.ts';
import { decodeWordModel, encodeWordModel } from '../../../main/engine/words/word-model-codec.ts';
import type { Similarity, WordModel } from '../../../main/engine/words/word-model.ts';

const random = createRandom(3);
const filled = (...shape: number[]) => {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return float32(
    Float32Array.from({ length: size }, () => random.next() - 0.5),
    shape,
  );
};

function wordModel(similarity: Similarity): WordModel {
  return {
    addOn: [
      { weights: filled(5, 7), bias: filled(5), activation: 'relu' },
      { weights: filled(4, 5), bias: filled(4), activation: 'sigmoid' },
    ],
    similarity,
    pooling: 'max',
    words: filled(6, 4),
    lastLayer: filled(3, 6),
    bias: filled(3),
  };
}

describe('bytes of a word model', () => {
  it.each<Similarity>([{ kind: 'log' }, { kind: 'linear' }, { kind: 'cosinePower', exponent: 2.5 }])(
    'give back every parameter bit by bit with similarity $kind',
    (similarity) => {
      const model = wordModel(similarity);
      const bytes = encodeWordModel(model);
      expect(decodeWordModel(bytes)).toEqual(model);
      expect(encodeWordModel(decodeWordModel(bytes))).toEqual(bytes);
    },
  );

  it('need no add-on layers', () => {
    const model: WordModel = { ...wordModel({ kind: 'log' }), addOn: [], pooling: 'mean' };
    expect(decodeWordModel(encodeWordModel(model))).toEqual(model);
  });

  it('are read from any place in a larger buffer', () => {
    const model = wordModel({ kind: 'linear' });
    const bytes = encodeWordModel(model);
    const larger = new Uint8Array(bytes.length + 9);
    larger.set(bytes, 3);
    expect(decodeWordModel(larger.subarray(3, 3 + bytes.length))).toEqual(model);
  });

  it('are refused when any byte differs or some are missing', () => {
    const bytes = encodeWordModel(wordModel({ kind: 'log' }));
    const refusal = expect.objectContaining({ code: 'checkpoint', message: expect.stringContaining('backup') });
    for (let at = 0; at < bytes.length; at += 13) {
      const damaged = Uint8Array.from(bytes);
      damaged[at]! ^= 0x10;
      expect(() => decodeWordModel(damaged), `byte ${at}`).toThrow(refusal);
    }
    expect(() => decodeWordModel(bytes.subarray(0, bytes.length - 1))).toThrow(refusal);
    expect(() => decodeWordModel(new Uint8Array())).toThrow(refusal);
  });

  it('are refused when they are a checkpoint of a run, or a word model that does not fit together', () => {
    const refusal = expect.objectContaining({ code: 'checkpoint' });
    const { words, lastLayer, bias } = wordModel({ kind: 'log' });
    const data = { similarity: { kind: 'log' }, pooling: 'max', activations: [] };
    const tensors = { words, lastLayer, bias };
    const encoded = (change: object) =>
      encodeCheckpoint({ fingerprint: 'word model 1', data, tensors, ...change } as Parameters<
        typeof encodeCheckpoint
      >[0]);
    expect(decodeWordModel(encoded({})).words).toEqual(words);
    expect(() => decodeWordModel(encoded({ fingerprint: 'a run' }))).toThrow(refusal);
    expect(() => decodeWordModel(encoded({ data: { ...data, pooling: 'median' } }))).toThrow(refusal);
    expect(() => decodeWordModel(encoded({ data: { ...data, extra: 1 } }))).toThrow(refusal);
    expect(() => decodeWordModel(encoded({ tensors: { words, bias, lastLayer: words } }))).toThrow(refusal);
    expect(() => decodeWordModel(encoded({ tensors: { words, bias } }))).toThrow(refusal);
  });
});
