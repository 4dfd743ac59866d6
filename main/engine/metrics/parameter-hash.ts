/** Fingerprint of a word model: evaluation must leave every parameter as it was. */
import type { Tensor } from '../tensor/tensor.ts';
import { sizeOfWordModel } from '../words/word-model.ts';
import type { WordModel } from '../words/word-model.ts';

/**
 * 64-bit fingerprint of all parameters and settings of a word model, 16 hexadecimal digits.
 * It notices accidental changes; it is no protection against forgery (the store's SHA-256 is).
 */
export function parameterHash(model: WordModel): string {
  sizeOfWordModel(model);
  const hash = new Fingerprint();
  hash.text(JSON.stringify([model.similarity, model.pooling, model.addOn.map((layer) => layer.activation)]));
  for (const layer of model.addOn) for (const value of [layer.weights, layer.bias]) hash.tensor(value);
  for (const value of [model.words, model.lastLayer, model.bias]) hash.tensor(value);
  return hash.digest();
}

/** Two independent 32-bit multiply-xor lanes over 32-bit units (MurmurHash3's body and finaliser, Appleby 2011). */
class Fingerprint {
  #a = 0x9e3779b9 | 0;
  #b = 0x243f6a88 | 0;

  #add(unit: number): void {
    let k = Math.imul(unit, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    this.#a = (Math.imul(((this.#a ^ k) << 13) | ((this.#a ^ k) >>> 19), 5) + 0xe6546b64) | 0;
    let m = Math.imul(unit ^ 0x5bd1e995, 0x239b961b);
    m = Math.imul((m << 18) | (m >>> 14), 0xab0e9789 | 0);
    this.#b = (Math.imul(((this.#b ^ m) << 17) | ((this.#b ^ m) >>> 15), 5) + 0x561ccd1b) | 0;
  }

  text(value: string): void {
    this.#add(value.length);
    for (let index = 0; index < value.length; index++) this.#add(value.charCodeAt(index));
  }

  tensor(value: Tensor<'float32'>): void {
    this.text(value.shape.join(','));
    const { buffer, byteOffset, length } = value.data;
    for (const unit of new Int32Array(buffer, byteOffset, length)) this.#add(unit);
  }

  digest(): string {
    return [finalise(this.#a), finalise(this.#b)].map((lane) => lane.toString(16).padStart(8, '0')).join('');
  }
}

function finalise(lane: number): number {
  let hash = lane;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
