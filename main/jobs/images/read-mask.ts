/** Reads a part or object mask into the frame the measures use. */
import { fitToModel } from '../../engine/image/preprocess.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { resizePixels } from '../../engine/image/resize.ts';
import { decodeImage } from '../../engine/runtime/decode-image.ts';
import { readImageFile } from './read-file.ts';

/** Side of the frame maps are compared in (method.md section 2), px. */
const FRAME_PX = 224;

/**
 * A mask placed like its image: what the model crops away is gone, nothing is interpolated.
 * @returns [224 * 224]; the mask's own values, 0 outside
 * @throws EngineError 'image-unreadable', 'image-refused'
 */
export async function readMask(path: string, preprocessing: Preprocessing): Promise<Uint8Array> {
  const { bytes } = await readImageFile(path);
  const pixels = await decodeImage(bytes, path);
  // A mask has one value per pixel; decoding gives it three times.
  const settings: Preprocessing = { ...preprocessing, channelOrder: 'RGB', interpolation: 'nearest' };
  const placed = fitToModel(settings, pixels);
  const frame = resizePixels(placed, FRAME_PX, FRAME_PX, 'nearest');
  const mask = new Uint8Array(FRAME_PX * FRAME_PX);
  for (let pixel = 0; pixel < mask.length; pixel++) mask[pixel] = frame.data[pixel * frame.channels]!;
  return mask;
}
