/** Resizing of maps against published values. */
import { describe, expect, it } from 'vitest';
import { createMapResizer, resampleTaps } from '../../../main/engine/image/resize-map.ts';
import type { MapResampling } from '../../../main/engine/image/resize-map.ts';

function resize(method: MapResampling, source: number[][], height: number, width: number): number[][] {
  const resizer = createMapResizer({
    method,
    height: source.length,
    width: source[0]!.length,
    outputHeight: height,
    outputWidth: width,
  });
  const result = resizer(Float32Array.from(source.flat()), new Float32Array(height * width));
  return Array.from({ length: height }, (_, row) => Array.from(result.subarray(row * width, (row + 1) * width)));
}

describe('bilinear', () => {
  it('gives the values printed in the PyTorch documentation of Upsample', () => {
    expect(
      resize(
        'bilinear',
        [
          [1, 2],
          [3, 4],
        ],
        4,
        4,
      ),
    ).toEqual([
      [1, 1.25, 1.75, 2],
      [1.5, 1.75, 2.25, 2.5],
      [2.5, 2.75, 3.25, 3.5],
      [3, 3.25, 3.75, 4],
    ]);
  });
});

describe('bicubic', () => {
  const FOUR = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10, 11, 12],
    [13, 14, 15, 16],
  ];

  it('gives the values printed in the ONNX specification of Resize (upsample_scales_cubic)', () => {
    const result = resize('bicubic', FOUR, 8, 8);
    const first = [0.47265625, 0.76953125, 1.24609375, 1.875, 2.28125, 2.91015625, 3.38671875, 3.68359375];
    const last = [13.31640625, 13.61328125, 14.08984375, 14.71875, 15.125, 15.75390625, 16.23046875, 16.52734375];
    first.forEach((value, column) => expect(result[0]![column]).toBeCloseTo(value, 5));
    last.forEach((value, column) => expect(result[7]![column]).toBeCloseTo(value, 5));
  });

  it('weighs four neighbours with a = -0.75, worked out by hand for offsets of a quarter and a half', () => {
    // 4 -> 8: output 3 lies at 1.25, a quarter after sample 1; 2 -> 1: the one output lies half way.
    const quarter = resampleTaps('bicubic', 4, 8).weights.subarray(3 * 4, 4 * 4);
    expect(Array.from(quarter)).toEqual([-0.10546875, 0.87890625, 0.26171875, -0.03515625]);
    expect(Array.from(resampleTaps('bicubic', 2, 1).weights)).toEqual([-0.09375, 0.59375, 0.59375, -0.09375]);
  });

  it('has weights that sum to one at every output position', () => {
    const { weights } = resampleTaps('bicubic', 7, 224);
    for (let position = 0; position < 224; position++) {
      const sum = weights.subarray(position * 4, position * 4 + 4).reduce((total, weight) => total + weight, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  });
});

describe('both', () => {
  it.each(['bilinear', 'bicubic'] as const)('keep a constant map constant and mirror with the map (%s)', (method) => {
    expect(new Set(resize(method, [[3]], 5, 4).flat())).toEqual(new Set([3]));
    const map = [
      [0, 1, 5],
      [2, 0, 1],
    ];
    const mirrored = map.map((row) => row.toReversed());
    const plain = resize(method, map, 6, 12);
    const flipped = resize(method, mirrored, 6, 12).map((row) => row.toReversed());
    plain.flat().forEach((value, index) => expect(flipped.flat()[index]).toBeCloseTo(value, 5));
  });

  it('reproduce a plane away from the edges', () => {
    const plane = Array.from({ length: 7 }, (_, y) => Array.from({ length: 7 }, (_, x) => 2 * x - y));
    for (const method of ['bilinear', 'bicubic'] as const) {
      const result = resize(method, plane, 224, 224);
      for (const [y, x] of [
        [64, 64],
        [100, 150],
        [159, 70],
      ] as const) {
        const truth = 2 * ((x + 0.5) / 32 - 0.5) - ((y + 0.5) / 32 - 0.5);
        // The bicubic kernel with a = -0.75 reproduces constants exactly, slopes only nearly.
        expect(Math.abs(result[y]![x]! - truth)).toBeLessThan(method === 'bilinear' ? 1e-4 : 0.15);
      }
    }
  });
});
