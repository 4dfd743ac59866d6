/** Which words are shown: a filter as data, in the address, and applied. */
import type { WordCard, WordStatus } from '../../../preload/contract/index.ts';

/** Whether words that are out of the way are shown beside the others. */
export type Presence = 'hide' | 'show' | 'only';

/** What a word must be to be shown. */
export interface WordFilter {
  /** Words of a search, each of which must be found in the name, a tag, the note, a class pushed, or the number. */
  readonly text: string;
  /** Empty: any. */
  readonly statuses: readonly WordStatus[];
  /** Class pushed up, by name; null: any. */
  readonly className: string | null;
  readonly tag: string | null;
  /** Attention fidelity, 0..1. A word that was not assessed passes only the whole range. */
  readonly fidelityLow: number;
  readonly fidelityHigh: number;
  readonly isUnnamed: boolean;
  readonly excluded: Presence;
  /** Words merged into others. */
  readonly merged: Presence;
  /** Words brushed on the map; null: all. */
  readonly brushed: readonly number[] | null;
}

/** Everything but members of merged words, which live inside their leader's card. */
export const NO_FILTER: WordFilter = {
  text: '',
  statuses: [],
  className: null,
  tag: null,
  fidelityLow: 0,
  fidelityHigh: 1,
  isUnnamed: false,
  excluded: 'show',
  merged: 'hide',
  brushed: null,
};

const STATUSES = ['meaningful', 'mixed', 'artefact', 'unknown'] as const;
const PRESENCES = ['hide', 'show', 'only'] as const;

/** The part of the address's query that is a filter; anything we never wrote counts as absent. */
export function readFilter(query: Readonly<Record<string, string>>): WordFilter {
  const [low = 0, high = 1] = (query['fidelity'] ?? '').split('-').map(Number).filter(isShare);
  const brushed = (query['brushed'] ?? '').split('.').filter((part) => /^\d{1,7}$/.test(part));
  return {
    text: query['q'] ?? '',
    statuses: STATUSES.filter((status) => (query['status'] ?? '').split('.').includes(status)),
    className: query['class'] ?? null,
    tag: query['tag'] ?? null,
    fidelityLow: Math.min(low, high),
    fidelityHigh: Math.max(low, high),
    isUnnamed: query['unnamed'] === '1',
    excluded: PRESENCES.find((known) => known === query['excluded']) ?? NO_FILTER.excluded,
    merged: PRESENCES.find((known) => known === query['merged']) ?? NO_FILTER.merged,
    brushed: brushed.length === 0 ? null : brushed.map(Number),
  };
}

/** Changes of the query that keep a filter in the address; null takes a value away. */
export function writeFilter(filter: WordFilter): Readonly<Record<string, string | null>> {
  const isWhole = filter.fidelityLow === 0 && filter.fidelityHigh === 1;
  return {
    q: filter.text === '' ? null : filter.text,
    status: filter.statuses.length === 0 ? null : filter.statuses.join('.'),
    class: filter.className,
    tag: filter.tag,
    fidelity: isWhole ? null : `${filter.fidelityLow}-${filter.fidelityHigh}`,
    unnamed: filter.isUnnamed ? '1' : null,
    excluded: filter.excluded === NO_FILTER.excluded ? null : filter.excluded,
    merged: filter.merged === NO_FILTER.merged ? null : filter.merged,
    brushed: filter.brushed === null ? null : filter.brushed.join('.'),
  };
}

/** True when nothing is asked of the words. */
export function isOpen(filter: WordFilter): boolean {
  return Object.values(writeFilter(filter)).every((value) => value === null);
}

/** The words that pass, in the order given. Words that were split never pass: their children stand for them. */
export function applyFilter(words: readonly WordCard[], filter: WordFilter): readonly WordCard[] {
  const terms = fold(filter.text).split(/\s+/).filter(Boolean);
  const brushed = filter.brushed === null ? null : new Set(filter.brushed);
  const isAnyFidelity = filter.fidelityLow <= 0 && filter.fidelityHigh >= 1;
  return words.filter(
    (word) =>
      !word.isSplit &&
      isPresent(word.isExcluded, filter.excluded) &&
      isPresent(word.mergedInto !== null, filter.merged) &&
      (!filter.isUnnamed || word.name === null) &&
      (filter.statuses.length === 0 || filter.statuses.includes(word.status)) &&
      (filter.className === null || word.pushesUp.some((push) => push.className === filter.className)) &&
      (filter.tag === null || word.tags.includes(filter.tag)) &&
      (brushed === null || brushed.has(word.index)) &&
      (isAnyFidelity || isWithin(word.attentionFidelity.value, filter.fidelityLow, filter.fidelityHigh)) &&
      terms.every((term) => isFoundIn(word, term)),
  );
}

/** Letters without case and accents, so that "pelage" finds "Pélage". */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase('en').trim();
}

function isFoundIn(word: WordCard, term: string): boolean {
  // A bare number means the word of that number, and its members.
  if (/^#?\d+$/.test(term)) {
    const number = Number(term.replace('#', ''));
    return word.index === number || word.members.includes(number) || fold(word.name ?? '').includes(term);
  }
  const texts = [word.name ?? '', word.note, ...word.tags, ...word.pushesUp.map((push) => push.className)];
  return texts.some((text) => fold(text).includes(term));
}

function isPresent(isSo: boolean, presence: Presence): boolean {
  return presence === 'show' || isSo === (presence === 'only');
}

function isWithin(value: number | null, low: number, high: number): boolean {
  return value !== null && value >= low && value <= high;
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
