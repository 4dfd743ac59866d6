/** Numbers and tables as people read them. */
import type { Assessment } from '../../preload/contract/index.ts';

/** Decimals by size: shares and logits keep three, counts none; null is "-". */
export function formatNumber(value: number | null): string {
  if (value === null) return '-';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size >= 10) return formatCount(value);
  return size < 1000 ? value.toFixed(size < 10 ? 3 : 1) : formatCount(value);
}

/** 12345 -> "12,345" */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Seconds -> "0.4 s", "18 s", "3 min 05 s", "2 h 10 min" */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

const BYTE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** 5_242_880 -> "5.0 MiB" */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${BYTE_UNITS[step]}`;
}

/** 0.05 -> "0.05": chance levels are round numbers more often than not. */
function trimmed(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** "0.979 [0.961, 0.989] n 436, chance 0.05" or "not assessed: reason" */
export function formatAssessment(assessment: Assessment): string {
  if (assessment.value === null) return `not assessed: ${assessment.reason}`;
  const { value, low, high, n, chance } = assessment;
  const interval = low === high && low === value ? '' : ` [${formatNumber(low)}, ${formatNumber(high)}]`;
  return `${formatNumber(value)}${interval} n ${formatCount(n)}${chance === undefined ? '' : `, chance ${trimmed(chance)}`}`;
}

/** The bare value, for tables that have no room for intervals: "0.979" or "-". */
export function formatValue(assessment: Assessment | undefined): string {
  return assessment === undefined || assessment.value === null ? '-' : formatNumber(assessment.value);
}

/** 0.4231 -> "42 %" */
export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** One line of a text, for cells: control characters and line ends cannot break a table or a terminal. */
export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex -- exactly the control characters are meant
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** How wide a table's columns stand apart. */
const GAP = '  ';

/**
 * Rows as aligned lines.
 * @param right indices of the columns that are aligned to the right (numbers); default none
 */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const cells = rows.map((row) => row.map(plainText));
  const widths: number[] = [];
  for (const row of cells) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => (right.includes(index) ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!)))
      .join(GAP)
      .trimEnd();
  return cells.map(line).join('\n');
}
