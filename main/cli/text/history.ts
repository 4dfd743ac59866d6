/** Text of journal lines. */
import type { HistoryLine } from '../../../preload/contract/index.ts';
import { formatTable } from '../format.ts';

/** Longer details are cut in text; --json has them whole. */
const DETAIL_LENGTH = 80;

function brief(detail: string): string {
  return detail.length <= DETAIL_LENGTH ? detail : `${detail.slice(0, DETAIL_LENGTH - 3)}...`;
}

/** The line of a change, or the sentence that says why there is none. */
export function changeText(line: HistoryLine | null, unchanged: string): string {
  return line === null ? unchanged : historyText([line]);
}

/** One line per entry, in the order given. */
export function historyText(lines: readonly HistoryLine[]): string {
  if (lines.length === 0) return 'The journal is empty.';
  return formatTable(
    lines.map(({ sequence, at, actor, action, detail }) => [String(sequence), at, actor, action, brief(detail)]),
    [0],
  );
}
