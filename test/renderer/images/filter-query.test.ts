/** Filters in addresses. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVERY_IMAGE, SPLITS } from '../../../renderer/state/images/image-filter.ts';
import { packView, unpackView, viewFromQuery, viewToQuery } from '../../../renderer/state/images/filter-query.ts';
import type { ImageView } from '../../../renderer/state/images/filter-query.ts';
import { AS_LISTED, IMAGE_SORTS } from '../../../renderer/state/images/image-sort.ts';

const whole = fc.option(fc.nat({ max: 999_999 }));
const bounds = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
const views: fc.Arbitrary<ImageView> = fc.record({
  filter: fc
    .record({
      classIndex: whole,
      basePrediction: whole,
      wordPrediction: whole,
      outcome: fc.constantFrom('right' as const, 'wrong' as const, null),
      agreement: fc.constantFrom('agree' as const, 'disagree' as const, null),
      split: fc.constantFrom(...SPLITS, null),
      word: whole,
      bounds,
      search: fc.string(),
    })
    .map(({ bounds: [a, b], ...filter }) => ({
      ...filter,
      confidenceLow: Math.abs(Math.min(a, b)),
      confidenceHigh: Math.abs(Math.max(a, b)),
    })),
  sort: fc.record({ by: fc.constantFrom(...IMAGE_SORTS), isDescending: fc.boolean() }),
});

test('every view comes back from its address', () => {
  fc.assert(
    fc.property(views, (view) => {
      expect(unpackView(packView(view))).toEqual(view);
    }),
  );
});

test('a view at rest leaves the address empty', () => {
  const changes = viewToQuery({ filter: EVERY_IMAGE, sort: AS_LISTED });
  expect(Object.values(changes).every((value) => value === null)).toBe(true);
});

test('nonsense in the address is as if it were absent', () => {
  const query = { class: '-1', outcome: 'sideways', from: 'x', to: '7', sort: '-size', split: 'all', word: '1e3' };
  expect(viewFromQuery(query)).toEqual({ filter: EVERY_IMAGE, sort: AS_LISTED });
});

test('bounds the wrong way round are turned', () => {
  expect(viewFromQuery({ from: '0.9', to: '0.2' }).filter).toMatchObject({ confidenceLow: 0.2, confidenceHigh: 0.9 });
});
