/** The tasks on real files and the real model: inspection, extraction, resume, kill, accuracy of the base model. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { createJobQueue, readFeatureCache } from '../../main/jobs/index.ts';
import type {
  ComputeProcess,
  ExtractInput,
  ImageInspection,
  ImageReference,
  JobQueue,
  SkippedImage,
} from '../../main/jobs/index.ts';
import { forkCompute } from '../../main/jobs/process.ts';
import { listImageFiles } from '../../main/platform/walk.ts';

const DATA = join(import.meta.dirname, '../../../shared/data');
const modelPath = join(DATA, 'models/mobilenetv2_caltech24.onnx');
const testFolder = join(DATA, 'caltech24/test');
const preprocessing = presetPreprocessing('imagenet', { width: 224, height: 224, channels: 3, layout: 'NCHW' });

let queue: JobQueue;
let folder: string;

beforeAll(() => {
  queue = createJobQueue();
  folder = mkdtempSync(join(tmpdir(), 'vislex-tasks-'));
});

afterAll(async () => {
  await queue.dispose();
  rmSync(folder, { recursive: true });
});

async function inspect(paths: readonly string[]): Promise<ImageInspection[]> {
  const found: ImageInspection[] = [];
  await queue.run('inspectImages', { paths }, { onEvent: (chunk) => found.push(...chunk) });
  return found;
}

async function references(paths: readonly string[]): Promise<ImageReference[]> {
  const found = await inspect(paths);
  return found.flatMap((file) => (file.status === 'ok' ? [{ path: file.path, sha256: file.sha256 }] : []));
}

describe('inspectImages', () => {
  it('reports every file in order, the bad ones with a reason, and goes on', async () => {
    const good = join(folder, 'good.png');
    const bad = join(folder, 'bad.jpg');
    const drawing = join(folder, 'drawing.png');
    await sharp({ create: { width: 400, height: 200, channels: 3, background: '#123456' } })
      .png()
      .toFile(good);
    writeFileSync(bad, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]));
    writeFileSync(drawing, '<svg/>');
    const paths = [bad, good, join(folder, 'gone.jpg'), drawing, folder, good];
    const found = await inspect(paths);
    expect(found.map((file) => file.path)).toEqual(paths);
    expect(found.map((file) => file.status)).toEqual(['unreadable', 'ok', 'unreadable', 'refused', 'unreadable', 'ok']);
    expect(found[1]).toMatchObject({ width: 400, height: 200, format: 'png' });
    const thumbnail = await sharp((found[1] as { thumbnail: Uint8Array }).thumbnail).metadata();
    expect([thumbnail.width, thumbnail.height]).toEqual([160, 80]);
    expect(found[2]).toMatchObject({ reason: expect.stringContaining('gone.jpg') });
  });
});

describe.skipIf(!existsSync(modelPath))('with the shared model and images', () => {
  let images: ImageReference[];
  let input: ExtractInput;

  beforeAll(async () => {
    const { files } = await listImageFiles(join(testFolder, 'dalmatian'));
    images = await references(files.map((file) => file.path));
    input = { modelPath, images, preprocessing, cachesFolder: join(folder, 'caches') };
  });

  it('inspectModel finds the cut point and the kind of head', async () => {
    const result = await queue.run('inspectModel', { modelPath });
    expect(result.cutPoint).toMatchObject({ channels: 1280, height: 7, width: 7 });
    expect(result.headKind).toBe('gap-linear');
    expect(result.inspection.output.classCount).toBe(24);
  });

  it('extract resumes after a cancel and runs only what is missing', async () => {
    const part = await queue.run('extract', { ...input, images: images.slice(0, 5) });
    expect(part).toMatchObject({ extractedCount: 5, reusedCount: 0, skippedCount: 0, attentionSource: 'closedForm' });
    // A cancel in the middle keeps what was done; whatever that was, nothing is done twice and nothing is lost.
    const controller = new AbortController();
    const stopped = queue.run('extract', input, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    const rest = await queue.run('extract', input);
    expect(rest.reusedCount).toBeGreaterThanOrEqual(5);
    expect(rest.extractedCount + rest.reusedCount).toBe(images.length);
    const again = await queue.run('extract', input);
    expect(again).toMatchObject({ extractedCount: 0, reusedCount: images.length });
  });

  it('extract goes on after SIGKILLs at random moments, and every record is whole', async () => {
    const random = createRandom(3);
    const cachesFolder = join(folder, 'killed');
    let compute: ComputeProcess | undefined;
    const fragile = createJobQueue({
      spawn: (path) => {
        compute = forkCompute(path);
        return compute;
      },
    });
    for (let attempt = 0; attempt < 4; attempt++) {
      const job = fragile.run('extract', { ...input, cachesFolder });
      const timer = setTimeout(() => compute?.kill(), 400 + random.integer(1200));
      // Killed, or done before the kill.
      await job.catch((error: unknown) => expect(error).toMatchObject({ code: 'compute-crashed' }));
      clearTimeout(timer);
    }
    const result = await fragile.run('extract', { ...input, cachesFolder });
    await fragile.dispose();
    expect(result.extractedCount + result.reusedCount).toBe(images.length);
    const cache = await readFeatureCache(result.cacheFolder);
    const all = images.map((_, index) => index);
    expect((await cache.source(images.map((image) => image.sha256)).read(all)).logits.shape).toEqual([
      images.length,
      24,
    ]);
    await cache.close();
  });

  it('extract gives the same records in one go and in pieces', async () => {
    const whole = await queue.run('extract', { ...input, cachesFolder: join(folder, 'whole') });
    const pieces = await queue.run('extract', input);
    const [one, two] = await Promise.all([whole, pieces].map((result) => readFeatureCache(result.cacheFolder)));
    const names = images.map((image) => image.sha256);
    const all = names.map((_, index) => index);
    const [a, b] = [await one!.source(names).read(all), await two!.source(names).read(all)];
    // The batches differ, so that sums may be taken in another order: float32 rounding, then float16.
    a.logits.data.forEach((value, index) => expect(b.logits.data[index]).toBeCloseTo(value, 3));
    for (let image = 0; image < names.length; image++) {
      const map = a.attention.data.subarray(image * 49, (image + 1) * 49);
      expect(Math.max(...map)).toBe(1);
      expect(Math.min(...map)).toBeGreaterThanOrEqual(0);
    }
    await Promise.all([one!.close(), two!.close()]);
  });

  it('extract lists files that changed, vanished or broke since import, and goes on with the others', async () => {
    const paths = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'].map((name) => join(folder, name));
    paths.forEach((path, index) => copyFileSync(images[index]!.path, path));
    const own = images.slice(0, 4).map((image, index) => ({ ...image, path: paths[index]! }));
    writeFileSync(paths[0]!, 'changed');
    rmSync(paths[2]!);
    const skipped: SkippedImage[] = [];
    const result = await queue.run(
      'extract',
      { ...input, images: [...own, own[1]!], cachesFolder: join(folder, 'moved') },
      { onEvent: (event) => skipped.push(...event) },
    );
    expect(result).toMatchObject({ extractedCount: 2, skippedCount: 2 });
    expect(skipped.map((image) => image.path)).toEqual([paths[0], paths[2]]);
    expect(skipped[0]!.reason).toContain('changed since it was imported');
  });

  it('extract refuses a model that changed since import', async () => {
    const error = queue.run('extract', { ...input, modelSha256: '0'.repeat(64) });
    await expect(error).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('has changed'),
    });
  });

  it('the base model has its published accuracy of 0.979 on the test split, within half a point', async () => {
    const labels = readdirSync(testFolder).sort();
    const { files } = await listImageFiles(testFolder);
    const all = await references(files.map((file) => file.path));
    expect(all.length).toBe(436);
    const result = await queue.run('extract', { ...input, images: all });
    const cache = await readFeatureCache(result.cacheFolder);
    const { logits } = await cache.source(all.map((image) => image.sha256)).read(all.map((_, index) => index));
    await cache.close();
    const right = files.filter((file, index) => {
      const row = [...logits.data.subarray(index * 24, (index + 1) * 24)];
      return labels[row.indexOf(Math.max(...row))] === file.relativePath.split('/')[0];
    });
    expect(Math.abs(right.length / all.length - 0.979)).toBeLessThan(0.005);
  });

  it('checkPreprocessing recommends the preset the model was trained with, and warns of wrong labels', async () => {
    const labels = readdirSync(testFolder).sort();
    const { files } = await listImageFiles(testFolder);
    const few = files.filter((_, index) => index % 12 === 0);
    const some = await references(few.map((file) => file.path));
    const classes = few.map((file) => labels.indexOf(file.relativePath.split('/')[0]!));
    const samples = some.map((image, index) => ({ ...image, classIndex: classes[index]! }));
    const { trials, warning } = await queue.run('checkPreprocessing', { modelPath, samples });
    expect(warning).toBeUndefined();
    expect(trials[0]!.accuracy).toBeGreaterThan(0.9);
    expect(trials.find((trial) => trial.name === 'imagenet')!.accuracy).toBe(trials[0]!.accuracy);
    const wrong = samples.map((sample) => ({ ...sample, classIndex: (sample.classIndex + 1) % 24 }));
    const second = await queue.run('checkPreprocessing', { modelPath, samples: wrong, preprocessing });
    expect(second.warning).toContain('order of the labels');
  });
});
