/** Painted maps: where the hot spot lies, what is left out, what a crop shows. */
import { expect, test } from 'vitest';
import type { CompactMap } from '../../../preload/contract/index.ts';
import { commonRange, paintMap } from '../../../renderer/lenses/heatmap.ts';

const map = (width: number, height: number, values: number[], low = 0, high = 1): CompactMap => ({
  width,
  height,
  low,
  high,
  values: Uint8Array.from(values),
});
const whole = { viewWidthPx: 100, viewHeightPx: 100 };
const look = { ramp: 'inferno' as const, opacity: 1, threshold: 0 };
const alphaAt = (pixels: Uint8ClampedArray, width: number, x: number, y: number) => pixels[4 * (y * width + x) + 3]!;

test('the strongest cell is painted where it lies in the view', () => {
  const pixels = paintMap(map(3, 3, [0, 0, 0, 0, 0, 255, 0, 0, 0]), look, whole, 9, 9);
  expect(alphaAt(pixels, 9, 7, 4)).toBe(255);
  expect(alphaAt(pixels, 9, 1, 4)).toBe(0);
  expect(alphaAt(pixels, 9, 7, 0)).toBe(0);
});

test('between two cells the value is their mean', () => {
  // Two cells side by side; the middle of an odd number of pixels lies exactly between their centres.
  const pixels = paintMap(map(2, 1, [0, 255]), look, whole, 5, 1);
  // inferno(0.5), matplotlib: 188, 55, 84 at entry 128.
  expect([...pixels.slice(8, 11)].map((value, at) => Math.abs(value - [188, 55, 84][at]!))).toSatisfy((differences) =>
    (differences as number[]).every((difference) => difference <= 4),
  );
});

test('parts weaker than the threshold are not drawn, stronger ones with the opacity', () => {
  const pixels = paintMap(map(2, 1, [100, 255]), { ...look, opacity: 0.5, threshold: 0.5 }, whole, 2, 1);
  expect(alphaAt(pixels, 2, 0, 0)).toBe(0);
  expect(alphaAt(pixels, 2, 1, 0)).toBe(128);
});

test('a crop shows its part of the map', () => {
  const corners = map(2, 2, [255, 0, 0, 0]);
  const far = { ...whole, box: { left: 75, top: 75, width: 25, height: 25 } };
  const near = { ...whole, box: { left: 0, top: 0, width: 25, height: 25 } };
  expect(alphaAt(paintMap(corners, look, far, 1, 1), 1, 0, 0)).toBe(0);
  expect(alphaAt(paintMap(corners, look, near, 1, 1), 1, 0, 0)).toBe(255);
});

test('with a common range a weak map looks weak beside a strong one', () => {
  const weak = map(1, 1, [255], 0, 1);
  const strong = map(1, 1, [255], 0, 4);
  const range = commonRange([weak, strong]);
  expect(range).toEqual({ low: 0, high: 4 });
  const red = (painted: CompactMap) => paintMap(painted, { ...look, range }, whole, 1, 1)[0]!;
  expect(red(strong)).toBeGreaterThan(red(weak));
});

test('a flat map says nothing and draws nothing', () => {
  const pixels = paintMap(map(2, 2, [0, 0, 0, 0], 3, 3), look, whole, 4, 4);
  expect(Math.max(...pixels)).toBe(0);
});
