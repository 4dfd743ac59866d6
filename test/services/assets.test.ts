/** Pictures by address: hostile addresses lead nowhere, views are drawn once, kept, and drawn again when damaged. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { guidePictureUrl, thumbnailUrl, viewUrl } from '../../preload/contract/index.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import { forkCompute } from '../../main/jobs/process.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { silentLog } from '../../main/platform/log.ts';
import { sha256 } from '../../main/platform/hash.ts';
import { createAssets, parseAssetAddress } from '../../main/services/assets.ts';
import type { Assets } from '../../main/services/assets.ts';
import { createContext, disposeContext } from '../../main/services/context.ts';
import type { ServiceContext } from '../../main/services/context.ts';
import { createUploads } from '../../main/services/uploads.ts';
import { createViewCache } from '../../main/services/view-cache.ts';
import { createViews } from '../../main/services/views.ts';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import { inTempFolder } from '../support/temp-project.ts';
import { openTinyWorld, TINY_SIZE_PX } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

let world: TinyWorld;
let context: ServiceContext;
let assets: Assets;
let project: string;

beforeAll(async () => {
  world = await openTinyWorld(5);
  await world.make('tiny.vislex');
  const guide = world.at('resources', 'guide');
  mkdirSync(join(guide, 'images'), { recursive: true });
  writeFileSync(join(guide, 'index.md'), '# Guide\n');
  writeFileSync(join(guide, 'secret.png'), 'not a picture of the guide');
  writeFileSync(join(guide, 'images', 'a b.png'), 'no such name');
  writeFileSync(join(guide, 'images', 'shown.png'), 'picture');
  symlinkSync(join(guide, 'secret.png'), join(guide, 'images', 'link.png'));
});

afterAll(() => world.close());

beforeEach(() => {
  context = createContext({
    jobs: createJobQueue(),
    clock: systemClock,
    log: silentLog,
    actor: 'tester',
    appVersion: '0.0.0',
    resourcesFolder: world.at('resources'),
    dataFolder: world.folder,
  });
  assets = createAssets(context, createUploads());
  project = context.projects.open(world.at('tiny.vislex')).facts.project;
});

afterEach(() => disposeContext(context));

const without = (url: string): string => url.replace(/^assets\//, '');
const show = (url: string) => assets.asset(without(url));
const imageIds = (): readonly number[] => context.projects.get(project).reader.read.images.ids({ status: 'ok' });
const viewsFolder = (): string => world.at('tiny.vislex.cache', 'views');

describe('addresses', () => {
  it('are read as the contract writes them', () => {
    expect(parseAssetAddress(without(thumbnailUrl('p3', 12)))).toEqual({
      kind: 'thumbnail',
      project: 'p3',
      imageId: 12,
    });
    for (const scale of [1, 2, 4] as const) {
      const image = parseAssetAddress(without(viewUrl('p1', { imageId: 7 }, scale)));
      expect(image).toEqual({ kind: 'view', project: 'p1', imageId: 7, scale });
      const upload = parseAssetAddress(without(viewUrl('p1', { uploadId: 'u2' }, scale)));
      expect(upload).toEqual({ kind: 'upload', project: 'p1', uploadId: 'u2', scale });
    }
    expect(parseAssetAddress(without(guidePictureUrl('map.png')))).toEqual({ kind: 'guide', file: 'map.png' });
  });

  it('lead nowhere when they are anything else', async () => {
    const hostile = [
      '',
      '/',
      'p1',
      'p1/view/',
      'p1/view/-1',
      'p1/view/1e3',
      'p1/view/99999999999999999999',
      'p1/view/1?scale=3',
      'p1/view/1?scale=2&x=1',
      'p1/view/1%00',
      'p1/view/1\0.jpg',
      'p1/view/../../etc/passwd',
      'p1/view/..%2f..%2fetc%2fpasswd',
      'p1/upload/1',
      'p1/view/u1',
      'p1/thumbnail/1?scale=2',
      'p1/thumbnail/1\n',
      'P1/thumbnail/1',
      'p1//thumbnail/1',
      'guide/',
      'guide/..',
      'guide/../secret.png',
      'guide/..%2Fsecret.png',
      'guide/%2e%2e%2fsecret.png',
      'guide/..%5csecret.png',
      'guide/%00shown.png',
      'guide/%E0%A4%A',
      'guide/.hidden.png',
      'guide/a%20b.png',
      'guide/link.png',
      'guide/missing.png',
      `guide/${'a'.repeat(5_000)}.png`,
    ];
    for (const address of hostile) expect(await assets.asset(address), JSON.stringify(address)).toBeUndefined();
    expect(Buffer.from((await assets.asset('guide/shown.png'))!.bytes).toString()).toBe('picture');
  });

  it('never make the application fail, whatever they are', async () => {
    const part = fc.oneof(
      fc.constantFrom('p1', 'view', 'upload', 'thumbnail', 'guide', '..', '%2e%2e', '1', 'u1', '?scale=2', '%', '\\'),
      fc.string({ unit: 'binary' }),
      fc.bigInt().map(String),
    );
    const addresses = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(addresses, async (address) => {
        const found = await assets.asset(address);
        if (found) expect(parseAssetAddress(address)).toBeDefined();
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('of closed projects and unknown images lead nowhere', async () => {
    expect(await show(viewUrl(project, { imageId: 9_999 }))).toBeUndefined();
    expect(await show(thumbnailUrl(project, 9_999))).toBeUndefined();
    expect(await show(viewUrl('p999', { imageId: 1 }))).toBeUndefined();
    const [imageId] = imageIds();
    context.projects.close(project);
    expect(await show(viewUrl(project, { imageId: imageId! }))).toBeUndefined();
  });
});

describe('views', () => {
  it('are what the model sees, and thumbnails what import kept', async () => {
    const [imageId] = imageIds();
    const view = await show(viewUrl(project, { imageId: imageId! }));
    expect(view!.type).toBe('image/jpeg');
    const { width, height } = await sharp(view!.bytes).metadata();
    expect([width, height]).toEqual([TINY_SIZE_PX, TINY_SIZE_PX]);
    const thumbnail = await show(thumbnailUrl(project, imageId!));
    expect((await sharp(thumbnail!.bytes).metadata()).format).toBe('jpeg');
  });

  it('are as large as asked for where the image has the pixels, and no larger where it has not', async () => {
    const preprocessing = presetPreprocessing('unit', { width: 32, height: 32, channels: 3, layout: 'NCHW' });
    const views = createViews(context);
    const sizeAt = async (sidePx: number, scale: 1 | 2 | 4): Promise<number> => {
      const bytes = await sharp({ create: { width: sidePx, height: sidePx, channels: 3, background: '#4080c0' } })
        .png()
        .toBuffer();
      const image = { path: 'made.png', sha256: sha256(bytes), bytes };
      const jpeg = await views.view({ projectPath: null, preprocessing, image, scale });
      return (await sharp(jpeg).metadata()).width;
    };
    expect(await sizeAt(256, 1)).toBe(32);
    expect(await sizeAt(256, 4)).toBe(128);
    expect(await sizeAt(50, 4)).toBe(64);
    expect(await sizeAt(20, 4)).toBe(32);
  });

  it('are kept on disk, and drawn again when a kept one is damaged', async () => {
    rmSync(viewsFolder(), { recursive: true, force: true });
    const [imageId] = imageIds();
    const before = (await show(viewUrl(project, { imageId: imageId! })))!.bytes;
    // Written under another name first.
    const name = expect.stringMatching(/^[0-9a-f]{64}-[0-9a-f]{12}-1\.jpg$/) as string;
    await expect.poll(() => readdirSync(viewsFolder())).toEqual([name]);
    const file = join(viewsFolder(), readdirSync(viewsFolder())[0]!);
    const kept = readFileSync(file);
    // Another start of the application: the memory is empty, the file is used without drawing.
    const { mtimeMs } = statSync(file);
    const second = createAssets(context, createUploads());
    const address = without(viewUrl(project, { imageId: imageId! }));
    expect(Buffer.from((await second.asset(address))!.bytes).equals(before)).toBe(true);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    const damages = [kept.subarray(0, kept.length / 2), Buffer.alloc(0), flipped(kept)];
    for (const damaged of damages) {
      writeFileSync(file, damaged);
      const again = await createAssets(context, createUploads()).asset(address);
      expect(Buffer.from(again!.bytes).equals(before)).toBe(true);
      await expect.poll(() => readFileSync(file).equals(kept)).toBe(true);
    }
  });

  it('are left out for an image that changed, is gone, or whose folder was moved; the others go on', async () => {
    rmSync(viewsFolder(), { recursive: true, force: true });
    const [changed, gone, sound] = imageIds() as [number, number, number];
    const { read } = context.projects.get(project).reader;
    const pathOf = (imageId: number) => join(world.imagesFolder, read.images.get(imageId).path);
    const original = readFileSync(pathOf(changed));
    writeFileSync(pathOf(changed), readFileSync(pathOf(sound)));
    renameSync(pathOf(gone), `${pathOf(gone)}.away`);
    const asked = [changed, gone, sound].map((imageId) => show(viewUrl(project, { imageId })));
    expect((await Promise.all(asked)).map((asset) => asset !== undefined)).toEqual([false, false, true]);
    writeFileSync(pathOf(changed), original);
    renameSync(`${pathOf(gone)}.away`, pathOf(gone));
    renameSync(world.imagesFolder, `${world.imagesFolder}-moved`);
    expect(await show(viewUrl(project, { imageId: changed }))).toBeUndefined();
    renameSync(`${world.imagesFolder}-moved`, world.imagesFolder);
    expect(await show(viewUrl(project, { imageId: changed }))).toBeDefined();
  });

  it('are drawn one by one after a process died over several of them', async () => {
    rmSync(viewsFolder(), { recursive: true, force: true });
    let starts = 0;
    let deaths = 0;
    const pictures = createJobQueue({
      spawn: (workerPath) => {
        const compute = forkCompute(workerPath);
        return {
          ...compute,
          send: (request) => {
            // The first job holds one view; the second, all the others, dies at once.
            if (request.kind === 'start' && ++starts === 2) {
              deaths += 1;
              compute.kill();
            } else compute.send(request);
          },
        };
      },
    });
    const frail = createAssets({ ...context, pictures }, createUploads());
    const ids = imageIds().slice(0, 5);
    const shown = await Promise.all(ids.map((imageId) => frail.asset(without(viewUrl(project, { imageId })))));
    await pictures.dispose();
    expect(deaths).toBe(1);
    expect(shown.every((asset) => asset !== undefined)).toBe(true);
    expect(starts).toBe(2 + 4);
  });

  it('come newest first when many are asked for at once, each drawn once', async () => {
    const ids = imageIds();
    rmSync(viewsFolder(), { recursive: true, force: true });
    const order: number[] = [];
    await Promise.all(
      ids.map(async (imageId) => {
        const [one, same] = await Promise.all([
          show(viewUrl(project, { imageId })),
          show(viewUrl(project, { imageId })),
        ]);
        expect(one!.bytes).toBe(same!.bytes);
        order.push(imageId);
      }),
    );
    // The first request starts a job at once; the last ones are in the next, before all between.
    expect(order.indexOf(ids.at(-1)!)).toBeLessThan(order.indexOf(ids[1]!));
  });
});

describe('the cache of views', () => {
  it('lets go of the oldest files beyond its size', () =>
    inTempFolder(async (folder) => {
      const cache = createViewCache(silentLog, { memoryBytes: 0, diskBytes: 10_000 });
      for (let index = 0; index < 20; index++) {
        await cache.write(folder, `${String(index).padStart(2, '0')}.jpg`, new Uint8Array(996).fill(index));
        // Times of files are coarse on some disks.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const names = readdirSync(folder).sort();
      const bytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
      expect(bytes).toBeLessThanOrEqual(10_000);
      expect(names).toContain('19.jpg');
      expect(names).not.toContain('00.jpg');
      expect(await cache.read(folder, '19.jpg')).toEqual(Buffer.alloc(996, 19));
    }));

  it('goes on in memory where nothing can be written', () =>
    inTempFolder(async (folder) => {
      writeFileSync(join(folder, 'taken'), 'a file where the folder should be');
      const complaints: string[] = [];
      const log = { ...silentLog, warn: (message: string) => void complaints.push(message) };
      const cache = createViewCache(log);
      for (const name of ['a.jpg', 'b.jpg']) await cache.write(join(folder, 'taken'), name, new Uint8Array([1, 2, 3]));
      expect(await cache.read(join(folder, 'taken'), 'a.jpg')).toEqual(new Uint8Array([1, 2, 3]));
      expect(complaints).toEqual(['views are kept in memory only']);
    }));
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length >> 1]! ^= 1;
  return copy;
}
