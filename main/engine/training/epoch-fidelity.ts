/** Both fidelities after an epoch, on a few validation images: what a person wants to watch while a run learns. */
import { AttentionMeter, MAP_WORDS, maximumMap, strongestWords } from '../metrics/alignment.ts';
import { predictedClass } from '../metrics/outcome.ts';
import { topPartIou } from '../metrics/top-part.ts';
import type { GraphRunner } from '../runner.ts';
import { openWordModel } from '../words/open-word-model.ts';
import type { WordModel } from '../words/word-model.ts';
import type { FeatureSource } from './feature-source.ts';
import type { LossValues } from './learn-types.ts';

/** Images looked at: enough to see a curve, little beside an epoch. The first of the validation images. */
export const WATCHED_IMAGES = 128;

/** Images of one forward pass. */
const BATCH = 32;

/** What is measured. */
interface WatchOptions {
  readonly runner: GraphRunner;
  readonly model: WordModel;
  readonly source: FeatureSource;
  /** Indices of the validation images. */
  readonly validation: readonly number[];
}

/**
 * `agreement`: share of images with the base model's top class; `attentionIou`: mean IoU of the strongest half of the
 * ten strongest words' maps with that of Grad-CAM, images with a flat Grad-CAM left out. Selection never uses them.
 * @returns nothing without validation images; without `attentionIou` when no Grad-CAM says anything
 */
export async function watchFidelity({ runner, model, source, validation }: WatchOptions): Promise<LossValues> {
  const watched = validation.slice(0, WATCHED_IMAGES);
  if (watched.length === 0) return {};
  const { channels, height, width, classCount } = source;
  const wordCount = model.words.shape[0]!;
  const positions = height * width;
  const meter = new AttentionMeter(height, width);
  const shape = { batch: Math.min(BATCH, watched.length), channels, height, width };
  const open = await openWordModel(runner, model, shape, ['activationMaps', 'scores', 'logits']);
  let same = 0;
  let overlap = 0;
  let seen = 0;
  try {
    for (let start = 0; start < watched.length; start += BATCH) {
      const batch = await source.read(watched.slice(start, start + BATCH));
      const { activationMaps, scores, logits } = await open.forward(batch.features);
      for (let row = 0; row < batch.features.shape[0]!; row++) {
        const rowOf = (data: Float32Array, length: number) => data.subarray(row * length, (row + 1) * length);
        const answer = predictedClass(rowOf(logits.data, classCount));
        if (answer === predictedClass(rowOf(batch.logits.data, classCount))) same++;
        const own = meter.ofAttention(rowOf(batch.attention.data, positions));
        if (own.isFlat) continue;
        const words = strongestWords(rowOf(scores.data, wordCount), MAP_WORDS);
        const map = maximumMap(rowOf(activationMaps.data, wordCount * positions), words, positions);
        overlap += topPartIou(meter.ofPixels(meter.upsample(map)), own)[0]!;
        seen++;
      }
    }
  } finally {
    await open.dispose();
  }
  return { agreement: same / watched.length, ...(seen === 0 ? {} : { attentionIou: overlap / seen }) };
}
