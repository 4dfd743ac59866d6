/** A decision as amounts of a waterfall: of one class, or the difference between two. */
import type { Box, CompactMap, Explanation } from '../../../preload/contract/index.ts';

/** One word in the sum. */
export interface WordShare {
  readonly wordIndex: number;
  readonly name: string | null;
  readonly score: number;
  /** Weight for the class; of two classes the difference of weights. */
  readonly weight: number;
  /** score x weight, logits. */
  readonly contribution: number;
  readonly map: CompactMap;
  readonly pushedImageId: number;
  readonly pushedCrop: Box;
}

/** bias + words + residual = total. */
export interface Decision {
  readonly bias: number;
  /** Largest absolute contribution first. */
  readonly words: readonly WordShare[];
  readonly residual: number;
  /** The base model's logit, or the difference of two. */
  readonly total: number;
}

/** The decision for the explained class. */
export function decisionOf({ bias, contributions, residual, baseLogit }: Explanation): Decision {
  return { bias, words: contributions, residual, total: baseLogit };
}

/**
 * What speaks for one class rather than the other, word by word.
 * @param explanation of the class, other of the one it is compared with; both of the same image and run
 */
export function decisionBetween(explanation: Explanation, other: Explanation): Decision {
  const others = new Map(other.contributions.map((row) => [row.wordIndex, row]));
  const words = explanation.contributions.map((row): WordShare => {
    const weight = row.weight - (others.get(row.wordIndex)?.weight ?? 0);
    return { ...row, weight, contribution: row.score * weight };
  });
  words.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.wordIndex - b.wordIndex);
  return {
    bias: explanation.bias - other.bias,
    words,
    residual: explanation.residual - other.residual,
    total: explanation.baseLogit - other.baseLogit,
  };
}

/** Words that are drawn one by one before the rest is opened. */
export const SHOWN_WORDS = 8;

/** The words drawn one by one and those folded into one bar. */
export interface FoldedWords {
  readonly shown: readonly WordShare[];
  readonly rest: readonly WordShare[];
  /** Sum of the rest, logits. */
  readonly restSum: number;
}

/**
 * Folds the weak words. A rest of one word is drawn as that word, and words without any contribution are not drawn.
 * @param isOpen true to draw every word
 */
export function foldWords({ words }: Decision, isOpen: boolean): FoldedWords {
  const telling = words.filter(({ contribution }) => contribution !== 0);
  const limit = isOpen || telling.length <= SHOWN_WORDS + 1 ? telling.length : SHOWN_WORDS;
  const rest = telling.slice(limit);
  return {
    shown: telling.slice(0, limit),
    rest,
    restSum: rest.reduce((sum, { contribution }) => sum + contribution, 0),
  };
}

/** Key of the bar of the folded words. */
export const restKey = 'rest';

/** Key of a word's bar. */
export function wordKey(wordIndex: number): string {
  return `word-${wordIndex}`;
}

/** The word of a bar's key; null for a bar that is no word. */
export function wordOfKey(key: string): number | null {
  const found = /^word-(\d+)$/.exec(key)?.[1];
  return found === undefined ? null : Number(found);
}
