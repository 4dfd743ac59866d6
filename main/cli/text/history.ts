/** Text of journal lines. */
import type { HistoryLine } from '../../../preload/contract/index.ts';
import { formatTable } from '../format.ts';

/** One line per entry, in the order given. */
export function historyText(lines: readonly HistoryLine[]): string {
  if (lines.length === 0) return 'The journal is empty.';
  return formatTable(
    lines.map(({ sequence, at, actor, action, detail }) => [String(sequence), at, actor, action, detail]),
    [0],
  );
}
