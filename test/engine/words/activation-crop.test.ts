/** The box around the strong part of a map: percentile as NumPy defines it, pixels counted on the upsampled map. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { activationCrop } from '../../../main/engine/words/activation-crop.ts';

/** Box of the pixels at or above the percentile, found by sorting; the map has one value per pixel. */
function boxBySorting(map: readonly number[], size: number, percentile: number) {
  const sorted = [...map].sort((a, b) => a - b);
  const place = ((map.length - 1) * percentile) / 100;
  const low = sorted[Math.floor(place)]!;
  const threshold = low + (sorted[Math.ceil(place)]! - low) * (place % 1);
  const strong = [...map.keys()].filter((pixel) => map[pixel]! >= threshold);
  const rows = strong.map((pixel) => Math.floor(pixel / size));
  const columns = strong.map((pixel) => pixel % size);
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  return { left, top, width: Math.max(...columns) - left + 1, height: Math.max(...rows) - top + 1 };
}

describe('activationCrop', () => {
  it.each([0, 37.5, 50, 95, 99, 100])('boxes the pixels at or above percentile %d, ties included', (percentile) => {
    const random = createRandom(percentile);
    for (const levels of [2, 5, 1000]) {
      const map = Array.from({ length: 15 * 15 }, () => random.integer(levels));
      expect(activationCrop(map, 15, 15, 15, 15, percentile)).toEqual(boxBySorting(map, 15, percentile));
    }
  });

  it('keeps a twentieth of the pixels around the peak by default', () => {
    const map = new Float32Array(49);
    map[2 * 7 + 5] = 1;
    const { left, top, width, height } = activationCrop(map, 7, 7, 224, 224);
    // Position (2, 5) covers rows 64..95 and columns 160..191: the box is centred on it.
    expect(left + width / 2).toBe(176);
    expect(top + height / 2).toBe(80);
    // 2,509 pixels of a round spot lie in a square of about sqrt(2,509 x 4 / pi) = 57 px.
    expect(Math.abs(width - 57)).toBeLessThan(6);
    expect(height).toBe(width);
  });

  it('takes the whole view of a flat map', () => {
    expect(activationCrop(new Float32Array(49), 7, 7, 64, 96)).toEqual({ left: 0, top: 0, width: 96, height: 64 });
  });
});
