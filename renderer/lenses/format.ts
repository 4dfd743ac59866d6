/** Numbers as people read them: few digits, the same everywhere. */
import type { Assessment, Measure } from '../../preload/contract/index.ts';
import { fixed, percent, signed } from '../text/en/numbers.ts';

/** share: 0.82; percent: 82.1 %; points: +1.2 (a difference of shares, in hundredths); number: 3.1; signed: +0.42. */
export type NumberFormat = 'share' | 'percent' | 'points' | 'number' | 'signed';

/** One number without its interval. */
export function formatNumber(value: number, format: NumberFormat): string {
  switch (format) {
    case 'share':
      return fixed(value);
    case 'percent':
      return percent(value);
    case 'points':
      return signed(100 * value, 1);
    case 'signed':
      return signed(value);
    case 'number':
      return fixed(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  }
}

/** '[0.78, 0.86]', without the unit, which stands at the value. */
export function formatInterval(measure: Measure, format: NumberFormat): string {
  const bound = (value: number) => (format === 'percent' ? fixed(100 * value, 1) : formatNumber(value, format));
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
