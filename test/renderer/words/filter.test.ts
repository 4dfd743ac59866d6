/** Which words a filter shows, and how it travels in the address. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyFilter, isOpen, NO_FILTER, readFilter, writeFilter } from '../../../renderer/state/words/filter.ts';
import type { WordFilter } from '../../../renderer/state/words/filter.ts';
import { pushing, wordOf } from './cards.ts';

const words = [
  wordOf(0, { name: 'spotted fur', tags: ['texture'], pushesUp: pushing('leopard'), status: 'meaningful' }),
  wordOf(1, { name: 'Pélage', note: 'only in winter' }),
  wordOf(2, { pushesUp: pushing('kite'), attentionFidelity: { value: null, n: 0, reason: 'never used' } }),
  wordOf(12, { isExcluded: true, attentionFidelity: { value: 0.9, low: 0.8, high: 1, n: 9 } }),
  wordOf(13, { mergedInto: 0 }),
  wordOf(14, { isSplit: true }),
];
const shown = (changes: Partial<WordFilter>) => applyFilter(words, { ...NO_FILTER, ...changes }).map((w) => w.index);

test('without a filter members of merged words and split words are away', () => {
  expect(shown({})).toEqual([0, 1, 2, 12]);
});

test.each([
  ['FUR', [0]],
  ['pelage', [1]],
  ['winter', [1]],
  ['leopard spotted', [0]],
  ['leopard winter', []],
  ['12', [12]],
  ['#2', [2]],
  ['text', [0]],
])('searching "%s" finds %j', (text, indices) => {
  expect(shown({ text })).toEqual(indices);
});

test('a number finds the word that a merged word went into', () => {
  const leader = wordOf(3, { members: [9] });
  expect(applyFilter([leader, wordOf(4)], { ...NO_FILTER, text: '9' })).toEqual([leader]);
});

test('a word that was not assessed passes only the whole range of fidelity', () => {
  expect(shown({ fidelityLow: 0, fidelityHigh: 1 })).toContain(2);
  expect(shown({ fidelityLow: 0.05 })).not.toContain(2);
  expect(shown({ fidelityLow: 0.8 })).toEqual([12]);
});

test('excluded and merged words can be hidden, shown, or shown alone', () => {
  expect(shown({ excluded: 'hide' })).toEqual([0, 1, 2]);
  expect(shown({ excluded: 'only' })).toEqual([12]);
  expect(shown({ merged: 'only' })).toEqual([13]);
});

test('status, class, tag, brush and "unnamed" narrow together', () => {
  expect(shown({ statuses: ['meaningful'], className: 'leopard', tag: 'texture' })).toEqual([0]);
  expect(shown({ brushed: [0, 2], isUnnamed: true })).toEqual([2]);
});

test('every filter survives the address', () => {
  const presence = fc.constantFrom('hide' as const, 'show' as const, 'only' as const);
  const name = fc.option(fc.string({ minLength: 1 }), { nil: null });
  const hundredth = fc.integer({ min: 0, max: 100 }).map((value) => value / 100);
  const filters: fc.Arbitrary<WordFilter> = fc
    .record({
      text: fc.string(),
      statuses: fc.subarray(['meaningful', 'mixed', 'artefact', 'unknown'] as const),
      className: name,
      tag: name,
      range: fc.tuple(hundredth, hundredth),
      isUnnamed: fc.boolean(),
      excluded: presence,
      merged: presence,
      brushed: fc.option(fc.array(fc.nat(5_000), { minLength: 1 }), { nil: null }),
    })
    .map(({ range, ...rest }) => ({ ...rest, fidelityLow: Math.min(...range), fidelityHigh: Math.max(...range) }));
  fc.assert(
    fc.property(filters, (filter) => {
      const kept = Object.entries(writeFilter(filter)).filter(([, value]) => value !== null);
      expect(readFilter(Object.fromEntries(kept) as Record<string, string>)).toEqual(filter);
    }),
  );
});

test('an address nobody wrote means no filter', () => {
  const nonsense = { fidelity: 'a-b', status: 'great', excluded: 'maybe', brushed: '1e9.-3', unnamed: 'yes' };
  expect(readFilter(nonsense)).toEqual(NO_FILTER);
  expect(isOpen(readFilter({}))).toBe(true);
});
