/** Task: where a word speaks in some images: position, boxes and map of each, from the feature cache. */
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { argMax } from '../../engine/linalg/vectors.ts';
import { batchesOf } from '../../engine/training/feature-source.ts';
import { openWordModel } from '../../engine/words/open-word-model.ts';
import type { PixelBox } from '../../engine/words/receptive-field.ts';
import { locatePatches } from '../../engine/words/word-patches.ts';
import type { WordModel } from '../../engine/words/word-model.ts';
import { readFeatureCache } from '../cache/feature-cache.ts';
import { pixelsOfModel } from '../model/patch-pixels.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { Task } from '../task.ts';

/** Images at once: a page has a dozen, and a batch costs the same however few of it are meant. */
const PAGE_BATCH = 16;

/** Where to look. */
export interface FindPatchesInput {
  /** Says which word model this is: an open one is kept under it. */
  readonly key: string;
  readonly model: ModelReference & { readonly preprocessing: Preprocessing };
  /** Name of the tensor at the cut point. */
  readonly cut: string;
  readonly cacheFolder: string;
  /** SHA-256 of each image. */
  readonly images: readonly string[];
  readonly wordModel: WordModel;
  /** Index of the word. */
  readonly word: number;
}

/** The peak of the word's map in one image. */
export interface FoundPatch {
  readonly row: number;
  readonly column: number;
  /** Similarity at the peak. */
  readonly similarity: number;
  readonly receptiveBox: PixelBox;
  readonly activationCrop: PixelBox;
  /** [height, width] */
  readonly map: Float32Array;
}

/** One per image, in order. */
export interface FindPatchesOutput {
  readonly height: number;
  readonly width: number;
  readonly patches: readonly FoundPatch[];
}

/** @throws EngineError 'cache' when a record is missing, 'cancelled', and as `readModel` does */
export const findPatches: Task<FindPatchesInput, FindPatchesOutput> = async (input, context) => {
  const { wordModel, word, images } = input;
  const { similarity } = wordModel;
  const { pixels } = await context.memo(`pixels ${input.model.modelSha256 ?? input.model.modelPath} ${input.cut}`, () =>
    Promise.resolve({ ...pixelsOfModel(input.model, input.cut), dispose: () => Promise.resolve() }),
  );
  const cache = await readFeatureCache(input.cacheFolder);
  try {
    const source = cache.source(images);
    const { channels, height, width } = source;
    const shape = { batch: PAGE_BATCH, channels, height, width };
    const open = await context.memo(`maps ${input.key}`, async () =>
      openWordModel(await context.createRunner('cpu'), wordModel, shape, ['activationMaps']),
    );
    const wordCount = wordModel.words.shape[0]!;
    const positions = height * width;
    const patches: FoundPatch[] = [];
    for (const batch of batchesOf(
      images.map((_, index) => index),
      PAGE_BATCH,
    )) {
      context.signal.throwIfAborted();
      const { activationMaps } = await open.forward((await source.read(batch)).features);
      batch.forEach((imageIndex, row) => {
        const maps = activationMaps.data.subarray(row * wordCount * positions, (row + 1) * wordCount * positions);
        const map = maps.slice(word * positions, (word + 1) * positions);
        const peak = argMax(map);
        const place = {
          word,
          kind: 'top',
          rank: 0,
          imageIndex,
          row: Math.floor(peak / width),
          column: peak % width,
        } as const;
        const [found] = locatePatches([place], maps, { similarity, height, width, pixels });
        const { receptiveBox, activationCrop } = found!;
        patches.push({
          row: place.row,
          column: place.column,
          similarity: map[peak]!,
          receptiveBox,
          activationCrop,
          map,
        });
      });
    }
    return { height, width, patches };
  } finally {
    await cache.close();
  }
};
