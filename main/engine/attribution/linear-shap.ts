/** Shapley values of a linear layer over word scores, in closed form (Lundberg and Lee 2017, corollary 1). */
import { InvariantError } from '../errors.ts';

/** A logit that is linear in word scores. */
export interface LinearShapOptions {
  /** What one unit of each score adds to the logit, [words]. */
  readonly weights: ArrayLike<number>;
  /** Word scores of the image, [words]. */
  readonly scores: ArrayLike<number>;
  /** Mean word scores over a background of images, [words]. */
  readonly meanScores: ArrayLike<number>;
}

/**
 * phi_i = w_i (s_i - mean s_i), exact for a linear model however the scores depend on each other in the image: what
 * lies between scores and pixels is not asked. They sum to the logit minus the mean logit of the background; the bias
 * cancels.
 * @returns [words]
 */
export function linearShap({ weights, scores, meanScores }: LinearShapOptions): Float64Array {
  if (scores.length !== weights.length || meanScores.length !== weights.length) {
    throw new InvariantError(
      `linear shap: ${weights.length} weights, ${scores.length} scores, ${meanScores.length} means`,
    );
  }
  return Float64Array.from(
    { length: weights.length },
    (_, word) => weights[word]! * (scores[word]! - meanScores[word]!),
  );
}

/**
 * What words were given, spread over the places where each is found: in proportion to its activation map above that
 * map's lowest value; evenly where the map is flat. The map sums to the sum of the values.
 * @param values [words]
 * @param activationMaps [words, positions]
 * @returns [positions]
 */
export function spreadOverMaps(
  values: ArrayLike<number>,
  activationMaps: Float32Array,
  positions: number,
): Float32Array {
  const spread = new Float64Array(positions);
  for (let word = 0; word < values.length; word++) {
    const map = activationMaps.subarray(word * positions, (word + 1) * positions);
    const low = map.reduce((a, b) => Math.min(a, b), Infinity);
    const total = map.reduce((sum, one) => sum + (one - low), 0);
    for (let position = 0; position < positions; position++) {
      const share = total > 0 ? (map[position]! - low) / total : 1 / positions;
      spread[position]! += values[word]! * share;
    }
  }
  return Float32Array.from(spread);
}
