/** Prediction fidelity: does the word model say what the base model says? Hard, chance-corrected and soft. */
import { InvariantError } from '../errors.ts';
import type { Random } from '../tensor/random.ts';
import { measureRate, measureStatistic } from './interval.ts';
import { notAssessed, withChance } from './measure.ts';
import type { Assessment } from './measure.ts';

/**
 * Share of images where both models name the same class, with a Wilson interval.
 * `chance` = sum over classes of (share in the base model's answers) x (share in the word model's answers).
 * @param base classes named by the base model
 * @param word classes named by the word model, same images
 * @param reason why it cannot be measured when there are no images
 */
export function predictionFidelity(
  base: ArrayLike<number>,
  word: ArrayLike<number>,
  classCount: number,
  reason = 'no images',
): Assessment {
  const { agreed, chance } = agreementOf(base, word, classCount);
  return withChance(measureRate(agreed, base.length, reason), chance);
}

/**
 * Cohen's kappa (Cohen 1960): (agreement - chance) / (1 - chance), with a bootstrap interval over images.
 * Not assessed when both models name one and the same class everywhere: chance is 1 then.
 */
export function cohenKappa(
  base: ArrayLike<number>,
  word: ArrayLike<number>,
  classCount: number,
  random: Random,
): Assessment {
  const n = base.length;
  if (n === 0) return notAssessed('no images');
  if (agreementOf(base, word, classCount).chance === 1) return notAssessed('both models always name one class', n);
  return measureStatistic(n, (drawn) => kappaOf(agreementOf(base, word, classCount, drawn), n), random);
}

interface Agreement {
  readonly agreed: number;
  readonly chance: number;
}

function agreementOf(
  base: ArrayLike<number>,
  word: ArrayLike<number>,
  classCount: number,
  drawn?: Uint32Array,
): Agreement {
  if (base.length !== word.length) throw new InvariantError(`agreement of ${base.length} and ${word.length} answers`);
  const n = base.length;
  const baseCounts = new Float64Array(classCount);
  const wordCounts = new Float64Array(classCount);
  let agreed = 0;
  for (let index = 0; index < n; index++) {
    const image = drawn ? drawn[index]! : index;
    baseCounts[base[image]!]!++;
    wordCounts[word[image]!]!++;
    if (base[image] === word[image]) agreed++;
  }
  let products = 0;
  for (let index = 0; index < classCount; index++) products += baseCounts[index]! * wordCounts[index]!;
  return { agreed, chance: n === 0 ? 0 : products / (n * n) };
}

function kappaOf({ agreed, chance }: Agreement, n: number): number {
  return chance === 1 ? NaN : (agreed / n - chance) / (1 - chance);
}

/**
 * KL(softmax(base), softmax(word)) in nats: what the word model's distribution loses of the base model's.
 * 0 when equal; a constant added to either side's logits changes nothing.
 */
export function softmaxDivergence(base: Float32Array, word: Float32Array): number {
  const baseNorm = logSumExp(base);
  const wordNorm = logSumExp(word);
  let divergence = 0;
  for (let index = 0; index < base.length; index++) {
    const logP = base[index]! - baseNorm;
    divergence += Math.exp(logP) * (logP - (word[index]! - wordNorm));
  }
  // Rounding may leave a tiny negative number; the divergence of distributions is never below 0.
  return Math.max(0, divergence);
}

/** The same for one yes/no per class: mean over classes of KL(Bernoulli(base), Bernoulli(word)) in nats. */
export function sigmoidDivergence(base: Float32Array, word: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < base.length; index++) {
    const p = 1 / (1 + Math.exp(-base[index]!));
    sum += p * (softplus(-word[index]!) - softplus(-base[index]!));
    sum += (1 - p) * (softplus(word[index]!) - softplus(base[index]!));
  }
  return Math.max(0, sum / base.length);
}

/** Number of classes both models decide alike (logit above 0 or not). */
export function alikeDecisions(base: Float32Array, word: Float32Array): number {
  let alike = 0;
  for (let index = 0; index < base.length; index++) if (base[index]! > 0 === word[index]! > 0) alike++;
  return alike;
}

/** Logarithm of the sum of exponentials, safe for large logits. */
export function logSumExp(values: Float32Array): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}

/** ln(1 + e^x) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Length of `pairSums`. */
export const PAIR_SUMS = 6;

/**
 * Sums one image adds to a correlation: count, x, y, xx, yy, xy over its classes. With `centred`, each side's mean
 * over the classes is taken off first, because softmax does not see a constant.
 */
export function pairSums(x: Float32Array, y: Float32Array, centred: boolean): Float64Array {
  const n = x.length;
  let meanX = 0;
  let meanY = 0;
  if (centred) {
    for (let index = 0; index < n; index++) {
      meanX += x[index]! / n;
      meanY += y[index]! / n;
    }
  }
  const sums = new Float64Array(PAIR_SUMS);
  for (let index = 0; index < n; index++) {
    const a = x[index]! - meanX;
    const b = y[index]! - meanY;
    [1, a, b, a * a, b * b, a * b].forEach((term, place) => (sums[place]! += term));
  }
  return sums;
}

/**
 * Pearson correlation over all images' logits, bootstrap interval over images.
 * @param sums `pairSums` of every image, [n, PAIR_SUMS]
 */
export function correlation(sums: Float64Array, random: Random): Assessment {
  const n = sums.length / PAIR_SUMS;
  if (n === 0) return notAssessed('no images');
  const total = new Float64Array(PAIR_SUMS);
  const pearson = (drawn: Uint32Array): number => {
    total.fill(0);
    drawn.forEach((image) => {
      for (let place = 0; place < PAIR_SUMS; place++) total[place]! += sums[image * PAIR_SUMS + place]!;
    });
    const [count, x, y, xx, yy, xy] = total as unknown as [number, number, number, number, number, number];
    return (count * xy - x * y) / Math.sqrt((count * xx - x * x) * (count * yy - y * y));
  };
  const measure = measureStatistic(n, pearson, random);
  return Number.isNaN(measure.value) ? notAssessed('the logits of one model do not vary', n) : measure;
}
