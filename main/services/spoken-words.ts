/** Which words speak in one image as people arranged them: the excluded are silent, the merged speak as one. */
import type { PresentWords } from './word-groups.ts';

/** A word, or a group under its leader, in one image. */
export interface SpokenWord {
  /** The leader, as people see it: a learned word or a child of a divided one. */
  readonly index: number;
  readonly name: string | null;
  /** Learned words that speak through it, ascending; at least one. */
  readonly learned: readonly number[];
  /** The largest of their scores. */
  readonly score: number;
}

/**
 * Everything that speaks, strongest first; lower indices first among equals.
 * @param scores of the learned words, [words]
 * @param imageId null for an image outside the project
 */
export function spokenWords(
  { words, learnedCount, speakerOf }: PresentWords,
  scores: ArrayLike<number>,
  imageId: number | null,
): SpokenWord[] {
  const groups = new Map<number, { learned: number[]; score: number }>();
  for (let learned = 0; learned < learnedCount; learned++) {
    const speaker = words[speakerOf(learned, imageId)]!;
    if (speaker.isExcluded) continue;
    const group = groups.get(speaker.leader) ?? { learned: [], score: -Infinity };
    group.learned.push(learned);
    group.score = Math.max(group.score, scores[learned]!);
    groups.set(speaker.leader, group);
  }
  return [...groups]
    .map(([index, group]) => ({ index, name: words[index]!.name, ...group }))
    .sort((a, b) => b.score - a.score || a.index - b.index);
}

/** Learned words that add nothing to the decision about an image, ascending. */
export function silentWords({ words, learnedCount, speakerOf }: PresentWords, imageId: number | null): number[] {
  return Array.from({ length: learnedCount }, (_, learned) => learned).filter(
    (learned) => words[speakerOf(learned, imageId)]!.isExcluded,
  );
}

/**
 * Learned words that may speak as a given one: itself, the members of its group, and what its children were divided from.
 * Empty for an index the run does not have.
 */
export function sourcesOf({ words }: PresentWords, index: number): number[] {
  const word = words[index];
  if (!word) return [];
  const sources = [index, ...word.members].map((member) => words[member]!.splitFrom ?? member);
  return [...new Set(sources)].sort((a, b) => a - b);
}
