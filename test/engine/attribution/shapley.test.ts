/** KernelSHAP against Shapley's own definition: the mean over all orders in which the players may come. */
import { describe, expect, it } from 'vitest';
import { kernelShap, leastShapSamples } from '../../../main/engine/attribution/index.ts';
import type { SetFunction } from '../../../main/engine/attribution/index.ts';
import { chooseSets } from '../../../main/engine/attribution/shapley-sets.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';

/** A game given by the value of every set; bit i of the index says whether player i is there. */
function game(values: readonly number[]): SetFunction {
  return (sets) =>
    Promise.resolve(
      Float64Array.from(sets, (set) => values[set.reduce((bits, one, player) => bits + one * 2 ** player, 0)]!),
    );
}

/** Mean over all orders of what each player adds when it comes (Shapley 1953). */
function byPermutations(values: readonly number[], playerCount: number): number[] {
  const totals = Array.from({ length: playerCount }, () => 0);
  let orders = 0;
  const visit = (present: number, order: readonly number[]): void => {
    if (order.length === playerCount) {
      orders++;
      let before = 0;
      for (const player of order) {
        totals[player]! += values[before + 2 ** player]! - values[before]!;
        before += 2 ** player;
      }
      return;
    }
    for (let player = 0; player < playerCount; player++) {
      if ((present & (1 << player)) === 0) visit(present | (1 << player), [...order, player]);
    }
  };
  visit(0, []);
  return totals.map((total) => total / orders);
}

const shap = (values: readonly number[], playerCount: number, sampleCount = 2 ** playerCount) =>
  kernelShap({ playerCount, value: game(values), sampleCount, random: createRandom(1) });

describe('with every set tried', () => {
  it('shares the glove game as worked out by hand', async () => {
    // Players 0 and 1 have a left glove each, player 2 a right one; a pair is worth 1. Orders by hand: 1/6, 1/6, 4/6.
    const pair = [0, 0, 0, 0, 0, 1, 1, 1];
    const { values, isExact, fit } = await shap(pair, 3);
    expect(isExact).toBe(true);
    [1 / 6, 1 / 6, 4 / 6].forEach((share, player) => expect(values[player]).toBeCloseTo(share, 12));
    expect(fit).toBeLessThan(1);
  });

  it('gives an interaction of two players to both in equal parts', async () => {
    // v = 2 a + b + 4 a c: a gets 2 + 2, b 1, c 2.
    const values = Array.from({ length: 8 }, (_, set) => {
      const [a, b, c] = [set & 1, (set >> 1) & 1, (set >> 2) & 1];
      return 2 * a + b + 4 * a * c;
    });
    const found = await shap(values, 3);
    [4, 1, 2].forEach((share, player) => expect(found.values[player]).toBeCloseTo(share, 12));
    expect([found.empty, found.full]).toEqual([0, 7]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7])(
    'equals the mean over all orders of %d players on random games',
    async (playerCount) => {
      const random = createRandom(playerCount);
      const values = Array.from({ length: 2 ** playerCount }, () => random.normal());
      const found = await shap(values, playerCount);
      expect(found.isExact).toBe(true);
      byPermutations(values, playerCount).forEach((share, player) =>
        expect(found.values[player]).toBeCloseTo(share, 9),
      );
    },
  );
});

describe('with a sample', () => {
  const playerCount = 12;
  const random = createRandom(5);
  const weights = Array.from({ length: playerCount }, () => random.normal());
  const linear: SetFunction = (sets) =>
    Promise.resolve(
      Float64Array.from(sets, (set) => set.reduce((sum, one, player) => sum + one * weights[player]!, 3)),
    );

  it('finds the parts of a game without interactions exactly, whatever the sample', async () => {
    for (const sampleCount of [leastShapSamples(playerCount), 100, 1000]) {
      const found = await kernelShap({ playerCount, value: linear, sampleCount, random: createRandom(2) });
      expect(found.isExact).toBe(false);
      expect(found.fit).toBeCloseTo(1, 9);
      weights.forEach((weight, player) => expect(found.values[player]).toBeCloseTo(weight, 9));
    }
  });

  it('keeps the sum and comes close to the exact values of a game with interactions', async () => {
    const values = Array.from({ length: 2 ** playerCount }, (_, set) => {
      const there = weights.map((weight, player) => weight * ((set >> player) & 1));
      return there.reduce((sum, one) => sum + one, 0) + 2 * there[0]! * there[1]! - there[2]! * there[3]!;
    });
    const exact = await shap(values, playerCount);
    const sampled = await shap(values, playerCount, 400);
    expect(exact.isExact).toBe(true);
    expect(sampled.isExact).toBe(false);
    expect(sampled.values.reduce((sum, one) => sum + one, 0)).toBeCloseTo(sampled.full - sampled.empty, 9);
    exact.values.forEach((share, player) => expect(Math.abs(sampled.values[player]! - share)).toBeLessThan(0.25));
  });

  it('tries no more sets than allowed, each once, with its complement, weighing as much as the kernel', () => {
    const { sets, weights: chosen } = chooseSets(playerCount, 300, createRandom(3));
    const keys = new Set(sets.map((set) => set.join('')));
    expect(sets.length).toBeLessThanOrEqual(300);
    expect(keys.size).toBe(sets.length);
    for (const set of sets) expect(keys).toContain(set.map((one) => 1 - one).join(''));
    // Sum over sizes of C(M, s) times the kernel = sum of (M - 1) / (s (M - s)).
    let whole = 0;
    for (let size = 1; size < playerCount; size++) whole += (playerCount - 1) / (size * (playerCount - size));
    expect(chosen.reduce((sum, one) => sum + one, 0)).toBeCloseTo(whole, 9);
  });

  it('is the same for the same seed', async () => {
    const once = () => kernelShap({ playerCount, value: linear, sampleCount: 60, random: createRandom(9) });
    expect(await once()).toEqual(await once());
  });
});

describe('hostile input', () => {
  it('gives a single player everything', async () => {
    const found = await shap([2, 5], 1, 1);
    expect([...found.values]).toEqual([3]);
    expect(found).toMatchObject({ isExact: true, evaluationCount: 2, fit: null });
  });

  it('gives nobody anything when nothing changes the value', async () => {
    const { values, fit } = await shap([4, 4, 4, 4], 2);
    expect([...values].every((one) => Math.abs(one) < 1e-12)).toBe(true);
    expect(fit).toBeNull();
  });

  it.each([0, -1, NaN, 5])('refuses %d samples for three players', async (sampleCount) => {
    await expect(shap([0, 0, 0, 0, 0, 0, 0, 0], 3, sampleCount)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('at least 6 samples') as string,
    });
  });
});
