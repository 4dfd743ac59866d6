/** Sizes of the confusion matrix. */
import { expect, test } from 'vitest';
import { layOutMatrix, shadeOf } from '../../../renderer/charts/confusion-layout.ts';

test.each([2, 5, 24, 60, 200])('%d classes fit into a panel of 440 px', (classes) => {
  const { sidePx, labelPx, cellPx } = layOutMatrix(440, classes);
  // A hair more than the panel is rounding.
  expect(sidePx + labelPx).toBeLessThan(440.001);
  expect(cellPx).toBeGreaterThanOrEqual(2);
});

test('few classes have names and numbers, many have neither', () => {
  expect(layOutMatrix(440, 5)).toMatchObject({ hasLabels: true, hasNumbers: true, cellPx: 44 });
  expect(layOutMatrix(440, 20)).toMatchObject({ hasLabels: true, hasNumbers: false, hasUprightNames: true });
  expect(layOutMatrix(440, 200)).toMatchObject({ hasLabels: false, hasNumbers: false });
});

test('no room or no class gives an empty figure', () => {
  expect(layOutMatrix(0, 5).sidePx).toBe(0);
  expect(layOutMatrix(440, 0).sidePx).toBe(0);
});

test('a single image is seen beside hundreds, nothing is not', () => {
  expect(shadeOf(1, 900)).toBeGreaterThan(0.1);
  expect(shadeOf(0, 900)).toBe(0);
  expect(shadeOf(900, 900)).toBe(1);
});
