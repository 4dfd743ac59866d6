/** The order of words. */
import type { WordCard } from '../../../preload/contract/index.ts';

/** What words are sorted by. */
export const SORT_KEYS = ['importance', 'fidelity', 'sharedness', 'frequency', 'name', 'status', 'number'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** A sort and its direction: the natural one of the key, or the other. */
export interface WordSort {
  readonly key: SortKey;
  readonly isReversed: boolean;
}

/** Those that matter most come first. */
export const FIRST_SORT: WordSort = { key: 'importance', isReversed: false };

const STATUS_RANK = { meaningful: 0, mixed: 1, artefact: 2, unknown: 3 } as const;
const NAMES = new Intl.Collator('en', { sensitivity: 'base', numeric: true });

/** Less than 0 when the first comes before the second in the natural direction; null puts a word last either way. */
const KEYS: Readonly<Record<SortKey, (word: WordCard) => number | string | null>> = {
  importance: (word) => -word.importance,
  fidelity: (word) => (word.attentionFidelity.value === null ? null : -word.attentionFidelity.value),
  sharedness: (word) => (word.sharedness === null ? null : -word.sharedness),
  frequency: (word) => -word.frequency,
  name: (word) => word.name,
  status: (word) => STATUS_RANK[word.status],
  number: (word) => word.index,
};

/** Words in order; equal ones by number. Words without a value come last in both directions. */
export function sortWords(words: readonly WordCard[], sort: WordSort): readonly WordCard[] {
  const key = KEYS[sort.key];
  const direction = sort.isReversed ? -1 : 1;
  return [...words].sort((first, second) => {
    const [one, other] = [key(first), key(second)];
    if (one === null || other === null) {
      return Number(one === null) - Number(other === null) || first.index - second.index;
    }
    const difference =
      typeof one === 'string' || typeof other === 'string' ? NAMES.compare(String(one), String(other)) : one - other;
    return direction * difference || first.index - second.index;
  });
}

/** Sort kept in the address as 'name' or '-name'. */
export function readSort(query: Readonly<Record<string, string>>): WordSort {
  const text = query['sort'] ?? '';
  const key = SORT_KEYS.find((known) => known === text.replace(/^-/, ''));
  return key === undefined ? FIRST_SORT : { key, isReversed: text.startsWith('-') };
}

/** Inverse of readSort. */
export function writeSort(sort: WordSort): Readonly<Record<string, string | null>> {
  const isFirst = sort.key === FIRST_SORT.key && sort.isReversed === FIRST_SORT.isReversed;
  return { sort: isFirst ? null : `${sort.isReversed ? '-' : ''}${sort.key}` };
}
