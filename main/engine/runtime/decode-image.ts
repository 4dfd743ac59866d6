/** Image files -> upright 8-bit sRGB pixels; the only place (with encode-image) that knows the codec. */
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { EngineError } from '../errors.ts';
import type { Pixels } from '../image/resize.ts';

/*
 * Policy, one rule for every image whatever its kind:
 * - formats by their first bytes, never by the name: JPEG, PNG, WebP, GIF, TIFF, AVIF. No SVG or PDF (programs, not images);
 * - the header is read and the size checked before any pixel is decoded;
 * - EXIF orientation is applied: pixels are upright;
 * - of animated and multi-page files the first frame or page is taken;
 * - 16 bits per channel are scaled to 8 (divided by 257);
 * - grey becomes three equal channels; CMYK is converted to sRGB through the codec's generic press profile;
 * - colour profiles in the file are ignored, because the training frameworks whose models we explain ignore them (Pillow, TensorFlow);
 * - transparent parts lie over neutral grey, so that neither white nor black is invented as evidence;
 * - a damaged file is refused whole: half an image is not shown to a model.
 */

/** Largest image accepted, px. A 100-megapixel camera fits; a decompression bomb does not. */
export const MAXIMUM_IMAGE_PIXELS = 120_000_000;

/** Longest side accepted, px: the limit of the JPEG format, which keeps absurd strips out. */
export const MAXIMUM_IMAGE_SIDE_PX = 65_535;

/** Largest image file accepted, bytes. */
export const MAXIMUM_IMAGE_FILE_BYTES = 512 * 1024 * 1024;

/** Colour under transparent parts, 0..255. */
const NEUTRAL = { r: 128, g: 128, b: 128 };

/** Formats that are decoded. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif';

/** What the header of an image file says. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** px, upright */
  readonly width: number;
  readonly height: number;
  /** What decoding will do beyond the plain, in plain words; empty for an ordinary photograph. */
  readonly notes: readonly string[];
}

// The codec has loaders for formats that run programs or read other files: all off but those we name. The switch is
// the process's own, set once here.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadTiff',
    'VipsForeignLoadHeif',
  ],
});
// Images are decoded many at a time: threads inside one of them, and a cache of past ones, only cost.
sharp.concurrency(1);
sharp.cache(false);

/** First bytes of the formats, after their specifications. 'x' matches any byte. */
const SIGNATURES: readonly (readonly [ImageFormat, string])[] = [
  ['jpeg', 'ff d8 ff'],
  ['png', '89 50 4e 47 0d 0a 1a 0a'],
  ['gif', '47 49 46 38'],
  ['webp', '52 49 46 46 x x x x 57 45 42 50'],
  ['tiff', '49 49 2a 00'],
  ['tiff', '4d 4d 00 2a'],
  ['tiff', '49 49 2b 00'],
  ['tiff', '4d 4d 00 2b'],
  ['avif', 'x x x x 66 74 79 70 61 76 69 66'],
  ['avif', 'x x x x 66 74 79 70 61 76 69 73'],
  ['avif', 'x x x x 66 74 79 70 6d 69 66 31'],
];

/** The format by the first bytes; undefined when it is none of ours. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | undefined {
  const matches = (signature: string) =>
    signature.split(' ').every((hex, index) => hex === 'x' || bytes[index] === Number.parseInt(hex, 16));
  return SIGNATURES.find(([, signature]) => matches(signature))?.[0];
}

/**
 * Reads the header only.
 * @param bytes the whole file
 * @param file named in messages
 * @throws EngineError 'image-unreadable' (damaged) or 'image-refused' (format or size not accepted)
 */
export async function readImageHeader(bytes: Uint8Array, file: string): Promise<ImageHeader> {
  const format = checkFormat(bytes, file);
  const header = await readable(file, () => open(bytes).metadata());
  const { width, height } = header.autoOrient;
  if (width * height > MAXIMUM_IMAGE_PIXELS || Math.max(width, height) > MAXIMUM_IMAGE_SIDE_PX) {
    const found = `${width} x ${height} px`;
    const expected = `at most ${MAXIMUM_IMAGE_PIXELS / 1e6} megapixels and ${MAXIMUM_IMAGE_SIDE_PX} px a side`;
    throw new EngineError(
      'image-refused',
      `The image ${quoted(file)} is too large: ${found}; accepted are ${expected}. Scale it down and import it again.`,
      { file, expected, found },
    );
  }
  const notes: string[] = [];
  if ((header.pages ?? 1) > 1) notes.push(`first of ${header.pages} frames or pages`);
  if (header.space === 'cmyk') notes.push('CMYK converted to sRGB');
  if (isDeep(header.depth)) notes.push('16 bits per channel reduced to 8');
  if (header.hasAlpha) notes.push('transparent parts over neutral grey');
  if ((header.orientation ?? 1) > 1) notes.push('turned upright as its EXIF data say');
  if (header.space === 'b-w' || header.space === 'grey16') notes.push('greyscale');
  return { format, width, height, notes };
}

/**
 * Decodes an image.
 * @param bytes the whole file
 * @param file named in messages
 * @returns [height, width, 3], sRGB, upright
 * @throws EngineError 'image-unreadable' (damaged) or 'image-refused' (format or size not accepted)
 */
export async function decodeImage(bytes: Uint8Array, file: string): Promise<Pixels> {
  checkFormat(bytes, file);
  const { data, info } = await readable(file, () => upright(bytes).raw().toBuffer({ resolveWithObject: true }));
  return { width: info.width, height: info.height, channels: 3, data };
}

/** An opened, upright, opaque 8-bit sRGB image, for the codec's own operations (thumbnails). */
export function upright(bytes: Uint8Array): Sharp {
  return open(bytes).autoOrient().flatten({ background: NEUTRAL }).toColourspace('srgb');
}

function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, {
    failOn: 'error',
    limitInputPixels: MAXIMUM_IMAGE_PIXELS,
    pages: 1,
    ignoreIcc: true,
    sequentialRead: true,
  });
}

/** @throws EngineError 'image-refused' for a file that is sound but not an image of ours, 'image-unreadable' if empty */
function checkFormat(bytes: Uint8Array, file: string): ImageFormat {
  if (bytes.length === 0) {
    throw new EngineError('image-unreadable', `The image ${quoted(file)} is empty (0 bytes).`, { file });
  }
  const format = sniffFormat(bytes);
  if (format !== undefined) return format;
  const expected = 'JPEG, PNG, WebP, GIF, TIFF or AVIF';
  throw new EngineError(
    'image-refused',
    `The file ${quoted(file)} is not an image Vislex reads (${expected}), whatever its name says. Convert it, or leave it out.`,
    { file, expected },
  );
}

/** Runs a decoding action; whatever the codec says becomes EngineError 'image-unreadable' naming the file. */
export async function readable<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const found = reasonOf(cause);
    if (found.includes('exceeds pixel limit')) {
      const expected = `at most ${MAXIMUM_IMAGE_PIXELS / 1e6} megapixels`;
      const message = `The image ${quoted(file)} is too large; accepted are ${expected}. Scale it down and import it again.`;
      throw new EngineError('image-refused', message, { file, expected }, { cause });
    }
    throw new EngineError(
      'image-unreadable',
      `The image ${quoted(file)} cannot be decoded: ${found}. Save it again from its source, or leave it out.`,
      { file, found },
      { cause },
    );
  }
}

/** The first line of what the codec says. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split('\n')[0]!.trim().replace(/\.$/, '');
}

function isDeep(depth: string | undefined): boolean {
  return depth === 'ushort' || depth === 'short';
}

function quoted(file: string): string {
  return JSON.stringify(file);
}
