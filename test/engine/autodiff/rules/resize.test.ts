/** Gradients of Resize against numeric derivatives, over modes, coordinates, roundings, scales and sizes. */
import { describe, expect, it } from 'vitest';
import { gradient, interpolationMatrix } from '../../../../main/engine/autodiff/index.ts';
import { float, int, ints, text } from '../../../../main/engine/onnx/attributes.ts';
import { float32, int64 } from '../../../../main/engine/tensor/tensor.ts';
import { checkOp, constant, opGraph, spread } from '../../../support/numeric-gradient.ts';

const scales = (...values: number[]) => constant(float32(values));
const sizes = (...values: number[]) => constant(int64(values));
const COORDINATES = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'];

describe.each(COORDINATES)('coordinates %s', (coordinates) => {
  const attributes = { coordinate_transformation_mode: text(coordinates) };
  it('linear, enlarging by scales', () =>
    checkOp('Resize', [spread([1, 2, 3, 4]), '', scales(1, 1, 2, 2.5)], { ...attributes, mode: text('linear') }));
  it('linear, shrinking by sizes', () =>
    checkOp('Resize', [spread([1, 1, 6, 5]), '', '', sizes(1, 1, 4, 3)], { ...attributes, mode: text('linear') }));
  it('nearest, enlarging', () =>
    checkOp('Resize', [spread([1, 2, 3, 3]), '', scales(1, 1, 2, 3)], { ...attributes, mode: text('nearest') }));
  it.each(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'])('nearest, shrinking, rounding %s', (rounding) =>
    checkOp('Resize', [spread([1, 1, 6, 8]), '', '', sizes(1, 1, 3, 4)], {
      ...attributes,
      mode: text('nearest'),
      nearest_mode: text(rounding),
    }),
  );
  it('cubic', () =>
    checkOp('Resize', [spread([1, 1, 4, 5]), '', scales(1, 1, 2, 2)], {
      ...attributes,
      mode: text('cubic'),
      cubic_coeff_a: float(-0.5),
    }));
});

describe('other attributes', () => {
  it('only some axes', () =>
    checkOp('Resize', [spread([2, 3, 4]), '', '', sizes(6)], { axes: ints([1]), mode: text('linear') }));
  it('a size kept as it is', () => checkOp('Resize', [spread([1, 1, 2, 3]), '', scales(1, 1, 1, 1)]));
  it('enlarging to one element', () =>
    checkOp('Resize', [spread([1, 1, 3, 3]), '', '', sizes(1, 1, 1, 1)], {
      mode: text('linear'),
      coordinate_transformation_mode: text('align_corners'),
    }));
  it('antialiasing is refused by name', () => {
    const operands = [spread([1, 1, 4, 4]), '', scales(1, 1, 0.5, 0.5)] as const;
    const { graph } = opGraph('Resize', operands, { mode: text('linear'), antialias: int(1) });
    expect(() => gradient(graph, { loss: 'y', wrt: ['x0'], upstream: 'u' })).toThrow(/antialias/);
  });
});

describe('interpolationMatrix', () => {
  it('corner-aligned linear from 2 to 3 puts the mean in the middle', () => {
    const matrix = interpolationMatrix(2, 3, { mode: 'linear', coordinates: 'align_corners' });
    expect(Array.from(matrix)).toEqual([1, 0, 0.5, 0.5, 0, 1]);
  });
  it('every row sums to one', () => {
    for (const mode of ['nearest', 'linear', 'cubic'] as const) {
      const matrix = interpolationMatrix(5, 8, { mode, coordinates: 'half_pixel' });
      for (let row = 0; row < 8; row++) {
        const sum = matrix.slice(row * 5, row * 5 + 5).reduce((total, weight) => total + weight, 0);
        expect(sum).toBeCloseTo(1, 12);
      }
    }
  });
});
