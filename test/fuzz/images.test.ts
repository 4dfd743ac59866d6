/** Thousands of damaged images through the real compute process: each is a result, and no process dies of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../main/engine/tensor/random.ts';
import type { Random } from '../../main/engine/tensor/random.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import type { ImageInspection, JobQueue } from '../../main/jobs/index.ts';

/** Mutations of each seed image; VISLEX_FUZZ raises it for a long run. */
const MUTATION_COUNT = Number(process.env['VISLEX_FUZZ'] ?? 250);

/** Headers decide most: half of all changes fall into these first bytes. */
const HEADER_BYTES = 64;

let queue: JobQueue;
let folder: string;

beforeAll(() => {
  queue = createJobQueue();
  folder = mkdtempSync(join(tmpdir(), 'vislex-fuzz-'));
});

afterAll(async () => {
  await queue.dispose();
  rmSync(folder, { recursive: true });
});

const noise = createRandom(1);
const pixels = Buffer.from(Array.from({ length: 3 * 24 * 16 }, () => noise.integer(256)));
const image = () => sharp(pixels, { raw: { width: 24, height: 16, channels: 3 } });

const SEEDS = {
  jpeg: () => image().jpeg().toBuffer(),
  'progressive jpeg with EXIF': () => image().withMetadata({ orientation: 6 }).jpeg({ progressive: true }).toBuffer(),
  png: () => image().png().toBuffer(),
  'palette png': () => image().png({ palette: true }).toBuffer(),
  webp: () => image().webp().toBuffer(),
  gif: () => image().gif().toBuffer(),
  tiff: () => image().tiff({ compression: 'lzw' }).toBuffer(),
  avif: () => image().avif().toBuffer(),
} as const;

/** Changes 1 to 8 places: a bit, a byte, an extreme length; then maybe cuts, doubles or removes a piece. */
function mutate(seed: Uint8Array, random: Random): Uint8Array {
  const bytes = Buffer.from(seed);
  const changes = 1 + random.integer(8);
  for (let change = 0; change < changes; change++) {
    const at = random.integer(random.next() < 0.5 ? Math.min(HEADER_BYTES, bytes.length) : bytes.length);
    const kind = random.integer(4);
    if (kind === 0) bytes[at]! ^= 1 << random.integer(8);
    else if (kind === 1) bytes[at] = random.integer(256);
    else if (kind === 2) bytes[at] = 255;
    else if (at + 4 <= bytes.length)
      bytes.writeUInt32BE([0, 1, 0x7fffffff, 0xffffffff, 0x80000000][random.integer(5)]!, at);
  }
  const piece = random.integer(bytes.length);
  switch (random.integer(6)) {
    case 0:
      return bytes.subarray(0, piece);
    case 1:
      return Buffer.concat([bytes.subarray(0, piece), bytes]);
    case 2:
      return Buffer.concat([bytes.subarray(0, piece), bytes.subarray(piece + random.integer(64))]);
    default:
      return bytes;
  }
}

describe('inspectImages', () => {
  it.each(Object.keys(SEEDS) as (keyof typeof SEEDS)[])('gives a result for every mutation of a %s', async (name) => {
    const seed = await SEEDS[name]();
    const random = createRandom(2).fork(name);
    const paths = Array.from({ length: MUTATION_COUNT }, (_, index) => {
      const path = join(folder, `${name}-${index}`);
      writeFileSync(path, mutate(seed, random));
      return path;
    });
    const found: ImageInspection[] = [];
    const counts = await queue.run('inspectImages', { paths }, { onEvent: (chunk) => found.push(...chunk) });
    expect(found.map((file) => file.path)).toEqual(paths);
    expect(counts.okCount + counts.unreadableCount + counts.refusedCount).toBe(MUTATION_COUNT);
    // The mutations are worth something: they break images.
    expect(counts.unreadableCount + counts.refusedCount).toBeGreaterThan(MUTATION_COUNT / 20);
    for (const file of found) if (file.status !== 'ok') expect(file.reason.length).toBeGreaterThan(20);
  });
});
