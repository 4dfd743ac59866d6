/** What decoding and caching cost beside the model, and how fast the cache reads. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { zeros } from '../../main/engine/tensor/tensor.ts';
import { openFeatureCache } from '../../main/jobs/cache/feature-cache.ts';
import { readImageFile } from '../../main/jobs/images/read-file.ts';
import { createMemo } from '../../main/jobs/memo.ts';
import type { TaskContext } from '../../main/jobs/task.ts';
import { extract } from '../../main/jobs/tasks/extract.ts';
import type { ExtractEvent } from '../../main/jobs/tasks/extract.ts';
import { sha256 } from '../../main/platform/hash.ts';
import { listImageFiles } from '../../main/platform/walk.ts';
import { median } from './bench-result.ts';
import type { BenchResult } from './bench-result.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATA = join(ROOT, '../shared/data');
const MODEL = join(DATA, 'models/mobilenetv2_caltech24.onnx');
/** Alternating rounds; the median ratio stands, so that other programs disturb both sides alike. */
const ROUNDS = 5;
const IMAGE_COUNT = 240;
const BATCH = 8;

const preprocessing = presetPreprocessing('imagenet', { width: 224, height: 224, channels: 3, layout: 'NCHW' });

/** Runs the bench; the first part is left out where the shared data is absent. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vislex-bench-'));
  try {
    return [...(existsSync(MODEL) ? await benchExtraction(folder) : []), ...(await benchCache(folder))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Cost {
  /** Milliseconds per image: on the clock, and of all processors together. */
  readonly wall: number;
  readonly cpu: number;
}

async function measure(imageCount: number, action: () => Promise<unknown>): Promise<Cost> {
  const cpuStart = process.cpuUsage();
  const start = performance.now();
  await action();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuStart);
  return { wall: wall / imageCount, cpu: (user + system) / 1000 / imageCount };
}

async function benchExtraction(folder: string): Promise<BenchResult[]> {
  const { files } = await listImageFiles(join(DATA, 'caltech24/test'));
  const paths = files.slice(0, IMAGE_COUNT).map((file) => file.path);
  const images = await Promise.all(paths.map(async (path) => ({ path, sha256: (await readImageFile(path)).sha256 })));
  const runner = createRunner({ provider: 'cpu' });
  const session = await runner.openModel(MODEL);
  const input = zeros('float32', [BATCH, 3, 224, 224]);
  const random = createRandom(1);
  input.data.forEach((_, index) => (input.data[index] = random.normal()));
  const bareLoop = async () => {
    for (let done = 0; done < images.length; done += BATCH) await session.run({ input });
  };
  const context: TaskContext<ExtractEvent> = {
    signal: new AbortController().signal,
    createRunner: () => Promise.resolve(runner),
    workerPath: join(ROOT, 'main/jobs/worker.ts'),
    now: () => performance.now(),
    memo: createMemo(),
    progress: () => undefined,
    emit: () => Promise.resolve(),
  };
  let round = 0;
  const extraction = (count: number) => () =>
    extract(
      { modelPath: MODEL, images: images.slice(0, count), preprocessing, cachesFolder: join(folder, String(round++)) },
      context,
    );
  await bareLoop();
  await extraction(BATCH)();
  const bare: Cost[] = [];
  const whole: Cost[] = [];
  const starts: number[] = [];
  for (let turn = 0; turn < ROUNDS; turn++) {
    bare.push(await measure(images.length, bareLoop));
    // Opening model, cache and decoding thread costs the same for any number of images: measured apart, taken off.
    const start = await measure(1, extraction(BATCH));
    const all = await measure(1, extraction(images.length));
    const count = images.length - BATCH;
    starts.push(start.wall);
    whole.push({ wall: (all.wall - start.wall) / count, cpu: (all.cpu - start.cpu) / count });
  }
  await session.dispose();
  const ratio = (kind: keyof Cost) => median(whole.map((cost, index) => cost[kind] / bare[index]![kind]));
  return [
    {
      name: 'extraction of MobileNetV2 features against a bare loop of session.run',
      value: 1000 / median(whole.map((cost) => cost.wall)),
      unit: 'images/s',
      target: 1.1,
      ratio: ratio('wall'),
    },
    {
      name: 'processor time of extraction against a bare loop of session.run',
      value: median(whole.map((cost) => cost.cpu)),
      unit: 'ms/image',
      ratio: ratio('cpu'),
    },
    { name: `start of an extraction, its first ${BATCH} images included`, value: median(starts), unit: 'ms' },
  ];
}

const identity = { modelSha256: sha256('bench'), preprocessing, cut: 'bench' };

async function benchCache(folder: string): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  // Training batches of 80 at random from records as MobileNetV2 makes them.
  const wide = { channels: 1280, height: 7, width: 7, classCount: 24, attentionSource: 'closedForm' } as const;
  const wideCache = await fill(join(folder, 'wide'), wide, 400);
  const random = createRandom(2);
  const times: number[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const indices = random.shuffle(Array.from({ length: 400 }, (_, index) => index)).slice(0, 80);
    const start = performance.now();
    await wideCache.source.read(indices);
    times.push(performance.now() - start);
  }
  await wideCache.close();
  results.push({ name: 'reading 80 random records of 1280 x 7 x 7 features', value: median(times), unit: 'ms' });
  return results;
}

async function fill(folder: string, shape: Parameters<typeof openFeatureCache>[2], count: number) {
  const cache = await openFeatureCache(folder, identity, shape);
  const { channels, height, width, classCount } = shape;
  const names = Array.from({ length: count }, (_, index) => sha256(String(index)));
  for (let start = 0; start < count; start += 100) {
    const part = names.slice(start, start + 100);
    await cache.append(part, {
      features: zeros('float32', [part.length, channels, height, width]),
      logits: zeros('float32', [part.length, classCount]),
      attention: zeros('float32', [part.length, height, width]),
    });
  }
  await cache.commit();
  return { source: cache.source(names), close: () => cache.close() };
}
