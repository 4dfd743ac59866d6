/** Words as a collection: found by index, replaced, their tags counted. Pure. */
import type { WordCard } from '../../../preload/contract/index.ts';

/** By index. */
export function byIndex(words: readonly WordCard[]): ReadonlyMap<number, WordCard> {
  return new Map(words.map((word) => [word.index, word]));
}

/** With changed cards in the place of the old ones and new ones added, by number. */
export function withChanged(words: readonly WordCard[], changed: readonly WordCard[]): readonly WordCard[] {
  if (changed.length === 0) return words;
  const all = new Map([...words, ...changed].map((word) => [word.index, word]));
  return [...all.values()].sort((first, second) => first.index - second.index);
}

/** Every tag in use, the most used first. */
export function tagsInUse(words: readonly WordCard[]): readonly string[] {
  const uses = new Map<string, number>();
  for (const tag of words.flatMap((word) => word.tags)) uses.set(tag, (uses.get(tag) ?? 0) + 1);
  return [...uses].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([tag]) => tag);
}
