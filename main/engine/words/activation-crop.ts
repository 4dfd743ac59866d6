/** The box around the strong part of a word's activation map, in pixels (ProtoPNet, Chen et al. 2019, section 2.4). */
import { interpolationMatrix } from '../autodiff/index.ts';
import { InvariantError } from '../errors.ts';
import type { PixelBox } from './receptive-field.ts';

/** Pixels above this percentile of the upsampled map belong to the strong part (published value). */
export const CROP_PERCENTILE = 95;

/**
 * Upsamples an activation map bicubically (half-pixel, a = -0.75, as OpenCV) and boxes the pixels above a percentile.
 * @param map [height * width]
 * @param imageHeight, imageWidth px of the model's input
 * @param percentile 0..100, default 95
 */
export function activationCrop(
  map: ArrayLike<number>,
  height: number,
  width: number,
  imageHeight: number,
  imageWidth: number,
  percentile: number = CROP_PERCENTILE,
): PixelBox {
  if (map.length !== height * width)
    throw new InvariantError(`map of ${map.length} values is not ${height} x ${width}`);
  const pixels = upsample(map, height, width, imageHeight, imageWidth);
  // Linear interpolation between order statistics, as numpy.percentile.
  const place = ((pixels.length - 1) * percentile) / 100;
  const rank = Math.floor(place);
  const [low, next] = orderStatistics(pixels, rank);
  const threshold = low + (next - low) * (place - rank);
  let [left, top, right, bottom] = [imageWidth, imageHeight, -1, -1];
  for (let index = 0; index < pixels.length; index++) {
    if (pixels[index]! < threshold) continue;
    const row = Math.floor(index / imageWidth);
    const column = index % imageWidth;
    left = Math.min(left, column);
    right = Math.max(right, column);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * The value of a rank (0-based, ascending) and the one after it (the same when there is none), by Hoare's selection:
 * a tenth of the time that sorting takes.
 */
function orderStatistics(values: Float64Array, rank: number): [number, number] {
  const work = values.slice();
  let first = 0;
  let last = work.length - 1;
  while (first < last) {
    const pivot = work[(first + last) >> 1]!;
    let left = first;
    let right = last;
    while (left <= right) {
      while (work[left]! < pivot) left++;
      while (work[right]! > pivot) right--;
      if (left > right) break;
      const swapped = work[left]!;
      work[left++] = work[right]!;
      work[right--] = swapped;
    }
    // Now: up to `right` at most the pivot, from `left` on at least the pivot, between them the pivot.
    if (rank <= right) last = right;
    else if (rank >= left) first = left;
    else break;
  }
  let next = Infinity;
  for (let index = rank + 1; index < work.length; index++) next = Math.min(next, work[index]!);
  return [work[rank]!, next === Infinity ? work[rank]! : next];
}

/** rows [imageHeight, height] x map [height, width] x columns^T [width, imageWidth] */
function upsample(
  map: ArrayLike<number>,
  height: number,
  width: number,
  imageHeight: number,
  imageWidth: number,
): Float64Array {
  const options = { mode: 'cubic', coordinates: 'half_pixel' } as const;
  const rows = interpolationMatrix(height, imageHeight, options);
  const columns = interpolationMatrix(width, imageWidth, options);
  const wide = new Float64Array(height * imageWidth);
  for (let row = 0; row < height; row++) {
    for (let to = 0; to < imageWidth; to++) {
      for (let from = 0; from < width; from++) {
        wide[row * imageWidth + to]! += columns[to * width + from]! * map[row * width + from]!;
      }
    }
  }
  const pixels = new Float64Array(imageHeight * imageWidth);
  for (let to = 0; to < imageHeight; to++) {
    for (let from = 0; from < height; from++) {
      const weight = rows[to * height + from]!;
      if (weight === 0) continue;
      for (let column = 0; column < imageWidth; column++) {
        pixels[to * imageWidth + column]! += weight * wide[from * imageWidth + column]!;
      }
    }
  }
  return pixels;
}
