/** How numbers, sizes, times and measures are written. */
import type { Assessment } from '../../../preload/contract/index.ts';

const LOCALE = 'en-GB';
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
/** A space that does not break, thin, before units (SI). */
const THIN = '\u202f';
const MINUS = '\u2212';

/** 12345 -> '12,345'. */
export function count(value: number): string {
  return whole.format(value);
}

/** '1 word', '12 words'; the plural is given when it is not the singular with an s. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** A share 0..1 as a percentage: 0.979 -> '97.9 %'. */
export function percent(share: number, digits = 1): string {
  return `${fixed(share * 100, digits)}${THIN}%`;
}

/** A number with a fixed number of digits and a true minus. */
export function fixed(value: number, digits = 2): string {
  return (Object.is(value, -0) ? 0 : value)
    .toFixed(digits)
    .replace(/^-(?=.*[1-9])/, MINUS)
    .replace(/^-/, '');
}

/** With its sign: '+0.42', '−1.20'. */
export function signed(value: number, digits = 2): string {
  const text = fixed(value, digits);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A measure of shares with interval and n: '97.9 % [96.0, 98.9] n 436'; 'not assessed' otherwise. */
export function shareWithInterval(measure: Assessment, digits = 1): string {
  if (measure.value === null) return 'not assessed';
  const bounds = `[${fixed(measure.low * 100, digits)}, ${fixed(measure.high * 100, digits)}]`;
  return `${percent(measure.value, digits)} ${bounds} n\u00a0${count(measure.n)}`;
}

/** 1536 -> '1.5 KiB'. */
export function bytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  const value = size / 1024 ** power;
  return `${fixed(value, power === 0 || value >= 100 ? 0 : 1)}${THIN}${units[power]}`;
}

/** What is left, as one says it: 'a few seconds left', 'about 3 minutes left'. */
export function timeLeft(seconds: number): string {
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 55) return `about ${Math.ceil(seconds / 10) * 10} seconds left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes <= 1 ? 'about a minute left' : `about ${minutes} minutes left`;
  const halfHours = Math.round(seconds / 1_800) / 2;
  if (halfHours <= 1) return 'about an hour left';
  const half = halfHours % 1 === 0 ? '' : '½';
  return `about ${Math.floor(halfHours)}${half} hours left`;
}

/** How long something took: '0.8 s', '42 s', '3 min 05 s', '2 h 10 min'. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${fixed(seconds, 1)}${THIN}s`;
  const all = Math.round(seconds);
  if (all < 60) return `${all}${THIN}s`;
  if (all < 3_600) return `${Math.floor(all / 60)}${THIN}min ${String(all % 60).padStart(2, '0')}${THIN}s`;
  const minutes = Math.round(all / 60);
  return `${Math.floor(minutes / 60)}${THIN}h ${String(minutes % 60).padStart(2, '0')}${THIN}min`;
}

/** '14:02' today, 'yesterday 14:02', '3 Nov 14:02' this year, else '3 Nov 2025'. */
export function moment(iso: string, now: Date = new Date()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return 'at an unknown time';
  const clock = at.toLocaleTimeString(LOCALE, { hour: '2-digit', minute: '2-digit' });
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return clock;
  if (days === 1) return `yesterday ${clock}`;
  const date = at.toLocaleDateString(LOCALE, { day: 'numeric', month: 'short' });
  return at.getFullYear() === now.getFullYear() ? `${date} ${clock}` : `${date} ${at.getFullYear()}`;
}

/** '14:02' of the reader's clock. */
export function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString(LOCALE, { hour: '2-digit', minute: '2-digit' });
}

/** '2026-11-03' -> 'Tue, 3 Nov 2026'. */
export function day(date: string): string {
  return new Date(`${date}T12:00:00`).toLocaleDateString(LOCALE, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
