/** Numbers as people read them: few digits, the same everywhere. */
import type { Assessment, Measure } from '../../preload/contract/index.ts';

/** share: 0.82; percent: 82.1 %; points: +1.2 (a difference of shares, in hundredths); number: 3.1; signed: +0.42. */
export type NumberFormat = 'share' | 'percent' | 'points' | 'number' | 'signed';

const MINUS = '\u2212';
const THIN_SPACE = '\u202f';

/** One number without its interval. */
export function formatNumber(value: number, format: NumberFormat): string {
  switch (format) {
    case 'share':
      return signed(value.toFixed(2), false);
    case 'percent':
      return `${signed((100 * value).toFixed(1), false)}${THIN_SPACE}%`;
    case 'points':
      return signed((100 * value).toFixed(1), true);
    case 'signed':
      return signed(value.toFixed(2), true);
    case 'number':
      return signed(Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2), false);
  }
}

/** '[0.78, 0.86]', without the unit, which stands at the value. */
export function formatInterval(measure: Measure, format: NumberFormat): string {
  const bound = (value: number) => formatNumber(value, format).replace(`${THIN_SPACE}%`, '');
  return `[${bound(measure.low)}, ${bound(measure.high)}]`;
}

/** True when the interval holds the chance level: the number says nothing yet. */
export function isInconclusive(assessment: Assessment, chance = chanceOf(assessment)): boolean {
  return assessment.value !== null && chance !== undefined && assessment.low <= chance && chance <= assessment.high;
}

/** What guessing would give, when the measure says it. */
export function chanceOf(assessment: Assessment): number | undefined {
  return assessment.value === null ? undefined : assessment.chance;
}

/** A count with separators: 12,345. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function signed(digits: string, withPlus: boolean): string {
  const isZero = Number(digits) === 0;
  const bare = digits.replace('-', '');
  if (isZero) return bare;
  return digits.startsWith('-') ? `${MINUS}${bare}` : withPlus ? `+${bare}` : bare;
}
