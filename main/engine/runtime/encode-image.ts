/** Pixels -> JPEG and PNG files: thumbnails and pictures of maps. */
import sharp from 'sharp';
import type { Pixels } from '../image/resize.ts';
import { readable, upright } from './decode-image.ts';

/** JPEG quality of thumbnails, 1..100: no artefact is seen at their size, and 160 px take about 6 kB. */
const THUMBNAIL_QUALITY = 82;

/**
 * A small JPEG of an image file; never enlarged.
 * @param bytes the whole file, already accepted by `readImageHeader`
 * @param longerSidePx px
 * @param file named in messages
 * @throws EngineError 'image-unreadable' when the pixels are damaged
 */
export async function encodeThumbnail(bytes: Uint8Array, file: string, longerSidePx: number): Promise<Uint8Array> {
  return readable(file, () =>
    upright(bytes)
      .resize(longerSidePx, longerSidePx, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: THUMBNAIL_QUALITY })
      .toBuffer(),
  );
}

/**
 * Encodes pixels.
 * @param pixels [height, width, channels]
 * @param format 'png' is lossless; 'jpeg' is smaller
 * @param quality of a JPEG, 1..100. Default 90
 */
export async function encodeImage(pixels: Pixels, format: 'png' | 'jpeg' = 'png', quality = 90): Promise<Uint8Array> {
  const { width, height, channels, data } = pixels;
  const image = sharp(data, { raw: { width, height, channels } });
  return format === 'png' ? image.png().toBuffer() : image.jpeg({ quality }).toBuffer();
}

/**
 * Encodes a picture to lay over another one as a PNG of at most 256 colours, which is lossless for a colour ramp.
 * @param data [height, width, 4], RGBA, 0..255, alpha not premultiplied
 */
export async function encodeOverlay(data: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png({ palette: true, dither: 0, compressionLevel: 9 })
    .toBuffer();
}
