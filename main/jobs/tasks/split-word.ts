/** Task: divides a word into two by the looks of its patches, and finds the pixels of the children's patches. */
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { createRandom } from '../../engine/tensor/random.ts';
import { batchesOf, STREAM_BATCH } from '../../engine/training/feature-source.ts';
import type { FeatureSource } from '../../engine/training/feature-source.ts';
import { openWordModel } from '../../engine/words/open-word-model.ts';
import { splitWord as divide } from '../../engine/words/split.ts';
import type { SplitChild, SplitWord } from '../../engine/words/split.ts';
import { locatePatches } from '../../engine/words/word-patches.ts';
import type { LocatedPatch, PatchPixels } from '../../engine/words/word-patches.ts';
import type { WordModel } from '../../engine/words/word-model.ts';
import { readFeatureCache } from '../cache/feature-cache.ts';
import { pixelsOfModel } from '../model/patch-pixels.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { Task, TaskContext } from '../task.ts';

/** What to divide. */
export interface SplitWordInput {
  readonly model: ModelReference & { readonly preprocessing: Preprocessing };
  /** Name of the tensor at the cut point. */
  readonly cut: string;
  readonly cacheFolder: string;
  /** SHA-256 of image 0, 1, ... */
  readonly images: readonly string[];
  /** 1 for a training image, by image. */
  readonly isTraining: Uint8Array;
  readonly wordModel: WordModel;
  readonly word: number;
  readonly seed: number;
}

/** A map of the divided word in an image that holds a patch of a child. */
export interface PatchMap {
  readonly imageIndex: number;
  /** [height, width] */
  readonly map: Float32Array;
}

/** The division with the pixels of its patches. */
export interface SplitWordOutput extends Omit<SplitWord, 'words'> {
  readonly words: readonly (Omit<SplitChild, 'patches'> & { readonly patches: readonly LocatedPatch[] })[];
  readonly maps: readonly PatchMap[];
}

/** @throws EngineError 'too-few-images', 'cache', 'cancelled', and as `readModel` does */
export const splitWord: Task<SplitWordInput, SplitWordOutput> = async (input, context) => {
  const { wordModel, word, isTraining } = input;
  const { pixels } = pixelsOfModel(input.model, input.cut);
  const cache = await readFeatureCache(input.cacheFolder);
  try {
    const source = cache.source(input.images);
    const division = await divide({
      runner: await context.createRunner('cpu'),
      model: wordModel,
      word,
      source,
      indices: input.images.map((_, index) => index),
      isTraining: (imageIndex) => isTraining[imageIndex] === 1,
      random: createRandom(input.seed).fork(`split ${word}`),
      signal: context.signal,
      onProgress: (done, total) => context.progress({ phase: 'split', done, total, unit: 'images' }),
    });
    const { located, maps } = await locate(input, context, source, pixels, division);
    return {
      children: division.children,
      centres: division.centres,
      words: division.words.map((child, place) => ({ ...child, patches: located[place]! })),
      maps,
    };
  } finally {
    await cache.close();
  }
};

/** Reads the images that hold a patch once more, for similarity, boxes and maps. */
async function locate(
  { wordModel, word }: SplitWordInput,
  context: TaskContext,
  source: FeatureSource,
  pixels: PatchPixels,
  { words }: SplitWord,
): Promise<{ located: LocatedPatch[][]; maps: PatchMap[] }> {
  const { channels, height, width } = source;
  const runner = await context.createRunner('cpu');
  const open = await openWordModel(runner, wordModel, { batch: STREAM_BATCH, channels, height, width }, [
    'activationMaps',
  ]);
  try {
    const entries = words.flatMap(({ patches }, child) => patches.map((patch, place) => ({ patch, child, place })));
    const byImage = Map.groupBy(entries, (entry) => entry.patch.imageIndex);
    const located: LocatedPatch[][] = words.map(() => []);
    const maps: PatchMap[] = [];
    const positions = height * width;
    const perImage = wordModel.words.shape[0]! * positions;
    for (const batch of batchesOf([...byImage.keys()].sort((a, b) => a - b))) {
      const { activationMaps } = await open.forward((await source.read(batch)).features);
      batch.forEach((imageIndex, row) => {
        const all = activationMaps.data.subarray(row * perImage, (row + 1) * perImage);
        maps.push({ imageIndex, map: all.slice(word * positions, (word + 1) * positions) });
        const own = byImage.get(imageIndex)!;
        const { similarity } = wordModel;
        const found = locatePatches(
          own.map(({ patch }) => patch),
          all,
          { similarity, height, width, pixels },
        );
        own.forEach(({ child, place }, index) => (located[child]![place] = found[index]!));
      });
    }
    return { located, maps };
  } finally {
    await open.dispose();
  }
}
