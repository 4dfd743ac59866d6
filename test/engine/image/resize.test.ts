/** Resampling against Pillow, pixel for pixel, and against closed forms. */
import { describe, expect, it } from 'vitest';
import { resizePixels } from '../../../main/engine/image/resize.ts';
import type { Pixels } from '../../../main/engine/image/resize.ts';
import pillow from './pillow-resize.json' with { type: 'json' };

const source = (channels: 1 | 3): Pixels => ({
  width: pillow.width,
  height: pillow.height,
  channels,
  data: Uint8Array.from(Buffer.from(pillow.pixels[channels], 'hex')),
});

describe('resizePixels', () => {
  it.each(pillow.cases)(
    'equals Pillow exactly: $interpolation, $channels channels, to $width x $height',
    ({ channels, interpolation, width, height, expected }) => {
      const result = resizePixels(source(channels as 1 | 3), width, height, interpolation as 'bilinear' | 'bicubic');
      expect(Buffer.from(result.data).toString('hex')).toBe(expected);
    },
  );

  it('computes a window as the same part of the whole', () => {
    const whole = resizePixels(source(3), 31, 22, 'bilinear');
    const window = { left: 4, top: 7, width: 11, height: 9 };
    const part = resizePixels(source(3), 31, 22, 'bilinear', window);
    for (let y = 0; y < window.height; y++) {
      const from = ((window.top + y) * 31 + window.left) * 3;
      const line = part.data.subarray(y * window.width * 3, (y + 1) * window.width * 3);
      expect(line).toEqual(whole.data.subarray(from, from + window.width * 3));
    }
  });

  it('averages all pixels when it shrinks to one pixel of a symmetric ramp', () => {
    const ramp: Pixels = { width: 5, height: 1, channels: 1, data: Uint8Array.of(0, 50, 100, 150, 200) };
    expect(resizePixels(ramp, 1, 1, 'bilinear').data[0]).toBe(100);
  });

  it('leaves an image of the same size alone', () => {
    expect(resizePixels(source(3), 13, 9, 'bicubic').data).toEqual(source(3).data);
  });

  it('takes the pixel under the centre with nearest', () => {
    const line: Pixels = { width: 4, height: 1, channels: 1, data: Uint8Array.of(1, 2, 3, 4) };
    expect([...resizePixels(line, 2, 1, 'nearest').data]).toEqual([2, 4]);
    expect([...resizePixels(line, 8, 1, 'nearest').data]).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it('refuses a window outside the new image as a bug of the caller', () => {
    expect(() => resizePixels(source(3), 4, 4, 'bilinear', { left: 2, top: 0, width: 3, height: 4 })).toThrow(
      'internal:',
    );
  });
});
