/** Task: learns visual words from the features in the cache. */
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { cutModel } from '../../engine/onnx/index.ts';
import { learnWords } from '../../engine/training/learn.ts';
import type { HistoryEntry, LearnOptions, LearnProgress, LearnResult } from '../../engine/training/learn-types.ts';
import type { PushedPatch } from '../../engine/words/patch.ts';
import { readFeatureCache } from '../cache/feature-cache.ts';
import { classDirections } from '../model/class-directions.ts';
import { readModel } from '../model/read-model.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { DeviceChoice, Task } from '../task.ts';

/** What to learn from what; the fields not described here are those of `learnWords`. */
export interface LearnInput extends Pick<
  LearnOptions,
  'preset' | 'seed' | 'wordCount' | 'target' | 'splits' | 'labels' | 'resumeFrom'
> {
  readonly model: ModelReference & { readonly preprocessing: Preprocessing };
  /** Name of the tensor at the cut point, as `extract` returned it. */
  readonly cut: string;
  /** As `extract` returned it. */
  readonly cacheFolder: string;
  /** SHA-256 of image 0, 1, ...; `splits` and `labels` are about these. */
  readonly images: readonly string[];
  /** Default 'cpu'. */
  readonly device?: DeviceChoice;
}

/** A sign of life with its losses, an epoch that ended, words that are patches, or bytes that resume the run. */
export type LearnEvent =
  | { readonly kind: 'progress'; readonly progress: LearnProgress }
  | { readonly kind: 'epoch'; readonly entry: HistoryEntry }
  | { readonly kind: 'pushed'; readonly patches: readonly PushedPatch[] }
  | { readonly kind: 'checkpoint'; readonly bytes: Uint8Array };

/** `fraction` of the engine's progress is counted in these. */
const PROGRESS_PARTS = 1000;

/** At most this many progress events a second reach the parent. */
const EVENT_INTERVAL_MS = 200;

/** @throws EngineError as `learnWords` does, 'cache' when a record is missing */
export const learn: Task<LearnInput, LearnResult, LearnEvent> = async (input, context) => {
  const cache = await readFeatureCache(input.cacheFolder);
  try {
    const source = cache.source(input.images);
    const runner = await context.createRunner(input.device ?? 'cpu');
    const model = readModel(input.model);
    const { width, height } = input.model.preprocessing;
    const cut = cutModel(model.graph, model.inspection, { tensor: input.cut, width, height });
    let lastEvent = -Infinity;
    return await learnWords({
      preset: input.preset,
      seed: input.seed,
      wordCount: input.wordCount,
      ...(input.target === undefined ? {} : { target: input.target }),
      splits: input.splits,
      labels: input.labels,
      resumeFrom: input.resumeFrom,
      classDirections: await classDirections(cut, runner, source, input.splits.train),
      source,
      runner,
      signal: context.signal,
      now: context.now,
      onEpoch: (entry) => void context.emit({ kind: 'epoch', entry }),
      onPush: (patches) => void context.emit({ kind: 'pushed', patches }),
      onCheckpoint: (bytes) => context.emit({ kind: 'checkpoint', bytes }),
      onProgress: (progress) => {
        context.progress({
          phase: 'learn',
          done: Math.round(progress.fraction * PROGRESS_PARTS),
          total: PROGRESS_PARTS,
          unit: 'parts',
          message: progress.activity,
        });
        if (context.now() - lastEvent < EVENT_INTERVAL_MS) return;
        lastEvent = context.now();
        void context.emit({ kind: 'progress', progress });
      },
    });
  } finally {
    await cache.close();
  }
};
