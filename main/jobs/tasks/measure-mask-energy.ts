/** Task: how much of small maps lies in the parts and on the sticker of the demo's masks. */
import { STICKER_MASK_VALUE } from '../../engine/demo/parts.ts';
import { createMapResizer } from '../../engine/image/resize-map.ts';
import { energyInMask, maskShare } from '../../engine/metrics/mask-energy.ts';
import { decodeImage } from '../../engine/runtime/decode-image.ts';
import { readImageFile } from '../images/read-file.ts';
import type { Task } from '../task.ts';

/** A map of one image and the image's mask. */
export interface MaskedMap {
  /** PNG as `makeDemoData` writes it. */
  readonly maskPath: string;
  /** Size of the map. */
  readonly width: number;
  readonly height: number;
  /** Row-major, any offset and scale. */
  readonly values: Uint8Array;
}

/** Shares of the map's energy, 0..1; NaN when the map is flat. */
export interface MaskEnergy {
  readonly inParts: number;
  /** What an even map would have. */
  readonly partsShare: number;
  readonly inSticker: number;
  readonly stickerShare: number;
  /** True when the part of the image below the map's highest value holds a pixel of the sticker. */
  readonly touchesSticker: boolean;
}

/** One result per map, in order. Maps are enlarged bilinearly to the mask's size. */
export const measureMaskEnergy: Task<{ readonly maps: readonly MaskedMap[] }, readonly MaskEnergy[]> = async (
  { maps },
  context,
) => {
  const results: MaskEnergy[] = [];
  for (const map of maps) {
    context.signal.throwIfAborted();
    results.push(await measureOne(map));
  }
  return results;
};

async function measureOne({ maskPath, width, height, values }: MaskedMap): Promise<MaskEnergy> {
  const mask = await decodeImage((await readImageFile(maskPath)).bytes, maskPath);
  const pixelCount = mask.width * mask.height;
  const valueAt = (pixel: number): number => mask.data[pixel * mask.channels]!;
  const select = (isIn: (value: number) => boolean): Uint8Array =>
    Uint8Array.from({ length: pixelCount }, (_, pixel) => Number(isIn(valueAt(pixel))));
  const parts = select((value) => value > 0 && value !== STICKER_MASK_VALUE);
  const sticker = select((value) => value === STICKER_MASK_VALUE);
  const resize = createMapResizer({
    method: 'bilinear',
    height,
    width,
    outputHeight: mask.height,
    outputWidth: mask.width,
  });
  const map = resize(Float32Array.from(values), new Float32Array(pixelCount));
  return {
    inParts: energyInMask(map, parts),
    partsShare: maskShare(parts),
    inSticker: energyInMask(map, sticker),
    stickerShare: maskShare(sticker),
    touchesSticker: peakHolds(sticker, mask, { width, height, values }),
  };
}

/** Whether a cell of the map's grid, the highest one, holds a pixel of the mask. */
function peakHolds(
  mask: Uint8Array,
  size: { readonly width: number; readonly height: number },
  map: Pick<MaskedMap, 'width' | 'height' | 'values'>,
): boolean {
  const peak = map.values.indexOf(map.values.reduce((high, value) => Math.max(high, value), 0));
  const row = Math.floor(peak / map.width);
  const column = peak % map.width;
  return mask.some(
    (value, pixel) =>
      value !== 0 &&
      Math.floor(((pixel % size.width) * map.width) / size.width) === column &&
      Math.floor((Math.floor(pixel / size.width) * map.height) / size.height) === row,
  );
}
