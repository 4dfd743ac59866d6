/** What the word model is fitted to, as rows of probabilities. */
import { argMax } from '../linalg/vectors.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LearnTarget } from './learn-types.ts';

/**
 * Target rows for some images.
 * @param logits the base model's, [n, classes]
 * @param labels class of each of the n images; read for target 'labels' only, where none is missing
 * @returns [n, classes], rows sum to 1
 */
export function targetRows(
  target: LearnTarget,
  logits: Tensor<'float32'>,
  labels: readonly (number | null | undefined)[],
): Tensor<'float32'> {
  const [count, classCount] = logits.shape as [number, number];
  const rows = new Float32Array(count * classCount);
  for (let image = 0; image < count; image++) {
    const from = logits.data.subarray(image * classCount, (image + 1) * classCount);
    const row = rows.subarray(image * classCount, (image + 1) * classCount);
    if (target === 'base') row.set(softmax(from));
    else row[target === 'top' ? argMax(from) : labels[image]!] = 1;
  }
  return float32(rows, [count, classCount]);
}

/** Softmax of one row in double precision. */
export function softmax(logits: Float32Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = Float64Array.from(logits, (value) => Math.exp(value - largest));
  const total = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / total);
}
