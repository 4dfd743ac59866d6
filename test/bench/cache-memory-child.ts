/** One step of the cache-memory bench in a process of its own: fills a simulated cache, or learns from it. */
import { performance } from 'node:perf_hooks';
import { createRunner } from '../../main/engine/runtime/session.ts';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { zeros } from '../../main/engine/tensor/tensor.ts';
import { learnWords } from '../../main/engine/training/learn.ts';
import { parsePreset } from '../../main/engine/training/preset-check.ts';
import { openFeatureCache, readFeatureCache } from '../../main/jobs/cache/feature-cache.ts';
import { sha256 } from '../../main/platform/hash.ts';

/** What a learning process reports. */
export interface LearnMemory {
  /** Resident memory before the cache is opened, MB. */
  readonly baseline: number;
  /** Most resident memory of the process up to its end, MB. */
  readonly peak: number;
  readonly seconds: number;
}

/**
 * Few channels keep the disk small; many classes make words as long as real ones (200 evidence and 16 principal
 * directions), so that the sample of positions for clustering is about as large for 2,000 images as it ever gets.
 */
const SHAPE = { channels: 16, height: 7, width: 7, classCount: 200, attentionSource: 'closedForm' } as const;
const IDENTITY = {
  modelSha256: sha256('bench'),
  preprocessing: presetPreprocessing('imagenet', { width: 224, height: 224, channels: 3, layout: 'NCHW' }),
  cut: 'bench',
};
/** Records written at once. */
const PART = 100;

/** Every pass that learning has: principal directions, clustering, an epoch with attention, push, last layer. */
const PRESET = parsePreset({
  name: 'bench',
  title: 'Bench',
  description: 'Bench',
  wordCount: { kind: 'fixed', count: 20 },
  addOn: { kind: 'structured', evidenceScale: 1, principalScale: 0.3, principalCount: 16, activation: 'relu' },
  similarity: { kind: 'cosinePower', exponent: 3 },
  pooling: 'mean',
  wordStart: 'sphericalKmeans',
  tiedWords: true,
  lastLayer: { start: 'neutral', fit: 'convex', nonNegative: true, bias: false, l2: [1e-2] },
  batchSize: 80,
  phases: [
    {
      phase: 'joint',
      epochs: 1,
      lossWeights: { crossEntropy: 1, softIou: 1, imageContrast: 0.3 },
      rates: { addOn: { rate: 3e-3 } },
      pushAfter: false,
      patience: 1,
    },
  ],
});

function nameOf(index: number): string {
  return sha256(String(index));
}

/** Writes `count` records of random values. @returns the cache's folder */
async function fill(cachesFolder: string, count: number): Promise<string> {
  const cache = await openFeatureCache(cachesFolder, IDENTITY, SHAPE);
  const random = createRandom(1);
  const { channels, height, width, classCount } = SHAPE;
  const batch = {
    features: zeros('float32', [PART, channels, height, width]),
    logits: zeros('float32', [PART, classCount]),
    attention: zeros('float32', [PART, height, width]),
  };
  for (const { data } of Object.values(batch)) data.forEach((_, index) => (data[index] = random.next()));
  for (let start = 0; start < count; start += PART) {
    await cache.append(
      Array.from({ length: PART }, (_, offset) => nameOf(start + offset)),
      batch,
    );
  }
  await cache.commit();
  await cache.close();
  return cache.folder;
}

async function learn(folder: string, count: number): Promise<LearnMemory> {
  const baseline = process.memoryUsage().rss / 2 ** 20;
  const start = performance.now();
  const cache = await readFeatureCache(folder);
  const all = Array.from({ length: count }, (_, index) => index);
  const classDirections = zeros('float32', [SHAPE.classCount, SHAPE.channels]);
  const random = createRandom(2);
  classDirections.data.forEach((_, index) => (classDirections.data[index] = random.normal()));
  await learnWords({
    preset: PRESET,
    seed: 1,
    splits: { train: all.filter((index) => index % 10 > 0), validation: all.filter((index) => index % 10 === 0) },
    classDirections,
    source: cache.source(all.map(nameOf)),
    runner: createRunner({ provider: 'cpu', threads: 1 }),
  });
  await cache.close();
  const seconds = (performance.now() - start) / 1000;
  return { baseline, peak: process.resourceUsage().maxRSS / 2 ** 10, seconds };
}

const [action, folder, count] = process.argv.slice(2) as [string, string, string];
process.send!(await (action === 'fill' ? fill : learn)(folder, Number(count)));
process.disconnect();
