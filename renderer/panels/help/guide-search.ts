/** Full-text search over the guide. */
import MiniSearch from 'minisearch';
import type { GuideChapter } from '../../../preload/contract/index.ts';
import { sectionsOf, type Section } from './guide-text.ts';

/** A section that was found, with the words around the first match. */
export interface GuideHit extends Section {
  /** Before, the match, after; the match is '' when it is in the title. */
  readonly excerpt: readonly [string, string, string];
}

/** Finds sections; titles count more, beginnings of words and small misspellings are found. */
export function createGuideSearch(chapters: readonly GuideChapter[]): (text: string) => readonly GuideHit[] {
  const sections = new Map(chapters.flatMap(sectionsOf).map((section) => [section.id, section]));
  const index = new MiniSearch<Section>({
    fields: ['title', 'chapter', 'text'],
    searchOptions: { boost: { title: 4, chapter: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
  });
  index.addAll([...sections.values()]);
  return (text) =>
    text.trim() === ''
      ? []
      : index
          .search(text)
          .slice(0, 30)
          .map((found) => {
            const section = sections.get(found.id as string)!;
            return { ...section, excerpt: excerptOf(section.text, found.terms) };
          });
}

/** Characters before and after the match. */
const BEFORE = 60;
const AFTER = 120;

/** The words around the first of the terms; the beginning of the text when none is in it. */
export function excerptOf(text: string, terms: readonly string[]): readonly [string, string, string] {
  const lower = text.toLowerCase();
  const places = terms.map((term) => ({ at: lower.indexOf(term.toLowerCase()), length: term.length }));
  const first = places.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0];
  if (!first) return [text.slice(0, BEFORE + AFTER) + (text.length > BEFORE + AFTER ? '…' : ''), '', ''];
  const start = first.at <= BEFORE ? 0 : text.indexOf(' ', first.at - BEFORE) + 1;
  const end = first.at + first.length;
  const stop = end + AFTER >= text.length ? text.length : text.lastIndexOf(' ', end + AFTER);
  return [
    (start > 0 ? '…' : '') + text.slice(Math.min(start, first.at), first.at),
    text.slice(first.at, end),
    text.slice(end, Math.max(end, stop)) + (stop < text.length ? '…' : ''),
  ];
}
