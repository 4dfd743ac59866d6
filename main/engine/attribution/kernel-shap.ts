/** KernelSHAP (Lundberg and Lee 2017): Shapley values as a weighted regression over sets, exact where all sets are tried. */
import { EngineError } from '../errors.ts';
import { solvePositive, weightedFit, weightedNormal } from '../linalg/cholesky.ts';
import type { Random } from '../tensor/random.ts';
import { chooseSets } from './shapley-sets.ts';
import type { SetFunction } from './value.ts';

/** What to divide up. */
export interface KernelShapOptions {
  readonly playerCount: number;
  readonly value: SetFunction;
  /** Sets that may be tried beside the empty and the full one; at least `leastShapSamples`. */
  readonly sampleCount: number;
  readonly random: Random;
}

/** The shares of the players. */
export interface KernelShapResult {
  /** Shapley values, [players]; they sum to full - empty. */
  readonly values: Float64Array;
  /** Value of the empty and of the full set. */
  readonly empty: number;
  readonly full: number;
  /** Whether every set was tried: the values are then exact. */
  readonly isExact: boolean;
  /** Sets that were tried, the empty and the full one included. */
  readonly evaluationCount: number;
  /** Kernel-weighted R^2 of the additive model: 1 when the players do not interact; null where the value did not vary. */
  readonly fit: number | null;
}

/** Sets that are always tried: each player alone and each player missing, which determine the regression. */
export function leastShapSamples(playerCount: number): number {
  if (playerCount <= 1) return 1;
  return playerCount === 2 ? 2 : 2 * playerCount;
}

/**
 * Divides full - empty among the players. The constraint sum = full - empty (efficiency) is met by eliminating the last
 * player from the regression; it holds whatever was sampled.
 * @throws EngineError 'configuration' for too few samples, and whatever `value` throws
 */
export async function kernelShap(options: KernelShapOptions): Promise<KernelShapResult> {
  const { playerCount, value, sampleCount, random } = options;
  const least = leastShapSamples(playerCount);
  if (!(sampleCount >= least)) {
    throw new EngineError(
      'configuration',
      `KernelSHAP over ${playerCount} segments needs at least ${least} samples, not ${sampleCount}.`,
      {
        expected: `at least ${least}`,
        found: String(sampleCount),
      },
    );
  }
  const { sets, weights, isExact } = chooseSets(playerCount, sampleCount, random);
  const ends = [new Uint8Array(playerCount), new Uint8Array(playerCount).fill(1)];
  const all = await value([...ends, ...sets]);
  const [empty, full] = all as unknown as [number, number];
  const values = regress(sets, all.subarray(2), weights, empty, full);
  const fitted = Float64Array.from(sets, (set) => set.reduce((sum, one, player) => sum + one * values[player]!, empty));
  return {
    values,
    empty,
    full,
    isExact,
    evaluationCount: all.length,
    fit: sets.length === 0 ? null : weightedFit(all.subarray(2), fitted, weights),
  };
}

/**
 * Minimises sum w(z) (v(z) - v(empty) - sum z_i phi_i)^2 under sum phi_i = v(full) - v(empty): with the last phi
 * eliminated, the regression of v(z) - v(empty) - z_M (full - empty) on z_i - z_M.
 */
function regress(
  sets: readonly Uint8Array[],
  values: Float64Array,
  weights: Float64Array,
  empty: number,
  full: number,
): Float64Array {
  const last = (sets[0]?.length ?? 1) - 1;
  const whole = full - empty;
  if (last === 0) return Float64Array.of(whole);
  const rows = sets.map((set) => Float64Array.from(set.subarray(0, last), (one) => one - set[last]!));
  const targets = values.map((one, index) => one - empty - sets[index]![last]! * whole);
  const { matrix, right } = weightedNormal(rows, targets, weights);
  const found = solvePositive(matrix, right);
  return Float64Array.of(
    ...found,
    found.reduce((rest, one) => rest - one, whole),
  );
}
