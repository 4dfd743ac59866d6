/** Occlusion (Zeiler and Fergus 2014, section 4.2): how much the value falls while a patch covers each place. */
import { EngineError } from '../errors.ts';
import { tensor } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { ValueOf } from './value.ts';

/** What to cover. */
export interface OcclusionOptions {
  /** [channels, height, width] */
  readonly image: Tensor<'float32'>;
  /** What the patch shows, [channels, height, width]. */
  readonly fill: Float32Array;
  readonly valueOf: ValueOf;
  /** Side of the square patch, px, 1..shorter side. Default a seventh of the shorter side: 32 at 224. */
  readonly patchPx?: number;
  /** Distance between neighbouring places, px, 1..patch. Default half of the patch. */
  readonly stridePx?: number;
}

/** How the value falls. */
export interface OcclusionResult {
  /** Mean drop over the patches that cover a pixel, [height * width]; positive where the pixel is evidence. */
  readonly map: Float32Array;
  /** Drop at each place, row by row, [rows, columns]. */
  readonly drops: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** Value of the image as it is. */
  readonly whole: number;
  /** Images that were tried. */
  readonly evaluationCount: number;
}

/** Patches along the shorter side when they do not overlap. */
const PATCHES = 7;

/** Images per call. */
const CALL_LENGTH = 16;

/** @throws EngineError 'configuration' for a patch or stride that does not fit, and whatever `valueOf` throws */
export async function occlusion(options: OcclusionOptions): Promise<OcclusionResult> {
  const { image, fill, valueOf } = options;
  const [, height, width] = image.shape as [number, number, number];
  const shorter = Math.min(height, width);
  const patch = options.patchPx ?? Math.max(1, Math.round(shorter / PATCHES));
  const stride = options.stridePx ?? Math.max(1, Math.round(patch / 2));
  checkRange('patch', patch, shorter);
  checkRange('stride', stride, patch);
  const tops = starts(height, patch, stride);
  const lefts = starts(width, patch, stride);
  const places = tops.flatMap((top) => lefts.map((left) => ({ top, left })));

  const whole = (await valueOf(tensor('float32', [1, ...image.shape], image.data)))[0]!;
  const drops = new Float64Array(places.length);
  const size = image.data.length;
  for (let start = 0; start < places.length; start += CALL_LENGTH) {
    const part = places.slice(start, start + CALL_LENGTH);
    const images = new Float32Array(part.length * size);
    part.forEach(({ top, left }, place) => {
      const covered = images.subarray(place * size, (place + 1) * size);
      covered.set(image.data);
      for (let row = 0; row < size / width; row++) {
        const y = row % height;
        if (y < top || y >= top + patch) continue;
        const at = row * width + left;
        covered.set(fill.subarray(at, at + patch), at);
      }
    });
    const values = await valueOf(tensor('float32', [part.length, ...image.shape], images));
    values.forEach((value, place) => (drops[start + place] = whole - value));
  }

  const sums = new Float64Array(height * width);
  const counts = new Uint32Array(height * width);
  places.forEach(({ top, left }, place) => {
    for (let y = top; y < top + patch; y++) {
      for (let x = left; x < left + patch; x++) {
        sums[y * width + x]! += drops[place]!;
        counts[y * width + x]!++;
      }
    }
  });
  return {
    map: Float32Array.from(sums, (sum, pixel) => sum / counts[pixel]!),
    drops,
    rows: tops.length,
    columns: lefts.length,
    whole,
    evaluationCount: places.length + 1,
  };
}

/** First pixels of patches from edge to edge; the last one is moved back to end at the edge. */
function starts(length: number, patch: number, stride: number): number[] {
  const count = Math.ceil((length - patch) / stride) + 1;
  return Array.from({ length: count }, (_, index) => Math.min(index * stride, length - patch));
}

function checkRange(what: string, px: number, most: number): void {
  if (Number.isInteger(px) && px >= 1 && px <= most) return;
  throw new EngineError('configuration', `The ${what} of occlusion is 1 to ${most} px here, not ${px}.`, {
    expected: `1..${most}`,
    found: String(px),
  });
}
