/** Task: runs the untouched base model over images and keeps features, logits and Grad-CAM in the feature cache. */
import { createGradCam } from '../../engine/explain/grad-cam.ts';
import type { AttentionSource, GradCam } from '../../engine/explain/grad-cam.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import type { FeatureBatch } from '../../engine/training/feature-source.ts';
import { tensor } from '../../engine/tensor/tensor.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { openFeatureCache } from '../cache/feature-cache.ts';
import type { FeatureCache } from '../cache/feature-cache.ts';
import type { ImageReference, SkippedImage } from '../images/image-reference.ts';
import { loadBatches } from '../images/load-batches.ts';
import { openBaseModel } from '../model/base-model.ts';
import type { BaseModel } from '../model/base-model.ts';
import { readModel } from '../model/read-model.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { DeviceChoice, Task, TaskContext } from '../task.ts';

/** What to extract, and where to. */
export interface ExtractInput extends ModelReference {
  /** An image that occurs twice (by content) is run once. */
  readonly images: readonly ImageReference[];
  readonly preprocessing: Preprocessing;
  /** Name of the tensor at the cut point. Default: the last spatial map. */
  readonly cut?: string;
  /** The folder that holds all caches of the project: `<project>.vislex.cache`. */
  readonly cachesFolder: string;
  /** Default 'cpu'. */
  readonly device?: DeviceChoice;
}

/** Skipped images, as they are met. */
export type ExtractEvent = readonly SkippedImage[];

/** What the cache now holds. */
export interface ExtractOutput {
  /** Folder of this model, preprocessing and cut; `learn` and `evaluate` read from it. */
  readonly cacheFolder: string;
  readonly extractedCount: number;
  /** Images whose record was already there. */
  readonly reusedCount: number;
  readonly skippedCount: number;
  /** Name of the tensor at the cut point. */
  readonly cut: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly classCount: number;
  /** How the attention maps were made. */
  readonly attentionSource: AttentionSource;
}

/** Resumable: images whose record is in the cache are not run again; what was finished before a stop is kept. */
export const extract: Task<ExtractInput, ExtractOutput, ExtractEvent> = async (input, context) => {
  const model = readModel(input);
  const runner = await context.createRunner(input.device ?? 'cpu');
  const { preprocessing } = input;
  const base = await openBaseModel({ model, preprocessing, runner, cut: input.cut });
  const { cutPoint, head, headGraph } = base.cut;
  const gradCam = await createGradCam({ head, headGraph, runner });
  const shape = {
    channels: cutPoint.channels,
    height: cutPoint.height,
    width: cutPoint.width,
    classCount: model.inspection.output.classCount,
    attentionSource: gradCam.source,
  };
  const identity = { modelSha256: model.sha256, preprocessing, cut: cutPoint.tensor };
  const cache = await openFeatureCache(input.cachesFolder, identity, shape);
  try {
    const images = distinct(input.images);
    const reusedCount = images.filter((image) => cache.has(image.sha256)).length;
    const skippedCount = await fill(cache, images, { base, gradCam, preprocessing, context });
    return {
      cacheFolder: cache.folder,
      extractedCount: images.length - reusedCount - skippedCount,
      reusedCount,
      skippedCount,
      cut: cutPoint.tensor,
      ...shape,
    };
  } finally {
    await cache.close();
    await gradCam.dispose();
    await base.dispose();
  }
};

interface Tools {
  readonly base: BaseModel;
  readonly gradCam: GradCam;
  readonly preprocessing: Preprocessing;
  readonly context: TaskContext<ExtractEvent>;
}

/** Makes the missing records. @returns the number of images that were skipped */
async function fill(cache: FeatureCache, images: readonly ImageReference[], tools: Tools): Promise<number> {
  const { base, context, preprocessing } = tools;
  const missing = images.filter((image) => !cache.has(image.sha256));
  let done = images.length - missing.length;
  let skippedCount = 0;
  const report = () => context.progress({ phase: 'extract', done, total: images.length, unit: 'images' });
  report();
  const options = { preprocessing, batchSize: base.batchSize, workerPath: context.workerPath };
  for await (const batch of loadBatches(missing, options)) {
    context.signal.throwIfAborted();
    const skipped = [...batch.skipped];
    if (batch.images.length > 0) {
      const computed = await compute(tools, batch.data, batch.images.length);
      const isSound = Array.from(batch.images, (_, index) => isFinite(computed, index));
      batch.images.forEach((image, index) => {
        if (!isSound[index]) skipped.push({ ...image, reason: 'The model gives values for it that are not numbers.' });
      });
      const kept = pick(computed, isSound);
      const names = batch.images.filter((_, index) => isSound[index]).map((image) => image.sha256);
      if (!(await cache.append(names, kept))) {
        // A value beyond float16 is rare and shows early; the records so far are made again, twice as wide.
        await cache.widen();
        return fill(cache, images, tools);
      }
    }
    if (skipped.length > 0) await context.emit(skipped);
    skippedCount += skipped.length;
    done += batch.images.length + batch.skipped.length;
    report();
  }
  return skippedCount;
}

async function compute(tools: Tools, data: Float32Array, count: number): Promise<FeatureBatch> {
  const { features, logits } = await tools.base.run(data, count);
  const { maps } = await tools.gradCam.maps(features, topClasses(logits));
  return { features, logits, attention: maps };
}

/** The class of the largest logit of each image. */
export function topClasses(logits: Tensor<'float32'>): number[] {
  const [count, classCount] = logits.shape as [number, number];
  return Array.from({ length: count }, (_, image) => {
    const row = logits.data.subarray(image * classCount, (image + 1) * classCount);
    return row.reduce((best, value, index) => (value > row[best]! ? index : best), 0);
  });
}

/** Whether an image's values are all numbers. A sum shows it: anything infinite or undefined stays so. */
function isFinite(batch: FeatureBatch, image: number): boolean {
  const sum = (value: Tensor<'float32'>) => {
    const length = value.data.length / value.shape[0]!;
    let total = 0;
    for (let at = image * length; at < (image + 1) * length; at++) total += value.data[at]!;
    return total;
  };
  return Number.isFinite(sum(batch.features) + sum(batch.logits));
}

/** The images of a batch that are sound; the batch itself when all are. */
function pick(batch: FeatureBatch, isKept: readonly boolean[]): FeatureBatch {
  if (isKept.every(Boolean)) return batch;
  const rows = (value: Tensor<'float32'>) => {
    const length = value.data.length / value.shape[0]!;
    const parts = isKept.flatMap((kept, image) =>
      kept ? [...value.data.subarray(image * length, (image + 1) * length)] : [],
    );
    return tensor('float32', [parts.length / length, ...value.shape.slice(1)], Float32Array.from(parts));
  };
  return { features: rows(batch.features), logits: rows(batch.logits), attention: rows(batch.attention) };
}

/** Each content once, in order. */
function distinct(images: readonly ImageReference[]): ImageReference[] {
  const seen = new Set<string>();
  return images.filter(({ sha256 }) => !seen.has(sha256) && seen.add(sha256));
}
