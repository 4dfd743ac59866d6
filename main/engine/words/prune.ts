/** Dropping words and joining words, with the last layer kept consistent. */
import { InvariantError } from '../errors.ts';
import { rowOf } from '../linalg/vectors.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { sizeOfWordModel } from './word-model.ts';
import type { WordModel } from './word-model.ts';

/**
 * The model with some words only; their weights stay as they are.
 * @param keep indices of the words to keep, in their new order, each once, at least one
 */
export function pruneWords(model: WordModel, keep: readonly number[]): WordModel {
  const { wordCount } = sizeOfWordModel(model);
  checkIndices(keep, wordCount);
  if (keep.length === 0) throw new InvariantError('a word model needs at least one word');
  return { ...model, words: takeRows(model.words, keep), lastLayer: takeColumns(model.lastLayer, keep) };
}

/**
 * Words that never speak: all their weights are at most `threshold` in magnitude.
 * @param threshold default 0
 */
export function silentWords(model: WordModel, threshold = 0): number[] {
  const { wordCount, classCount } = sizeOfWordModel(model);
  return Array.from({ length: wordCount }, (_, word) => word).filter((word) => {
    for (let row = 0; row < classCount; row++) {
      if (Math.abs(model.lastLayer.data[row * wordCount + word]!) > threshold) return false;
    }
    return true;
  });
}

/** @throws InvariantError when an index is out of range or occurs twice */
export function checkIndices(indices: readonly number[], wordCount: number): void {
  const wrong = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= wordCount);
  if (wrong !== undefined) throw new InvariantError(`word ${wrong} is not one of ${wordCount}`);
  if (new Set(indices).size < indices.length) throw new InvariantError('a word is listed twice');
}

function takeRows(matrix: Tensor<'float32'>, rows: readonly number[]): Tensor<'float32'> {
  const columns = matrix.shape[1]!;
  const result = float32(new Float32Array(rows.length * columns), [rows.length, columns]);
  rows.forEach((from, to) => rowOf(result, to).set(rowOf(matrix, from)));
  return result;
}

function takeColumns(matrix: Tensor<'float32'>, columns: readonly number[]): Tensor<'float32'> {
  const [rows, width] = matrix.shape as [number, number];
  const data = Float32Array.from(
    { length: rows * columns.length },
    (_, index) => matrix.data[Math.floor(index / columns.length) * width + columns[index % columns.length]!]!,
  );
  return float32(data, [rows, columns.length]);
}
