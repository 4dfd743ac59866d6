/** The journal in days of the reader's clock. Pure. */
import type { HistoryLine } from '../../preload/contract/index.ts';

/** Lines of one day. */
export interface HistoryDay {
  /** The day as 'YYYY-MM-DD' of the reader's clock. */
  readonly day: string;
  readonly lines: readonly HistoryLine[];
}

/** Lines in groups of days, in their order. */
export function byDay(lines: readonly HistoryLine[]): readonly HistoryDay[] {
  const groups = Map.groupBy(lines, ({ at }) => dayOf(new Date(at)));
  return [...groups].map(([day, ofDay]) => ({ day, lines: ofDay }));
}

/** 'YYYY-MM-DD' of the reader's clock. */
export function dayOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
