/** Bilinear resampling along one axis as a matrix, so that upsampling is two small products. */
import { InvariantError } from '../errors.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Where samples lie.
 * - `cornerAligned`: the first and last samples of both grids coincide (ONNX Resize `align_corners`);
 * - `halfPixel`: samples are pixel centres, edges repeat (ONNX Resize `half_pixel`, PIL and OpenCV upscaling).
 */
export type Alignment = 'cornerAligned' | 'halfPixel';

/**
 * Weights of the source samples for every target sample, [to, from]; every row sums to 1.
 * @param from source samples, >= 1
 * @param to target samples, >= 1
 */
export function bilinearMatrix(from: number, to: number, alignment: Alignment): Tensor<'float32'> {
  if (from < 1 || to < 1) throw new InvariantError(`bilinear matrix from ${from} to ${to} samples`);
  const data = new Float32Array(to * from);
  for (let target = 0; target < to; target++) {
    const exact =
      alignment === 'cornerAligned'
        ? to === 1
          ? 0
          : (target * (from - 1)) / (to - 1)
        : ((target + 0.5) * from) / to - 0.5;
    const place = Math.min(Math.max(exact, 0), from - 1);
    const left = Math.min(Math.floor(place), Math.max(from - 2, 0));
    const share = place - left;
    data[target * from + left]! += 1 - share;
    if (left + 1 < from) data[target * from + left + 1]! += share;
  }
  return float32(data, [to, from]);
}
