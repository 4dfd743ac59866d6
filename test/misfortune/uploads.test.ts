/** Files dropped into Explain that are no good: each refused by name with what would do, and the next good one works. */
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32, deflateSync } from 'node:zlib';
import { UPLOAD_BYTES } from '../../preload/contract/index.ts';
import { callOver, openServed } from '../support/served.ts';
import type { Served } from '../support/served.ts';
import { openTinyApplication } from '../support/tiny-application.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import { tinyImage } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';
import { copyTo, openScene, refused } from './scene.ts';

let world: TinyWorld;
let app: TinyApplication;
let project: string;

beforeAll(async () => {
  world = await openScene();
  app = openTinyApplication(world);
  ({ project } = await app.call('projects.open', { path: copyTo(world, 'drops', 'birds.vislex') }));
});
afterAll(async () => {
  await app.close();
  await world.close();
});

const drop = (name: string, bytes: Uint8Array) =>
  app.call('images.upload', { project, name, bytes: bytes as Uint8Array<ArrayBuffer> });

/** Drops, explains and looks at it. */
async function dropAndExplain(name: string, bytes: Uint8Array) {
  const { uploadId, ...size } = await drop(name, bytes);
  const explanation = await app.call('explain.image', { project, image: { uploadId } });
  expect(explanation).toMatchObject({ imagePath: name, label: null, split: null });
  expect(explanation.contributions).toHaveLength(4);
  expect((await app.application.asset(`${project}/upload/${uploadId}?scale=1`))?.type).toBe('image/jpeg');
  return { ...size, className: explanation.className };
}

function pngChunk(type: string, content: Uint8Array): Buffer<ArrayBuffer> {
  const chunk = Buffer.alloc(content.length + 12);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(content, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, content.length + 8)), content.length + 8);
  return chunk;
}

/** A whole black PNG with one bit a pixel: all its pixels are there, in few bytes. */
function flat(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(new Uint8Array(height * (1 + Math.ceil(width / 8))), { level: 1 });
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', rows),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

/** Three frames: the first red, the others blue. */
function frames(): Promise<Uint8Array>[] {
  const [red, blue] = [
    [200, 40, 40],
    [40, 40, 200],
  ] as const;
  const pixels = Buffer.concat([red, blue, blue].map((colour) => Buffer.alloc(32 * 32 * 3, Uint8Array.from(colour))));
  const moving = sharp(pixels, { raw: { width: 32, height: 96, channels: 3, pageHeight: 32 } });
  return [moving.clone().gif().toBuffer(), moving.clone().webp({ lossless: true }).toBuffer()];
}

/** A PNG whose text chunk makes it this large; the picture is a small one. */
async function padded(bytes: number): Promise<Uint8Array> {
  const png = await tinyImage(0, 5);
  const text = Buffer.alloc(bytes - png.length - 12, 0x20);
  text.write('Comment\0');
  const end = png.length - 12;
  return Buffer.concat([png.subarray(0, end), pngChunk('tEXt', text), png.subarray(end)]);
}

describe('a dropped file', () => {
  it('of 20,000 x 20,000 pixels is refused by its size before it is decoded', async () => {
    const huge = flat(20_000, 20_000);
    const start = performance.now();
    const { code, message } = await refused(drop('poster.png', huge));
    expect(code).toBe('image-refused');
    expect(message).toMatch(/"poster.png" is too large.*accepted are at most 120 megapixels.*Scale it down/);
    // Decoding 1.2 GB would take many seconds.
    expect(performance.now() - start).toBeLessThan(5_000);
    await dropAndExplain('good.png', await tinyImage(1, 9));
  }, 60_000);

  it('of 6,000 x 4,000 pixels is large but explained', async () => {
    const { widthPx, heightPx } = await dropAndExplain('large.png', flat(6_000, 4_000));
    expect([widthPx, heightPx]).toEqual([6_000, 4_000]);
  }, 60_000);

  it.each<[string, () => Uint8Array | Promise<Uint8Array>, string, RegExp]>([
    [
      'drawing.svg',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      'image-refused',
      /"drawing.svg" is not an image Vislex reads \(JPEG, PNG/,
    ],
    [
      'letter.jpg',
      () => Buffer.from('Dear Sir or Madam'),
      'image-refused',
      /"letter.jpg" is not an image.*whatever its name/,
    ],
    ['empty.png', () => new Uint8Array(0), 'image-unreadable', /"empty.png" is empty/],
    [
      'cut.jpg',
      async () => {
        const jpeg = await sharp({
          create: {
            width: 600,
            height: 600,
            channels: 3,
            background: '#70a030',
            noise: { type: 'gaussian', mean: 128, sigma: 40 },
          },
        })
          .jpeg()
          .toBuffer();
        return jpeg.subarray(0, jpeg.length >> 1);
      },
      'image-unreadable',
      /"cut.jpg" cannot be decoded.*Save it again/,
    ],
    ['head.jpg', () => Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'image-unreadable', /"head.jpg" cannot be decoded/],
    ['programme.pdf', () => Buffer.from('%PDF-1.7\n'), 'image-refused', /"programme.pdf" is not an image/],
  ])('%s is refused by name with what to do', async (name, make, wantedCode, wantedMessage) => {
    const { code, message } = await refused(drop(name, await make()));
    expect(code).toBe(wantedCode);
    expect(message).toMatch(wantedMessage);
    await dropAndExplain('good.png', await tinyImage(2, 11));
  });

  it('that moves (GIF, WebP) is explained by its first frame', async () => {
    const [gif, webp] = await Promise.all(frames());
    for (const [name, bytes] of [
      ['moving.gif', gif!],
      ['moving.webp', webp!],
    ] as const) {
      expect(await dropAndExplain(name, bytes)).toEqual({ widthPx: 32, heightPx: 32, className: 'red' });
    }
  });

  it('with a name made to mislead is shown by its last part, in one line, and opens nothing', async () => {
    const bytes = await tinyImage(0, 21);
    for (const [given, shown] of [
      ['../../../etc/passwd', 'passwd'],
      ['C:\\Windows\\win.ini', 'win.ini'],
      ['a\nb\u0000c.png', 'a b c.png'],
      ['', 'dropped image'],
      ['<img src=x onerror=alert(1)>.png', '<img src=x onerror=alert(1)>.png'],
    ] as const) {
      const { uploadId } = await drop(given, bytes);
      const { imagePath } = await app.call('explain.image', { project, image: { uploadId } });
      expect(imagePath).toBe(shown);
    }
    expect((await refused(drop('n'.repeat(301), bytes))).code).toBe('bad-request');
  });

  it('of exactly 64 MiB is explained, and of 65 refused with the limit', async () => {
    await dropAndExplain('heavy.png', await padded(UPLOAD_BYTES));
    const { code, message } = await refused(drop('heavier.png', await padded(UPLOAD_BYTES + 1024 * 1024)));
    expect(code).toBe('bad-request');
    expect(message).toContain('An image may have 64 MiB at most.');
  });
});

describe('over HTTP', () => {
  let served: Served;
  beforeAll(async () => {
    served = await openServed({ resourcesFolder: world.at('resources') });
  });
  afterAll(() => served.close());

  it('65 MiB are refused with the limit, and the connection lives', async () => {
    const cookie = await served.signIn();
    const path = copyTo(world, 'served', 'birds.vislex');
    await callOver(served, cookie, 'projects.open', { path });
    const input = { project: 'p1', name: 'heavy.png', bytes: await padded(UPLOAD_BYTES + 1024 * 1024) };
    const { status, reply } = await callOver(served, cookie, 'images.upload', input);
    expect([400, 413]).toContain(status);
    expect(reply).toMatchObject({ ok: false, error: { message: expect.stringContaining('64 MiB at most') } });
    const good = { project: 'p1', name: 'good.png', bytes: await tinyImage(0, 3) };
    expect((await callOver(served, cookie, 'images.upload', good)).reply.ok).toBe(true);
  });
});
