/** Numbers, sizes and times as people read them. */
import { describe, expect, test } from 'vitest';
import {
  bytes,
  counted,
  duration,
  fixed,
  moment,
  percent,
  shareWithInterval,
  signed,
  timeLeft,
} from '../../../renderer/text/en/numbers.ts';

/** Spaces of any width read as one. */
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ');

test('counts agree with their noun', () => {
  expect(counted(1, 'word')).toBe('1 word');
  expect(counted(12_345, 'image')).toBe('12,345 images');
  expect(counted(2, 'entry', 'entries')).toBe('2 entries');
});

test('negative numbers carry a true minus, and zero none', () => {
  expect(fixed(-1.204)).toBe('−1.20');
  expect(fixed(-0.001)).toBe('0.00');
  expect(signed(0.42)).toBe('+0.42');
  expect(signed(0.0001)).toBe('0.00');
  expect(signed(-3, 0)).toBe('−3');
});

test('a measure shows its interval and n, or that there is none', () => {
  const measure = { value: 0.979, low: 0.96, high: 0.989, n: 1436 };
  expect(plain(shareWithInterval(measure))).toBe('97.9 % [96.0, 98.9] n 1,436');
  expect(shareWithInterval({ value: null, n: 0, reason: 'no labels' })).toBe('not assessed');
  expect(plain(percent(1, 0))).toBe('100 %');
});

test('sizes use the largest unit that fits', () => {
  expect([0, 1023, 1536, 5 * 1024 ** 3].map((size) => plain(bytes(size)))).toEqual([
    '0 B',
    '1023 B',
    '1.5 KiB',
    '5.0 GiB',
  ]);
});

describe('time left', () => {
  test.each([
    [0, 'a few seconds left'],
    [9.9, 'a few seconds left'],
    [12, 'about 20 seconds left'],
    [50, 'about 50 seconds left'],
    [60, 'about a minute left'],
    [89, 'about a minute left'],
    [170, 'about 3 minutes left'],
    [3_500, 'about 58 minutes left'],
    [3_600, 'about an hour left'],
    [5_400, 'about 1½ hours left'],
    [7_300, 'about 2 hours left'],
  ])('%d s: %s', (seconds, sentence) => expect(timeLeft(seconds)).toBe(sentence));
});

test('durations keep two units at most', () => {
  expect([0.84, 42, 185, 7_800].map((seconds) => plain(duration(seconds)))).toEqual([
    '0.8 s',
    '42 s',
    '3 min 05 s',
    '2 h 10 min',
  ]);
});

test('moments say as much of the date as is needed', () => {
  const now = new Date(2026, 10, 24, 15, 0);
  const at = (...parts: [number, number, number, number, number]) => moment(new Date(...parts).toISOString(), now);
  expect(at(2026, 10, 24, 0, 5)).toBe('00:05');
  expect(at(2026, 10, 23, 23, 59)).toBe('yesterday 23:59');
  expect(at(2026, 10, 3, 14, 2)).toBe('3 Nov 14:02');
  expect(at(2025, 10, 3, 14, 2)).toBe('3 Nov 2025');
  expect(moment('nonsense', now)).toBe('at an unknown time');
});
