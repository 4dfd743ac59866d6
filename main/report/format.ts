/** Numbers and names as people read them: the same everywhere, free of the machine's locale. */
import type { Assessment, Measure } from '../../preload/contract/index.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';

/** A decimal number with a true minus sign: -0.314 at 2 digits is "−0.31"; what rounds to zero has no sign; null is "–". */
export function decimal(value: number | null, digits = 2): string {
  if (value === null) return '–';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A decimal number that always says its sign: "+1.20", "−0.31", "0.00". */
export function signed(value: number, digits = 2): string {
  const text = decimal(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A share of 0..1 in percent: 0.9794 is "97.9 %". What is neither none nor all never looks so: "<0.1 %", ">99.9 %". */
export function percent(value: number, digits = 1): string {
  return `${percentNumber(value, digits)}\u00a0%`;
}

function percentNumber(value: number, digits = 1): string {
  const text = decimal(value * 100, digits);
  const step = 10 ** -digits;
  if (value < 1 && Number(text) === 100) return `>${decimal(100 - step, digits)}`;
  if (value > 0 && Number(text) === 0) return `<${decimal(step, digits)}`;
  return text;
}

/** A count with narrow no-break spaces: 12345 is "12 345". */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** Whether a number was measured. */
export function isMeasured(assessment: Assessment): assessment is Measure {
  return assessment.value !== null;
}

/** A share with its interval and n, "97.9 % [96.0, 98.9] n 436", or why there is none. */
export function shareText(assessment: Assessment, observations = ''): Markup {
  if (!isMeasured(assessment)) return html`<span class="none" title="${assessment.reason}">not assessed</span>`;
  const { value, low, high, n } = assessment;
  return html`<b>${percent(value)}</b>
    <span class="interval">[${percentNumber(low)}, ${percentNumber(high)}] n ${count(n)}${observations}</span>`;
}

/** What people call a word: its name, or "word 12". Names may run from right to left. */
export function wordName(word: { readonly index: number; readonly name: string | null }): Markup {
  return html`<bdi>${plainWordName(word)}</bdi>`;
}

/** The same without markup. */
export function plainWordName(word: { readonly index: number; readonly name: string | null }): string {
  const name = word.name?.trim() ?? '';
  return name === '' ? `word ${word.index}` : name;
}

/** An ISO time as "2026-03-01 14:02 UTC"; anything else as it is. */
export function moment(iso: string): string {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(iso) && iso.endsWith('Z')
    ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
    : iso;
}

/** Seconds as "42 s", "7 min" or "1 h 05 min". */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
