/** What people made of a run's words: who was left out, merged under a leader, or divided into two. */
import type { ProjectReader, RunRecord, WordRemarks, WordSplitRecord } from '../store/index.ts';

/** A word as it stands at present. Children of a divided word have indices after the run's last learned word. */
export interface PresentWord {
  readonly index: number;
  /** The group's name: the leader's, which is the word's own when it stands alone. */
  readonly name: string | null;
  /** Adds nothing to decisions. */
  readonly isExcluded: boolean;
  /** The word this one is shown and counted inside; its own index when it stands alone. */
  readonly leader: number;
  /** Members of the group without the leader; empty for all but leaders. */
  readonly members: readonly number[];
  /** True for a divided word: its children stand in its place. */
  readonly isSplit: boolean;
  readonly splitFrom: number | null;
  /** False for a divided word, and for the children of one that was put together again. */
  readonly isPresent: boolean;
}

/** All words of a run as they stand at present. */
export interface PresentWords {
  /** Words of the word model; only these have scores, maps and weights of their own. */
  readonly learnedCount: number;
  /** By index, children included. */
  readonly words: readonly PresentWord[];
  /**
   * The word that speaks in an image in the place of a learned one: the child that the image belongs to when the word is
   * divided, else the word itself. Score, map and contribution are the learned word's, so a division changes no figure.
   * @param imageId null for an image outside the project: it belongs to no child, the divided word speaks itself
   */
  speakerOf(learned: number, imageId: number | null): number;
}

/**
 * Reads the present state of a run's words; cheap for 1,000 words.
 *
 * For decisions and explanations: take each learned word's contribution, map and score; drop it when its speaker is
 * excluded; then put speakers with the same leader together (contribution: sum; map: maximum at each position; score:
 * the largest).
 */
export function presentWords(read: ProjectReader, run: RunRecord): PresentWords {
  return arrangeWords(read.words.remarks(run.runId), read.words.splits(run.runId), run.wordCount);
}

/** The same from rows that were read already. */
export function arrangeWords(
  rows: readonly WordRemarks[],
  splits: readonly WordSplitRecord[],
  learnedCount: number,
): PresentWords {
  const membersOf = Map.groupBy(
    rows.filter(({ mergedInto }) => mergedInto !== null),
    ({ mergedInto }) => mergedInto!,
  );
  const words = rows.map(({ wordIndex, isExcluded, mergedInto, isSplit, splitFrom }): PresentWord => {
    const leader = mergedInto ?? wordIndex;
    return {
      index: wordIndex,
      name: rows[leader]?.name ?? null,
      isExcluded,
      leader,
      members: membersOf.get(wordIndex)?.map((member) => member.wordIndex) ?? [],
      isSplit,
      splitFrom,
      isPresent: !isSplit && (splitFrom === null || rows[splitFrom]?.isSplit === true),
    };
  });
  const active = new Map(
    splits.filter(({ wordIndex }) => rows[wordIndex]?.isSplit === true).map((split) => [split.wordIndex, split]),
  );
  return {
    learnedCount,
    words,
    speakerOf: (learned, imageId) => {
      const split = active.get(learned);
      if (!split || imageId === null) return learned;
      const place = placeOf(split.imageIds, imageId);
      return place < 0 ? learned : split.children[split.childOfImage[place]!]!;
    },
  };
}

/** Place of a value in an ascending list, or -1. */
function placeOf(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = sorted[middle]!;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
