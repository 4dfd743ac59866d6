/** Text of a run's words: one line each. */
import type { ClassPush, WordSheet, WordSummary } from '../../../preload/contract/index.ts';
import { formatNumber, formatShare, formatTable, formatValue } from '../format.ts';
import type { Output } from '../output.ts';
import { runText } from './project.ts';

/** As many classes as fit on a line. */
const SHOWN_CLASSES = 3;

/** A share that would be shown as 0 %. */
const NEGLIGIBLE_SHARE = 0.005;

/** The classes a word is used for: a large weight that no image ever uses says nothing about a word. */
function classes(pushes: readonly ClassPush[]): string {
  const used = pushes
    .filter(({ share }) => share >= NEGLIGIBLE_SHARE)
    .toSorted((one, other) => other.share - one.share);
  const shown = used.slice(0, SHOWN_CLASSES).map(({ className, share }) => `${className} ${formatShare(share)}`);
  const more = used.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** What people call a word, and how it stands for others. */
function calledBy({ name, members, splitFrom, isExcluded }: WordSummary): string {
  const remarks = [
    ...(members.length > 0 ? [`with ${members.join(', ')}`] : []),
    ...(splitFrom === null ? [] : [`part of ${splitFrom}`]),
    ...(isExcluded ? ['excluded'] : []),
  ];
  return [name ?? '-', ...(remarks.length > 0 ? [`(${remarks.join('; ')})`] : [])].join(' ');
}

/** A table of words, most important first. */
export function wordSheetText(sheet: WordSheet, { bold }: Output): string {
  const header = ['word', 'name', 'status', 'importance', 'frequency', 'sharedness', 'IoU@50', 'used for'];
  const rows = sheet.words.map((word) => [
    String(word.index),
    calledBy(word),
    word.status,
    formatNumber(word.importance),
    formatShare(word.frequency),
    formatNumber(word.sharedness),
    formatValue(word.attentionFidelity),
    classes(word.pushesUp),
  ]);
  return [bold(sheet.projectName), runText(sheet.run), '', formatTable([header, ...rows], [0, 3, 4, 5, 6])].join('\n');
}
