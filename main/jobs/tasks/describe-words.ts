/** Task: describes learned words over all images: scores and maps as events, patches and figures as the result. */
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { createRandom } from '../../engine/tensor/random.ts';
import { describeWords as describe } from '../../engine/words/describe.ts';
import type { DescribedWord, ImagesDescribed, KeptMaps } from '../../engine/words/describe.ts';
import type { PushedPatch } from '../../engine/words/patch.ts';
import type { WordModel } from '../../engine/words/word-model.ts';
import { readFeatureCache } from '../cache/feature-cache.ts';
import { pixelsOfModel } from '../model/patch-pixels.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { DeviceChoice, Task } from '../task.ts';

/** What to describe. */
export interface DescribeWordsInput {
  readonly model: ModelReference & { readonly preprocessing: Preprocessing };
  /** Name of the tensor at the cut point, as `extract` returned it. */
  readonly cut: string;
  /** As `extract` returned it. */
  readonly cacheFolder: string;
  /** SHA-256 of image 0, 1, ...: all that have a record; `pushed`, events and results count in these. */
  readonly images: readonly string[];
  readonly wordModel: WordModel;
  /** Where learning pushed each word to, one per word. */
  readonly pushed: readonly PushedPatch[];
  readonly seed: number;
  /** Patches of each kind per word. Default 10. */
  readonly patchCount?: number;
  /** Default 'cpu'. */
  readonly device?: DeviceChoice;
}

/** What both models say about some images; or maps that replace those of the same images sent before. */
export type DescribeWordsEvent =
  | ({ readonly kind: 'images'; readonly height: number; readonly width: number } & ImagesDescribed)
  | { readonly kind: 'maps'; readonly height: number; readonly width: number; readonly kept: readonly KeptMaps[] };

/** The words, in the order of the word model. */
export interface DescribeWordsOutput {
  readonly words: readonly DescribedWord[];
  /** Facts a reader of the patches should know, in sentences. */
  readonly notes: readonly string[];
}

/** @throws EngineError 'cache' when a record is missing, 'cancelled', and as `readModel` does */
export const describeWords: Task<DescribeWordsInput, DescribeWordsOutput, DescribeWordsEvent> = async (
  input,
  context,
) => {
  const cache = await readFeatureCache(input.cacheFolder);
  try {
    const source = cache.source(input.images);
    const runner = await context.createRunner(input.device ?? 'cpu');
    const { pixels, notes } = pixelsOfModel(input.model, input.cut);
    const { height, width } = source;
    const words = await describe({
      runner,
      model: input.wordModel,
      source,
      indices: input.images.map((_, index) => index),
      pushed: input.pushed,
      pixels,
      random: createRandom(input.seed),
      count: input.patchCount,
      signal: context.signal,
      onImages: (images) => context.emit({ kind: 'images', height, width, ...images }),
      onPatchMaps: (kept) => context.emit({ kind: 'maps', height, width, kept }),
      onProgress: (done, total) => context.progress({ phase: 'describe', done, total, unit: 'images' }),
    });
    return { words, notes };
  } finally {
    await cache.close();
  }
};
