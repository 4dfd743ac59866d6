/** The feature cache: what is written comes back, torn writes are cut off, and only what is missing is asked for. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { float32 } from '../../main/engine/tensor/tensor.ts';
import type { FeatureBatch } from '../../main/engine/training/feature-source.ts';
import { openFeatureCache, readFeatureCache } from '../../main/jobs/cache/feature-cache.ts';
import type { FeatureCache } from '../../main/jobs/cache/feature-cache.ts';
import { cacheKey, recordLayout } from '../../main/jobs/cache/layout.ts';
import { sha256 } from '../../main/platform/hash.ts';

const shape = { channels: 5, height: 3, width: 2, classCount: 3, attentionSource: 'closedForm' } as const;
const preprocessing = presetPreprocessing('imagenet', { width: 32, height: 32, channels: 3, layout: 'NCHW' });
const identity = { modelSha256: sha256('model'), preprocessing, cut: 'features' };
const names = Array.from({ length: 20 }, (_, index) => sha256(`image ${index}`));

let folder: string;
let cache: FeatureCache | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vislex-cache-'));
});

afterEach(async () => {
  await cache?.close();
  cache = undefined;
  rmSync(folder, { recursive: true });
});

/** Values that float16 holds exactly: multiples of 1/8. */
function batchOf(images: readonly number[]): FeatureBatch {
  const values = (label: string, length: number) =>
    images.flatMap((image) => {
      const random = createRandom(image).fork(label);
      return Array.from({ length }, () => random.integer(1000) / 8);
    });
  const count = images.length;
  return {
    features: float32(values('features', 30), [count, 5, 3, 2]),
    logits: float32(
      values('logits', 3).map((value) => value / 3),
      [count, 3],
    ),
    attention: float32(
      values('attention', 6).map((value) => value / 125),
      [count, 3, 2],
    ),
  };
}

async function fill(images: readonly number[]): Promise<FeatureCache> {
  cache = await openFeatureCache(folder, identity, shape);
  await cache.append(
    images.map((image) => names[image]!),
    batchOf(images),
  );
  await cache.commit();
  return cache;
}

const here = () => join(folder, cacheKey(identity));
const recordBytes = recordLayout(shape, 'float16').recordBytes;

describe('a feature cache', () => {
  it('gives back what was put in, in any order and repeatedly, from another process too', async () => {
    await (await fill([0, 1, 2, 3, 4])).append([names[5]!], batchOf([5]));
    await cache!.close();
    cache = await readFeatureCache(here());
    const source = cache.source(names.slice(0, 6));
    expect(source).toMatchObject({ count: 6, channels: 5, height: 3, width: 2, classCount: 3 });
    expect(await source.read([4, 0, 1, 4, 5])).toEqual(batchOf([4, 0, 1, 4, 5]));
    expect(await source.read([])).toMatchObject({ logits: { shape: [0, 3] } });
  });

  it('serves several reads at once', async () => {
    const source = (await fill([0, 1, 2, 3])).source(names.slice(0, 4));
    const [first, second] = await Promise.all([source.read([3, 2]), source.read([0, 1])]);
    expect([first, second]).toEqual([batchOf([3, 2]), batchOf([0, 1])]);
  });

  it('keeps features within float16 and logits exactly', async () => {
    cache = await openFeatureCache(folder, identity, shape);
    const batch = batchOf([7]);
    batch.features.data.set([Math.PI, 6e-5, -65504]);
    await cache.append([names[7]!], batch);
    const { features } = await cache.source([names[7]!]).read([0]);
    expect(features.data[0]).toBeCloseTo(Math.PI, 2);
    expect(Math.abs(features.data[0]! - Math.PI) / Math.PI).toBeLessThan(2 ** -11);
    expect(features.data[2]).toBe(-65504);
  });

  it('says when a value does not fit, and holds it after widening', async () => {
    await fill([0]);
    const batch = batchOf([1]);
    batch.features.data[3] = 70_000;
    expect(await cache!.append([names[1]!], batch)).toBe(false);
    expect(cache!.has(names[1]!)).toBe(false);
    await cache!.widen();
    expect(cache!.count).toBe(0);
    expect(await cache!.append([names[1]!], batch)).toBe(true);
    await cache!.close();
    cache = await openFeatureCache(folder, identity, shape);
    expect(cache.precision).toBe('float32');
    expect(await cache.source([names[1]!]).read([0])).toEqual(batch);
  });

  it('knows after a restart what it has', async () => {
    await (await fill([0, 1])).close();
    cache = await openFeatureCache(folder, identity, shape);
    expect(names.filter((name) => cache!.has(name))).toEqual(names.slice(0, 2));
    await cache.append(names.slice(2, 4), batchOf([2, 3]));
    expect(await cache.source(names.slice(0, 4)).read([0, 1, 2, 3])).toEqual(batchOf([0, 1, 2, 3]));
  });

  it('names the image that has no record', async () => {
    expect(() => cache!.source([names[9]!])).toThrow();
    await fill([0]);
    expect(() => cache!.source([names[9]!])).toThrow(names[9]);
  });

  it('lives in a folder of its own for every model, preprocessing and cut', () => {
    const others = [
      { ...identity, modelSha256: sha256('another') },
      { ...identity, cut: 'earlier' },
      { ...identity, preprocessing: { ...preprocessing, mean: [0, 0, 0] } },
    ];
    expect(new Set([identity, ...others].map(cacheKey)).size).toBe(4);
    expect(cacheKey({ cut: identity.cut, preprocessing, modelSha256: identity.modelSha256 })).toBe(cacheKey(identity));
  });
});

describe('after an interruption', () => {
  it('drops a torn index entry and the record behind it is made again', async () => {
    await (await fill([0, 1, 2])).close();
    const index = join(here(), 'index.bin');
    truncateSync(index, statSync(index).size - 5);
    cache = await openFeatureCache(folder, identity, shape);
    expect(names.slice(0, 3).map((name) => cache!.has(name))).toEqual([true, true, false]);
    await cache.append([names[2]!], batchOf([2]));
    await cache.close();
    cache = await openFeatureCache(folder, identity, shape);
    expect(await cache.source(names.slice(0, 3)).read([2, 0, 1])).toEqual(batchOf([2, 0, 1]));
  });

  it('drops records that were written but never committed', async () => {
    await (await fill([0, 1])).close();
    // A record without an index entry, as a kill between the two writes leaves it.
    appendFileSync(join(here(), 'shard-000000.bin'), new Uint8Array(recordBytes + 7).fill(0xab));
    cache = await openFeatureCache(folder, identity, shape);
    expect(cache.count).toBe(2);
    await cache.append(names.slice(2, 4), batchOf([2, 3]));
    expect(await cache.source(names.slice(0, 4)).read([3, 2, 1, 0])).toEqual(batchOf([3, 2, 1, 0]));
  });

  it('drops entries whose records never reached the disk', async () => {
    await (await fill([0, 1, 2])).close();
    truncateSync(join(here(), 'shard-000000.bin'), recordBytes + 3);
    cache = await openFeatureCache(folder, identity, shape);
    expect(names.slice(0, 3).map((name) => cache!.has(name))).toEqual([true, false, false]);
  });

  it('drops garbage at the end of the index', async () => {
    await (await fill([0])).close();
    appendFileSync(join(here(), 'index.bin'), new Uint8Array(200).fill(1));
    cache = await openFeatureCache(folder, identity, shape);
    expect(cache.count).toBe(1);
  });

  it('refuses a record whose bytes changed, by the image', async () => {
    await (await fill([0, 1])).close();
    const shard = join(here(), 'shard-000000.bin');
    const bytes = readFileSync(shard);
    bytes[recordBytes + 10]! ^= 1;
    writeFileSync(shard, bytes);
    cache = await openFeatureCache(folder, identity, shape);
    const source = cache.source(names.slice(0, 2));
    expect(await source.read([0])).toEqual(batchOf([0]));
    await expect(source.read([1])).rejects.toMatchObject({
      code: 'cache',
      message: expect.stringContaining(names[1]!),
    });
  });

  it.each(['', '{}', '{"format": 99}'])('starts afresh when the manifest reads %j', async (text) => {
    await (await fill([0])).close();
    writeFileSync(join(here(), 'manifest.json'), text);
    cache = await openFeatureCache(folder, identity, shape);
    expect(cache.count).toBe(0);
    await cache.append([names[0]!], batchOf([0]));
    expect(await cache.source([names[0]!]).read([0])).toEqual(batchOf([0]));
  });

  it('is made again when its folder was deleted', async () => {
    await (await fill([0])).close();
    rmSync(here(), { recursive: true });
    await expect(readFeatureCache(here())).rejects.toMatchObject({ code: 'cache' });
    expect((await fill([0, 1])).count).toBe(2);
  });
});
