/** One decision as a sum: what each word adds to a logit, and what the words leave unexplained. */
import { InvariantError } from '../errors.ts';
import { explainedShare } from '../metrics/explained-share.ts';
import type { WordModel } from '../words/word-model.ts';

/** What one word adds to a logit. */
export interface Contribution {
  /** Index in the word model. */
  readonly word: number;
  /** Word score of the image. */
  readonly score: number;
  /** Entry of the last layer for the explained class. */
  readonly weight: number;
  /** score x weight, in logits. */
  readonly contribution: number;
}

/** A decision taken apart: sum of contributions + bias + residual = base logit. */
export interface DecisionParts {
  /** Row of the last layer that is explained. */
  readonly classIndex: number;
  /** Every word, largest absolute contribution first. */
  readonly contributions: readonly Contribution[];
  readonly bias: number;
  /** The word model's logit: sum of contributions + bias. */
  readonly wordLogit: number;
  readonly baseLogit: number;
  /** Base logit minus word logit: what no word accounts for. */
  readonly residual: number;
  /** 1 - |residual| / (|residual| + sum |contributions|), 0..1; NaN when both are zero. */
  readonly explainedShare: number;
}

/**
 * Takes one logit apart.
 * @param scores word scores of the image, [words]
 * @param classIndex row of the last layer
 * @param baseLogit the base model's logit of that class for the image
 */
export function explainDecision(
  model: WordModel,
  scores: ArrayLike<number>,
  classIndex: number,
  baseLogit: number,
): DecisionParts {
  const [classCount, wordCount] = model.lastLayer.shape as [number, number];
  if (scores.length !== wordCount || classIndex < 0 || classIndex >= classCount) {
    throw new InvariantError(`decision: ${scores.length} scores, class ${classIndex} of ${classCount}`);
  }
  const contributions = Array.from({ length: wordCount }, (_, word): Contribution => {
    const score = scores[word]!;
    const weight = model.lastLayer.data[classIndex * wordCount + word]!;
    return { word, score, weight, contribution: score * weight };
  }).sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.word - b.word);
  const bias = model.bias.data[classIndex]!;
  const wordLogit = contributions.reduce((sum, { contribution }) => sum + contribution, 0) + bias;
  const values = Float64Array.from(contributions, ({ contribution }) => contribution);
  return {
    classIndex,
    contributions,
    bias,
    wordLogit,
    baseLogit,
    residual: baseLogit - wordLogit,
    explainedShare: explainedShare(values, bias, baseLogit),
  };
}

/** One bar of a waterfall chart, in logits: from the running sum before to the one after. */
export interface WaterfallStep {
  readonly kind: 'word' | 'otherWords' | 'bias' | 'residual';
  /** Index of the word; null for the other kinds. */
  readonly word: number | null;
  readonly from: number;
  readonly to: number;
}

/**
 * Steps from 0 to the base model's logit: the strongest words, all other words together, bias, residual.
 * Empty steps (no other words, bias 0) are left out; the residual is always shown.
 * @param wordLimit words drawn one by one
 */
export function waterfall(decision: DecisionParts, wordLimit: number): WaterfallStep[] {
  const shown = decision.contributions.slice(0, wordLimit);
  const others = decision.contributions.slice(wordLimit).reduce((sum, { contribution }) => sum + contribution, 0);
  const steps: WaterfallStep[] = [];
  let sum = 0;
  const add = (kind: WaterfallStep['kind'], word: number | null, amount: number): void => {
    steps.push({ kind, word, from: sum, to: sum + amount });
    sum += amount;
  };
  for (const { word, contribution } of shown) add('word', word, contribution);
  if (others !== 0) add('otherWords', null, others);
  if (decision.bias !== 0) add('bias', null, decision.bias);
  // The last bar ends exactly on the base logit, whatever the sums before were rounded to.
  steps.push({ kind: 'residual', word: null, from: sum, to: decision.baseLogit });
  return steps;
}
