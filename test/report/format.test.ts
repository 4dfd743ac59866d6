/** Numbers as people read them. */
import { expect, it } from 'vitest';
import { count, decimal, duration, moment, percent, signed } from '../../main/report/format.ts';

it('writes a true minus, and none before zero', () => {
  expect([decimal(-0.314), decimal(-0.001), signed(1.2), signed(0.001), signed(-2)]).toEqual([
    '−0.31',
    '0.00',
    '+1.20',
    '0.00',
    '−2.00',
  ]);
});

it('never rounds a share to none or all', () => {
  const shares = [0, 0.00001, 0.9794, 0.99999, 1].map((share) => percent(share));
  expect(shares).toEqual(['0.0', '<0.1', '97.9', '>99.9', '100.0'].map((text) => `${text}\u00a0%`));
});

it('groups thousands', () => {
  expect([count(999), count(12345), count(1234567)]).toEqual(['999', '12\u202f345', '1\u202f234\u202f567']);
});

it('writes times and durations without the machine’s locale', () => {
  expect(moment('2026-03-01T14:02:11.123Z')).toBe('2026-03-01 14:02 UTC');
  expect([42, 1840, 3900].map(duration)).toEqual(['42 s', '31 min', '1 h 05 min']);
});
