/** Each change takes one property away and leaves what can be named. */
import { describe, expect, it } from 'vitest';
import { blur, rotateHue, scaleContrast, shuffleTiles, takeColour } from '../../../main/engine/image/perturb.ts';
import type { Pixels } from '../../../main/engine/image/resize.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';

function picture(width: number, height: number): Pixels {
  const random = createRandom(2);
  // Away from 0 and 255, where rounding would cut colours off.
  return {
    width,
    height,
    channels: 3,
    data: Uint8Array.from({ length: width * height * 3 }, () => 100 + random.integer(56)),
  };
}

const luma = ({ data }: Pixels, place: number): number =>
  0.299 * data[3 * place]! + 0.587 * data[3 * place + 1]! + 0.114 * data[3 * place + 2]!;

describe('the first level of every change', () => {
  it('changes nothing (hue within rounding)', () => {
    const { data } = picture(8, 8);
    const same = (changed: Pixels) => expect(changed.data).toEqual(data);
    same(takeColour(picture(8, 8), 0));
    same(scaleContrast(picture(8, 8), 1));
    same(blur(picture(8, 8), 0));
    same(shuffleTiles(picture(8, 8), 0, createRandom(1)));
    rotateHue(picture(8, 8), 0).data.forEach((value, at) => expect(Math.abs(value - data[at]!)).toBeLessThanOrEqual(1));
  });
});

describe('colour', () => {
  it('rotated by 180 degrees makes red cyan and keeps the luma', () => {
    const red: Pixels = { width: 1, height: 1, channels: 3, data: Uint8Array.of(140, 110, 110) };
    const turned = rotateHue(red, 180);
    expect(turned.data[0]!).toBeLessThan(turned.data[1]!);
    expect(luma(turned, 0)).toBeCloseTo(luma(red, 0), -0.5);
  });

  it('taken away whole leaves three equal channels of the luma', () => {
    const before = picture(4, 4);
    const grey = takeColour(before, 1);
    for (let place = 0; place < 16; place++) {
      const own = grey.data.subarray(3 * place, 3 * place + 3);
      expect(new Set(own).size).toBe(1);
      expect(Math.abs(own[0]! - luma(before, place))).toBeLessThanOrEqual(0.5);
    }
  });
});

it('contrast 0 leaves the mean everywhere', () => {
  const before = picture(4, 4);
  const mean = before.data.reduce((sum, value) => sum + value, 0) / before.data.length;
  expect(new Set(scaleContrast(before, 0).data)).toEqual(new Set([Math.round(mean)]));
});

it('blur spreads a point as a Gaussian: symmetric, and the sum stays', () => {
  const data = new Uint8Array(21 * 21);
  data[10 * 21 + 10] = 255;
  const { data: blurred } = blur({ width: 21, height: 21, channels: 1, data }, 1);
  expect(blurred[10 * 21 + 10]).toBe(Math.round(255 / (2 * Math.PI)));
  expect(blurred[10 * 21 + 11]).toBe(blurred[9 * 21 + 10]);
  expect(blurred[10 * 21 + 9]).toBe(blurred[10 * 21 + 11]);
});

it('shuffling tiles keeps every pixel and moves whole tiles', () => {
  const before = picture(9, 8);
  const after = shuffleTiles(before, 4, createRandom(4));
  expect([...after.data].sort()).toEqual([...before.data].sort());
  expect(after.data).not.toEqual(before.data);
  // The ninth column fills no tile.
  for (let row = 0; row < 8; row++) {
    expect(after.data.subarray((row * 9 + 8) * 3, (row * 9 + 9) * 3)).toEqual(
      before.data.subarray((row * 9 + 8) * 3, (row * 9 + 9) * 3),
    );
  }
});
