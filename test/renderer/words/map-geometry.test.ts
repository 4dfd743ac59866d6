/** The map: everything in view, the point under the pointer stays, brushes hold what is inside. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fitCamera,
  insideLoop,
  insideRectangle,
  nearest,
  nearestThatWay,
  toScreen,
  zoomAt,
} from '../../../renderer/state/words/map-geometry.ts';

const size = { width: 800, height: 600 };
const place = fc.record({
  x: fc.double({ min: -50, max: 50, noNaN: true }),
  y: fc.double({ min: -50, max: 50, noNaN: true }),
});

test('all words lie in view when everything is shown', () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 40 }), (places) => {
      const camera = fitCamera(places, size, 40);
      for (const { x, y } of places.map((one) => toScreen(one, camera))) {
        expect(x).toBeGreaterThan(39);
        expect(x).toBeLessThan(761);
        expect(y).toBeGreaterThan(39);
        expect(y).toBeLessThan(561);
      }
    }),
  );
});

test('one word lies in the middle', () => {
  const point = { x: 7, y: -3 };
  expect(toScreen(point, fitCamera([point], size, 40))).toEqual({ x: 400, y: 300 });
});

test('zooming keeps what is under the pointer where it is', () => {
  const whole = fitCamera(
    [
      { x: 0, y: 0 },
      { x: 10, y: 10 },
    ],
    size,
    40,
  );
  const at = toScreen({ x: 2, y: 9 }, whole);
  const after = toScreen({ x: 2, y: 9 }, zoomAt(whole, at, 3, whole));
  expect(after.x).toBeCloseTo(at.x, 6);
  expect(after.y).toBeCloseTo(at.y, 6);
  expect(zoomAt(whole, at, 1e9, whole).scale).toBeCloseTo(40 * whole.scale, 6);
});

const cross = [
  { index: 0, x: 100, y: 100 },
  { index: 1, x: 150, y: 100 },
  { index: 2, x: 100, y: 40 },
  { index: 3, x: 110, y: 300 },
  { index: 4, x: 20, y: 110 },
];

test('brushes hold what lies inside, whichever way they are drawn', () => {
  expect(insideRectangle(cross, { x: 160, y: 120 }, { x: 10, y: 90 })).toEqual([0, 1, 4]);
  const loop = [
    { x: 90, y: 30 },
    { x: 160, y: 90 },
    { x: 160, y: 110 },
    { x: 90, y: 110 },
  ];
  expect(insideLoop(cross, loop)).toEqual([0, 1, 2]);
  expect(insideLoop(cross, [...loop].reverse())).toEqual([0, 1, 2]);
});

test('a click finds the nearest word within reach', () => {
  expect(nearest(cross, { x: 120, y: 100 }, 40)).toBe(0);
  expect(nearest(cross, { x: 700, y: 500 }, 40)).toBeNull();
});

test.each([
  ['ArrowRight', 1],
  ['ArrowUp', 2],
  ['ArrowDown', 3],
  ['ArrowLeft', 4],
])('%s goes to the nearest word that way', (key, index) => {
  expect(nearestThatWay(cross, 0, key)).toBe(index);
});

test('where there is no word that way the cursor stays', () => {
  expect(nearestThatWay(cross, 1, 'ArrowRight')).toBeNull();
  expect(nearestThatWay(cross, 0, 'x')).toBeNull();
});
