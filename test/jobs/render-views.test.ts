/** The task that draws pictures: right pixels, right places, and files that are gone or changed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import type { JobQueue, RenderedPicture, RenderViewsInput, RenderViewsOutput } from '../../main/jobs/index.ts';
import { sha256 } from '../../main/platform/hash.ts';

const preprocessing = presetPreprocessing('imagenet', { width: 224, height: 224, channels: 3, layout: 'NCHW' });

let queue: JobQueue;
let folder: string;
let image: { readonly key: string; readonly path: string; readonly sha256: string };

beforeAll(async () => {
  queue = createJobQueue();
  folder = mkdtempSync(join(tmpdir(), 'vislex-views-'));
  // 512 x 512: the left half red, the right half blue; resizing to 256 and taking the middle keeps the border at 112.
  const blue = await sharp({ create: { width: 256, height: 512, channels: 3, background: '#0000ff' } })
    .png()
    .toBuffer();
  const bytes = await sharp({ create: { width: 512, height: 512, channels: 3, background: '#ff0000' } })
    .composite([{ input: blue, left: 256, top: 0 }])
    .png()
    .toBuffer();
  image = { key: 'half', path: join(folder, 'half.png'), sha256: sha256(bytes) };
  writeFileSync(image.path, bytes);
});

afterAll(async () => {
  await queue.dispose();
  rmSync(folder, { recursive: true });
});

async function draw(
  input: Partial<RenderViewsInput>,
): Promise<RenderViewsOutput & { readonly pictures: ReadonlyMap<string, RenderedPicture> }> {
  const pictures = new Map<string, RenderedPicture>();
  const output = await queue.run(
    'renderViews',
    { preprocessing, images: [image], views: [], crops: [], maps: [], ...input },
    { onEvent: (chunk) => chunk.forEach((picture) => pictures.set(picture.key, picture)) },
  );
  return { ...output, pictures };
}

async function decode(picture: RenderedPicture | undefined) {
  const { data, info } = await sharp(picture!.bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): number[] => [
    ...data.subarray((y * info.width + x) * info.channels, (y * info.width + x + 1) * info.channels),
  ];
  return { ...info, at };
}

it('draws the view and crops of it in the places of the model’s input', async () => {
  const { pictures, skipped } = await draw({
    views: [{ key: 'view', imageKey: 'half' }],
    crops: [
      { key: 'left', imageKey: 'half', box: { left: 40, top: 10, width: 40, height: 20 }, sizePx: 96 },
      { key: 'outside', imageKey: 'half', box: { left: 200, top: -20, width: 90, height: 44 }, sizePx: 48 },
    ],
  });
  const view = await decode(pictures.get('view'));
  const left = await decode(pictures.get('left'));
  const outside = await decode(pictures.get('outside'));
  expect(skipped).toEqual([]);
  expect([view.width, view.height]).toEqual([224, 224]);
  expect(view.at(60, 100)[0]).toBeGreaterThan(240);
  expect(view.at(160, 100)[2]).toBeGreaterThan(240);
  expect([left.width, left.height]).toEqual([96, 48]);
  expect(left.at(90, 24)[0]).toBeGreaterThan(240);
  // Only 24 x 24 of the box lie inside.
  expect([outside.width, outside.height]).toEqual([48, 48]);
  expect(outside.at(24, 24)[2]).toBeGreaterThan(240);
});

it('draws a map clear where it is weak and in the ramp’s last colour where it is strong', async () => {
  const map = { width: 2, height: 1, low: 0, high: 1, values: Uint8Array.of(0, 255) };
  const { pictures } = await draw({ images: [], maps: [{ key: 'map', map, ramp: 'viridis' }] });
  const picture = await decode(pictures.get('map'));
  expect([picture.width, picture.height, picture.channels]).toEqual([112, 56, 4]);
  expect(picture.at(0, 0)[3]).toBe(0);
  // matplotlib's viridis ends in #fde725.
  expect(picture.at(111, 0)).toEqual([0xfd, 0xe7, 0x25, 200]);
});

it('lists files that are gone or changed and draws the others', async () => {
  const gone = { key: 'gone', path: join(folder, 'gone.png'), sha256: image.sha256 };
  const changed = { ...image, key: 'changed', sha256: '0'.repeat(64) };
  const { pictures, skipped } = await draw({
    images: [gone, changed, image],
    views: ['gone', 'changed', 'half'].map((key) => ({ key, imageKey: key })),
  });
  expect([...pictures.keys()]).toEqual(['half']);
  expect(skipped.map(({ key }) => key).toSorted()).toEqual(['changed', 'gone']);
});

it('stops when it is cancelled', async () => {
  const running = queue.run(
    'renderViews',
    { preprocessing, images: [image], views: [{ key: 'view', imageKey: 'half' }], crops: [], maps: [] },
    { signal: AbortSignal.abort() },
  );
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
});
