/** Crops stay inside the view and keep what they are about. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip, squareAround, viewScale } from '../../../renderer/lenses/crop.ts';

const view = { width: 224, height: 192 };
const boxes = fc.record({
  left: fc.integer({ min: 0, max: 223 }),
  top: fc.integer({ min: 0, max: 191 }),
  width: fc.integer({ min: 1, max: 300 }),
  height: fc.integer({ min: 1, max: 300 }),
});

test('a square around any box lies in the view', () => {
  fc.assert(
    fc.property(boxes, (box) => {
      const square = squareAround(box, view);
      expect(square.width).toBe(square.height);
      expect(square.left).toBeGreaterThanOrEqual(0);
      expect(square.top).toBeGreaterThanOrEqual(0);
      expect(square.left + square.width).toBeLessThanOrEqual(view.width);
      expect(square.top + square.height).toBeLessThanOrEqual(view.height);
    }),
  );
});

test('a square holds the whole box when there is room', () => {
  expect(squareAround({ left: 200, top: 10, width: 24, height: 80 }, view)).toEqual({
    left: 144,
    top: 10,
    width: 80,
    height: 80,
  });
});

test('a box beyond the border is cut, one outside is nothing', () => {
  expect(clip({ left: -10, top: -10, width: 30, height: 20 }, view)).toEqual({
    left: 0,
    top: 0,
    width: 20,
    height: 10,
  });
  expect(clip({ left: 230, top: 0, width: 5, height: 5 }, view)).toBeNull();
});

test('a small part shown large is fetched at a higher resolution, up to the limit', () => {
  expect(viewScale(224, 200)).toBe(1);
  expect(viewScale(112, 200)).toBe(2);
  expect(viewScale(20, 200)).toBe(4);
  expect(viewScale(20, 200, 2)).toBe(2);
});
