/** Joining words into one. */
import { InvariantError } from '../errors.ts';
import { float32 } from '../tensor/tensor.ts';
import { checkIndices, pruneWords } from './prune.ts';
import { sizeOfWordModel } from './word-model.ts';
import type { WordModel } from './word-model.ts';

/** A merged model and where its words come from. */
export interface Merge {
  readonly model: WordModel;
  /** For each word of the merged model the word of the old one it equals. */
  readonly origins: readonly number[];
}

/**
 * Joins each group into one word. The word that stays is the group's heaviest (largest sum of |weights|), so that it
 * still is a real patch; its weights become the sums over the group, which leaves all logits as they are when the
 * words of the group are equal. Other words and the order stay.
 * @param groups indices of words; groups do not overlap, each has two or more words
 */
export function mergeWords(model: WordModel, groups: readonly (readonly number[])[]): Merge {
  const { wordCount, classCount } = sizeOfWordModel(model);
  checkIndices(groups.flat(), wordCount);
  const small = groups.find((group) => group.length < 2);
  if (small) throw new InvariantError(`a group of ${small.length} words has nothing to merge`);
  const weights = model.lastLayer.data.slice();
  const dropped = new Set<number>();
  for (const group of groups) {
    const heaviest = group.reduce((best, word) => (weightOf(model, word) > weightOf(model, best) ? word : best));
    for (const word of group) {
      if (word === heaviest) continue;
      dropped.add(word);
      for (let row = 0; row < classCount; row++)
        weights[row * wordCount + heaviest]! += weights[row * wordCount + word]!;
    }
  }
  const origins = Array.from({ length: wordCount }, (_, word) => word).filter((word) => !dropped.has(word));
  const summed = { ...model, lastLayer: float32(weights, model.lastLayer.shape) };
  return { model: pruneWords(summed, origins), origins };
}

function weightOf(model: WordModel, word: number): number {
  const [classCount, wordCount] = model.lastLayer.shape as [number, number];
  let sum = 0;
  for (let row = 0; row < classCount; row++) sum += Math.abs(model.lastLayer.data[row * wordCount + word]!);
  return sum;
}
