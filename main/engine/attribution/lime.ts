/** LIME (Ribeiro et al. 2016): a linear model of who is there, fitted near the whole image, with its own goodness of fit. */
import { EngineError } from '../errors.ts';
import { solvePositive, weightedFit, weightedNormal } from '../linalg/cholesky.ts';
import type { Random } from '../tensor/random.ts';
import type { SetFunction } from './value.ts';

/** What to fit. */
export interface LimeOptions {
  readonly playerCount: number;
  readonly value: SetFunction;
  /** Sets that are tried, the full one included; at least players + 2, or the fit would be perfect by construction. */
  readonly sampleCount: number;
  readonly random: Random;
  /** Width of the kernel over the cosine distance. Default 0.25, the authors' for images. */
  readonly kernelWidth?: number;
  /** Ridge on the coefficients, not on the intercept. Default 1, the authors'. */
  readonly ridge?: number;
}

/** The surrogate. */
export interface LimeResult {
  /** What each player adds, [players]. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** Weighted R^2 of the surrogate on the sets that were tried; null where the value did not vary. */
  readonly fit: number | null;
}

const KERNEL_WIDTH = 0.25;
const RIDGE = 1;

/**
 * Fits the surrogate: each player is there with probability 1/2; a set z weighs sqrt(exp(-d^2 / width^2)) with
 * d = 1 - cos(z, all there) (section 3.4 and the authors' program); weighted ridge regression in closed form.
 * @throws EngineError 'configuration' for too few samples, and whatever `value` throws
 */
export async function lime(options: LimeOptions): Promise<LimeResult> {
  const { playerCount, value, sampleCount, random, kernelWidth = KERNEL_WIDTH, ridge = RIDGE } = options;
  const least = playerCount + 2;
  if (!(sampleCount >= least)) {
    throw new EngineError(
      'configuration',
      `LIME over ${playerCount} segments needs at least ${least} samples, not ${sampleCount}.`,
      {
        expected: `at least ${least}`,
        found: String(sampleCount),
      },
    );
  }
  const sets = Array.from({ length: sampleCount }, (_, sample) =>
    Uint8Array.from({ length: playerCount }, () => (sample === 0 || random.next() < 0.5 ? 1 : 0)),
  );
  const values = await value(sets);
  const weights = Float64Array.from(sets, (set) => {
    const present = set.reduce((sum, one) => sum + one, 0);
    const distance = 1 - Math.sqrt(present / playerCount); // cos(z, 1) = |z| / (sqrt(|z|) sqrt(M))
    return Math.sqrt(Math.exp(-(distance ** 2) / kernelWidth ** 2));
  });

  // The intercept is left free by centring presences and values at their weighted means.
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const means = new Float64Array(playerCount);
  sets.forEach((set, sample) => set.forEach((one, player) => (means[player]! += (weights[sample]! * one) / total)));
  const meanValue = values.reduce((sum, one, sample) => sum + (weights[sample]! * one) / total, 0);
  const rows = sets.map((set) => Float64Array.from(set, (one, player) => one - means[player]!));
  const { matrix, right } = weightedNormal(
    rows,
    values.map((one) => one - meanValue),
    weights,
  );
  for (let player = 0; player < playerCount; player++) matrix[player * playerCount + player]! += ridge;
  const coefficients = solvePositive(matrix, right);

  const intercept = coefficients.reduce((rest, one, player) => rest - one * means[player]!, meanValue);
  const fitted = Float64Array.from(sets, (set) =>
    set.reduce((sum, one, player) => sum + one * coefficients[player]!, intercept),
  );
  return { coefficients, intercept, fit: weightedFit(values, fitted, weights) };
}
