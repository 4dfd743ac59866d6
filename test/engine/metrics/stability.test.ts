/** Matching of words between runs against trying all assignments. */
import { describe, expect, it } from 'vitest';
import { assign, matchWords, measureStability } from '../../../main/engine/metrics/stability.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';

function costOf(cost: readonly number[], columns: number, columnOfRow: readonly number[]): number {
  return columnOfRow.reduce((sum, column, row) => sum + cost[row * columns + column]!, 0);
}

/** Cheapest assignment by trying all. */
function bruteForce(cost: readonly number[], rows: number, columns: number, row = 0, used = new Set<number>()): number {
  if (row === rows) return 0;
  let best = Infinity;
  for (let column = 0; column < columns; column++) {
    if (used.has(column)) continue;
    const rest = bruteForce(cost, rows, columns, row + 1, new Set(used).add(column));
    best = Math.min(best, cost[row * columns + column]! + rest);
  }
  return best;
}

describe('assignment', () => {
  it.each([
    // Worked examples of the Hungarian method.
    [[8, 4, 7, 5, 2, 3, 9, 4, 8], 3, 15],
    [[82, 83, 69, 92, 77, 37, 49, 92, 11, 69, 5, 86, 8, 9, 98, 23], 4, 140],
    [[1, 2, 3, 2, 4, 6, 3, 6, 9], 3, 10],
  ])('of %j has the known cost', (cost, size, total) => {
    const columns = assign(Float64Array.from(cost), size, size);
    expect(new Set(columns).size).toBe(size);
    expect(costOf(cost, size, columns)).toBe(total);
  });

  it('equals trying all assignments, square and wide, also with negative costs', () => {
    const random = createRandom(12);
    for (let trial = 0; trial < 40; trial++) {
      const rows = 1 + random.integer(5);
      const columns = rows + random.integer(3);
      const cost = Array.from({ length: rows * columns }, () => random.integer(20) - 10);
      const found = assign(Float64Array.from(cost), rows, columns);
      expect(new Set(found).size).toBe(rows);
      expect(costOf(cost, columns, found)).toBe(bruteForce(cost, rows, columns));
    }
  });
});

describe('matching of words', () => {
  const words = float32([1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 1, 1], [4, 3]);
  const shuffled = float32([0, 0, 1, 3, 3, 3, 5, 0, 0, 0, 7, 0], [4, 3]);

  it('finds a permutation again, whatever the lengths of the vectors', () => {
    const matches = matchWords(words, shuffled);
    expect(matches.map(({ second }) => second)).toEqual([2, 3, 0, 1]);
    for (const { cosine } of matches) expect(cosine).toBeCloseTo(1, 12);
  });

  it('leaves words of the larger set without partner', () => {
    const some = float32([0, 1, 0], [1, 3]);
    expect(matchWords(words, some)).toEqual([{ first: 1, second: 0, cosine: 1 }]);
    expect(matchWords(some, words)).toEqual([{ first: 0, second: 1, cosine: 1 }]);
  });

  it('gives full stability for permuted words over three seeds and none for orthogonal ones', () => {
    const same = measureStability([words, shuffled, words], createRandom(1));
    expect(same.seedStability.value).toBeCloseTo(1, 12);
    expect(same.matchedShare).toMatchObject({ value: 1, n: 12 });
    const other = measureStability([float32([1, 0], [1, 2]), float32([0, 1], [1, 2])], createRandom(1));
    expect(other.seedStability.value).toBe(0);
    expect(other.matchedShare.value).toBe(0);
    expect(measureStability([words], createRandom(1)).seedStability.value).toBeNull();
  });
});
