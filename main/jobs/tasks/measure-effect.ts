/** Task: what a change of the arrangement of words does on validation images; the images' answers stay in memory. */
import { EffectMeter } from '../../engine/metrics/word-effect.ts';
import type { EffectFigures, EffectImages } from '../../engine/metrics/word-effect.ts';
import type { OutputKind } from '../../engine/metrics/outcome.ts';
import type { WordArrangement } from '../../engine/metrics/word-arrangement.ts';
import { createReplayedRandom } from '../../engine/tensor/replayed-random.ts';
import { batchesOf, STREAM_BATCH } from '../../engine/training/feature-source.ts';
import type { FeatureSource } from '../../engine/training/feature-source.ts';
import { openWordModel } from '../../engine/words/open-word-model.ts';
import { sizeOfWordModel } from '../../engine/words/word-model.ts';
import type { WordModel } from '../../engine/words/word-model.ts';
import { readFeatureCache } from '../cache/feature-cache.ts';
import type { Task, TaskContext } from '../task.ts';

/** What to measure. */
export interface MeasureEffectInput {
  /** Says everything that the kept answers depend on: cache, run and images. */
  readonly key: string;
  readonly cacheFolder: string;
  /** SHA-256 of the images, at most `effectImageLimit` of them. */
  readonly images: readonly string[];
  readonly wordModel: WordModel;
  readonly outputs: OutputKind;
  /** The run's seed, as evaluations take it. */
  readonly seed: number;
  readonly before: WordArrangement;
  readonly after: WordArrangement;
}

/** @throws EngineError 'cache' when a record is missing, 'cancelled' */
export const measureEffect: Task<MeasureEffectInput, EffectFigures> = async (input, context) => {
  const { wordModel, outputs, seed } = input;
  const { meter } = await context.memo(`effect ${input.key}`, async () => {
    const images = await readImages(input, context);
    const { lastLayer } = wordModel;
    const kept = new EffectMeter({ images, lastLayer, outputs, random: createReplayedRandom(seed) });
    return { meter: kept, dispose: () => Promise.resolve() };
  });
  return meter.measure(input.before, input.after);
};

/** One pass over the images. */
async function readImages(
  { cacheFolder, images, wordModel }: MeasureEffectInput,
  context: TaskContext,
): Promise<EffectImages> {
  const cache = await readFeatureCache(cacheFolder);
  try {
    const source = cache.source(images);
    const { channels, height, width } = source;
    const runner = await context.createRunner('cpu');
    const words = await openWordModel(runner, wordModel, { batch: STREAM_BATCH, channels, height, width }, [
      'activationMaps',
      'scores',
      'logits',
    ]);
    try {
      return await runAll(source, images.length, wordModel, async (indices, result) => {
        context.signal.throwIfAborted();
        const batch = await source.read(indices);
        const { activationMaps, scores, logits } = await words.forward(batch.features);
        const place = (target: Float32Array, data: Float32Array): void =>
          target.set(data, (indices[0]! * target.length) / images.length);
        place(result.maps, activationMaps.data);
        place(result.scores, scores.data);
        place(result.wordLogits, logits.data);
        place(result.baseLogits, batch.logits.data);
        place(result.attention, batch.attention.data);
      });
    } finally {
      await words.dispose();
    }
  } finally {
    await cache.close();
  }
}

async function runAll(
  { height, width }: FeatureSource,
  count: number,
  wordModel: WordModel,
  fill: (indices: readonly number[], result: EffectImages) => Promise<void>,
): Promise<EffectImages> {
  const { wordCount, classCount } = sizeOfWordModel(wordModel);
  const positions = height * width;
  const result: EffectImages = {
    count,
    height,
    width,
    scores: new Float32Array(count * wordCount),
    maps: new Float32Array(count * wordCount * positions),
    attention: new Float32Array(count * positions),
    baseLogits: new Float32Array(count * classCount),
    wordLogits: new Float32Array(count * classCount),
  };
  for (const indices of batchesOf(Array.from({ length: count }, (_, index) => index))) await fill(indices, result);
  return result;
}
