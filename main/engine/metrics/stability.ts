/** Seed stability: do other seeds find the same words? Words are matched one to one at the largest total cosine. */
import { InvariantError } from '../errors.ts';
import type { Random } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { measureMean, measureRate } from './interval.ts';
import { notAssessed } from './measure.ts';
import type { Assessment } from './measure.ts';

/** Cosine above which two words count as the same (method.md section 6). */
const SAME_WORD = 0.9;

/**
 * Minimum-cost assignment of every row to its own column: shortest augmenting paths with potentials
 * (Kuhn 1955, Munkres 1957; O(rows^2 columns) form of Jonker and Volgenant 1987).
 * @param cost row-major [rows, columns], finite, rows <= columns
 * @returns the column of each row
 */
export function assign(cost: Float64Array, rows: number, columns: number): number[] {
  if (rows > columns || cost.length !== rows * columns) {
    throw new InvariantError(`assignment of ${rows} rows to ${columns} columns with ${cost.length} costs`);
  }
  const rowPotential = new Float64Array(rows);
  const columnPotential = new Float64Array(columns);
  const rowOfColumn = new Int32Array(columns).fill(-1);
  for (let start = 0; start < rows; start++) {
    // Grow a tree of tight edges from `start` until it reaches a free column.
    const distance = new Float64Array(columns).fill(Infinity);
    const previous = new Int32Array(columns).fill(-1);
    const done = new Uint8Array(columns);
    let row = start;
    let column = -1;
    for (;;) {
      let next = -1;
      let nearest = Infinity;
      const settled = column < 0 ? 0 : distance[column]!;
      for (let candidate = 0; candidate < columns; candidate++) {
        if (done[candidate]) continue;
        const reduced = cost[row * columns + candidate]! - rowPotential[row]! - columnPotential[candidate]!;
        if (settled + reduced < distance[candidate]!) {
          distance[candidate] = settled + reduced;
          previous[candidate] = column;
        }
        if (distance[candidate]! < nearest) {
          nearest = distance[candidate]!;
          next = candidate;
        }
      }
      column = next;
      done[column] = 1;
      if (rowOfColumn[column] === -1) break;
      row = rowOfColumn[column]!;
    }
    // Raise the potentials so that all tree edges stay tight, then flip the path.
    const length = distance[column]!;
    rowPotential[start]! += length;
    for (let settled = 0; settled < columns; settled++) {
      if (!done[settled] || settled === column) continue;
      rowPotential[rowOfColumn[settled]!]! += length - distance[settled]!;
      columnPotential[settled]! -= length - distance[settled]!;
    }
    for (let end = column; end !== -1; end = previous[end]!) {
      rowOfColumn[end] = previous[end] === -1 ? start : rowOfColumn[previous[end]!]!;
    }
  }
  const columnOfRow = new Array<number>(rows);
  rowOfColumn.forEach((row, column) => {
    if (row !== -1) columnOfRow[row] = column;
  });
  return columnOfRow;
}

/** One word of the first set, its partner in the second, and their cosine, -1..1. */
export interface WordMatch {
  readonly first: number;
  readonly second: number;
  readonly cosine: number;
}

/**
 * Matches two sets of words at the largest total cosine; of a larger set some words stay without partner.
 * A zero vector has cosine 0 with everything.
 * @param first [words, D]
 * @param second [words', D], in the same space as `first`
 */
export function matchWords(first: Tensor<'float32'>, second: Tensor<'float32'>): WordMatch[] {
  const [firstCount, dimension] = first.shape as [number, number];
  const [secondCount, otherDimension] = second.shape as [number, number];
  if (dimension !== otherDimension) throw new InvariantError(`words with ${dimension} and ${otherDimension} channels`);
  if (firstCount > secondCount) {
    return matchWords(second, first)
      .map(({ first: b, second: a, cosine }) => ({ first: a, second: b, cosine }))
      .sort((x, y) => x.first - y.first);
  }
  const a = unitRows(first);
  const b = unitRows(second);
  const cosines = new Float64Array(firstCount * secondCount);
  for (let row = 0; row < firstCount; row++) {
    for (let column = 0; column < secondCount; column++) {
      let cosine = 0;
      for (let axis = 0; axis < dimension; axis++) {
        cosine += a[row * dimension + axis]! * b[column * dimension + axis]!;
      }
      cosines[row * secondCount + column] = cosine;
    }
  }
  return assign(
    cosines.map((cosine) => -cosine),
    firstCount,
    secondCount,
  ).map((column, row) => ({ first: row, second: column, cosine: cosines[row * secondCount + column]! }));
}

/** Stability figures over all pairs of seeds. */
export interface StabilityFigures {
  /** Mean cosine of matched words. */
  readonly seedStability: Assessment;
  /** Share of matched words with a cosine above 0.9. */
  readonly matchedShare: Assessment;
}

/**
 * Stability over the word sets of several seeds; `n` counts matched pairs of words, all pairs of seeds together.
 * The sets must live in one space: where add-on layers differ by seed, compare the features at the words' patches.
 * @param wordSets [words, D] per seed
 */
export function measureStability(wordSets: readonly Tensor<'float32'>[], random: Random): StabilityFigures {
  if (wordSets.length < 2) {
    const missing = notAssessed('fewer than two seeds', wordSets.length);
    return { seedStability: missing, matchedShare: missing };
  }
  const cosines = wordSets.flatMap((first, index) =>
    wordSets.slice(index + 1).flatMap((second) => matchWords(first, second).map((match) => match.cosine)),
  );
  const same = cosines.filter((cosine) => cosine > SAME_WORD).length;
  return { seedStability: measureMean(cosines, random), matchedShare: measureRate(same, cosines.length) };
}

function unitRows(words: Tensor<'float32'>): Float64Array {
  const [count, dimension] = words.shape as [number, number];
  const result = Float64Array.from(words.data);
  for (let row = 0; row < count; row++) {
    const vector = result.subarray(row * dimension, (row + 1) * dimension);
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (norm > 0) vector.forEach((value, index) => (vector[index] = value / norm));
  }
  return result;
}
