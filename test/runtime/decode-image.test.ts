/** Decoding of untrusted images: the policy for every kind, and the refusals. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, MAXIMUM_IMAGE_PIXELS, readImageHeader } from '../../main/engine/runtime/decode-image.ts';
import { encodeImage, encodeThumbnail } from '../../main/engine/runtime/encode-image.ts';

const COLOUR = { r: 200, g: 100, b: 50 };
const plain = () => sharp({ create: { width: 40, height: 20, channels: 3, background: COLOUR } });

/** First pixel after decoding. */
async function pixelOf(bytes: Uint8Array): Promise<number[]> {
  const pixels = await decodeImage(bytes, 'x');
  expect(pixels.data.length).toBe(pixels.width * pixels.height * 3);
  return [...pixels.data.subarray(0, 3)];
}

describe('decodeImage', () => {
  it.each([
    ['jpeg', () => plain().jpeg({ quality: 100 })],
    ['png', () => plain().png()],
    ['palette png', () => plain().png({ palette: true })],
    ['webp', () => plain().webp({ lossless: true })],
    ['gif', () => plain().gif()],
    ['tiff', () => plain().tiff()],
    ['avif', () => plain().avif({ quality: 100 })],
    ['16 bits per channel', () => plain().toColourspace('rgb16').png()],
  ])('reads %s to the same colour', async (_, make) => {
    expect(await pixelOf(await make().toBuffer())).toEqual([200, 100, 50]);
  });

  it('divides 16 bits by 257, black and white staying what they are', async () => {
    const values = Uint16Array.of(0, 65535, 257 * 7, 257 * 200);
    const grey = sharp(values, { raw: { width: 4, height: 1, channels: 1 } }).toColourspace('grey16');
    const { data } = await decodeImage(await grey.png().toBuffer(), 'x');
    expect([0, 3, 6, 9].map((at) => data[at])).toEqual([0, 255, 7, 200]);
  });

  it('makes three equal channels of grey', async () => {
    const grey = await plain().toColourspace('b-w').png().toBuffer();
    const [r, g, b] = await pixelOf(grey);
    expect([g, b]).toEqual([r, r]);
    expect((await readImageHeader(grey, 'x')).notes).toEqual(['greyscale']);
  });

  it('converts CMYK to about the colour it stands for', async () => {
    const cmyk = await plain().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const pixel = await pixelOf(cmyk);
    // A press cannot print every colour: within its gamut, but unmistakably the same orange.
    [200, 100, 50].forEach((value, channel) => expect(Math.abs(pixel[channel]! - value)).toBeLessThan(35));
  });

  it('lays transparent parts over neutral grey', async () => {
    const half = {
      create: { width: 2, height: 2, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } },
    } as const;
    const [r, g, b] = await pixelOf(await sharp(half).png().toBuffer());
    expect(Math.abs(r! - 191)).toBeLessThanOrEqual(1);
    expect([g, b].every((value) => Math.abs(value! - 64) <= 1)).toBe(true);
  });

  it('takes the first frame of an animation', async () => {
    const frames = Buffer.concat([Buffer.alloc(3 * 20 * 20, 10), Buffer.alloc(3 * 20 * 20, 240)]);
    const raw = { width: 20, height: 40, channels: 3, pageHeight: 20 } as const;
    const gif = await sharp(frames, { raw })
      .gif({ delay: [100, 100] })
      .toBuffer();
    expect(await pixelOf(gif)).toEqual([10, 10, 10]);
    const header = await readImageHeader(gif, 'x');
    expect(header).toMatchObject({ width: 20, height: 20 });
    expect(header.notes).toContain('first of 2 frames or pages');
  });

  it('turns pixels upright by the EXIF orientation', async () => {
    const half = sharp({ create: { width: 20, height: 20, channels: 3, background: '#000' } });
    const wide = half.extend({ right: 20, background: '#fff' }); // black left, white right
    const turned = await wide.withMetadata({ orientation: 6 }).png().toBuffer(); // to be turned by 90 degrees clockwise
    const pixels = await decodeImage(turned, 'x');
    expect([pixels.width, pixels.height]).toEqual([20, 40]);
    expect([pixels.data[0], pixels.data.at(-1)]).toEqual([0, 255]); // black is above
    expect(await readImageHeader(turned, 'x')).toMatchObject({ width: 20, height: 40 });
  });

  it('refuses half an image instead of showing it to a model', async () => {
    const noise = Buffer.from(Array.from({ length: 3 * 64 * 64 }, (_, index) => (index * 7919) % 251));
    const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    const error = decodeImage(whole.subarray(0, whole.length / 2), 'cut.jpg');
    await expect(error).rejects.toMatchObject({
      code: 'image-unreadable',
      message: expect.stringContaining('"cut.jpg"'),
    });
  });

  it.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'image-refused'],
    ['an SVG behind an XML header', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', 'image-refused'],
    ['a PDF', '%PDF-1.7', 'image-refused'],
    ['a text', 'hello', 'image-refused'],
    ['an empty file', '', 'image-unreadable'],
    ['a signature and nothing else', '\xff\xd8\xff', 'image-unreadable'],
  ])('refuses %s named .jpg by its content', async (_, text, code) => {
    const bytes = Buffer.from(text, 'latin1');
    await expect(decodeImage(bytes, 'a.jpg')).rejects.toMatchObject({ code });
    await expect(readImageHeader(bytes, 'a.jpg')).rejects.toMatchObject({ code });
  });

  it('refuses an image bomb by its header, before any pixel', async () => {
    const small = await plain().png().toBuffer();
    const side = 40_000;
    expect(side * side).toBeGreaterThan(MAXIMUM_IMAGE_PIXELS);
    // The header chunk of a PNG: width and height at 16 and 20; its checksum at 29 must follow.
    small.writeUInt32BE(side, 16);
    small.writeUInt32BE(side, 20);
    const { crc32 } = await import('node:zlib');
    small.writeUInt32BE(crc32(small.subarray(12, 29)), 29);
    await expect(readImageHeader(small, 'bomb.png')).rejects.toMatchObject({ code: 'image-refused' });
    await expect(decodeImage(small, 'bomb.png')).rejects.toMatchObject({ code: 'image-refused' });
  });
});

describe('encoding', () => {
  it('makes a thumbnail of the longer side asked for, and never enlarges', async () => {
    const bytes = await plain().png().toBuffer();
    const small = await sharp(await encodeThumbnail(bytes, 'x', 10)).metadata();
    expect([small.format, small.width, small.height]).toEqual(['jpeg', 10, 5]);
    const same = await sharp(await encodeThumbnail(bytes, 'x', 160)).metadata();
    expect([same.width, same.height]).toEqual([40, 20]);
  });

  it('keeps every pixel of a PNG', async () => {
    const pixels = {
      width: 3,
      height: 2,
      channels: 3,
      data: Uint8Array.from({ length: 18 }, (_, index) => index * 13),
    } as const;
    expect((await decodeImage(await encodeImage(pixels), 'x')).data).toEqual(Buffer.from(pixels.data));
  });
});
