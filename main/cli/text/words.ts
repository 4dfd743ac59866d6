/** Text of a run's words: one line each. */
import type { ClassPush, WordSheet } from '../../../preload/contract/index.ts';
import { formatNumber, formatShare, formatTable, formatValue } from '../format.ts';
import type { Output } from '../output.ts';
import { runText } from './project.ts';

/** As many classes as fit on a line. */
const SHOWN_CLASSES = 3;

function classes(pushes: readonly ClassPush[]): string {
  const shown = pushes.slice(0, SHOWN_CLASSES).map(({ className, share }) => `${className} ${formatShare(share)}`);
  const more = pushes.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** A table of words, most important first. */
export function wordSheetText(sheet: WordSheet, { bold }: Output): string {
  const header = ['word', 'name', 'status', 'importance', 'frequency', 'sharedness', 'IoU@50', 'pushes up'];
  const rows = sheet.words.map((word) => [
    String(word.index),
    word.name ?? '-',
    word.status,
    formatNumber(word.importance),
    formatShare(word.frequency),
    formatNumber(word.sharedness),
    formatValue(word.attentionFidelity),
    classes(word.pushesUp),
  ]);
  return [bold(sheet.projectName), runText(sheet.run), '', formatTable([header, ...rows], [0, 3, 4, 5, 6])].join('\n');
}
