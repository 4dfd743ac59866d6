/** The mean training image as words see it: what attributions over word scores are compared with. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WordModel } from '../engine/words/word-model.ts';
import type { TaskInput } from '../jobs/index.ts';
import type { ProjectReader, RunRecord } from '../store/index.ts';
import { silentWords } from './spoken-words.ts';
import type { PresentWords } from './word-groups.ts';

/** Images of the background at most, evenly spread over all: the mean of more is the same. */
const BACKGROUND_IMAGES = 1_000;

/** Images read between two turns of the event loop. */
const PAGE = 100;

/**
 * Means over training images, or over all images of a project without any.
 * @returns count 0 when no image has scores
 */
export async function wordBackground(
  read: ProjectReader,
  run: RunRecord,
  wordModel: WordModel,
  present: PresentWords,
): Promise<TaskInput<'attributeImage'>['background']> {
  const train = read.images.ids({ split: 'train', status: 'ok' });
  const imageIds = spread(train.length > 0 ? train : read.images.ids({ status: 'ok' }), BACKGROUND_IMAGES);
  const [classCount, wordCount] = wordModel.lastLayer.shape as [number, number];
  const meanScores = new Float64Array(wordCount);
  const meanLogits = new Float64Array(classCount);
  let count = 0;
  for (let start = 0; start < imageIds.length; start += PAGE) {
    for (const record of read.activations.scores(run.runId, imageIds.slice(start, start + PAGE))) {
      if (!record) continue;
      count++;
      const scores = Float64Array.from(record.wordScores);
      const logits = Float64Array.from(record.logits);
      for (const word of silentWords(present, record.imageId)) {
        for (let row = 0; row < classCount; row++) {
          logits[row]! -= wordModel.lastLayer.data[row * wordCount + word]! * scores[word]!;
        }
        scores[word] = 0;
      }
      scores.forEach((score, word) => (meanScores[word]! += score));
      logits.forEach((logit, row) => (meanLogits[row]! += logit));
    }
    await nextTurn();
  }
  const divide = (sum: number): number => (count === 0 ? 0 : sum / count);
  return { count, meanScores: meanScores.map(divide), meanLogits: meanLogits.map(divide) };
}

/** At most `limit` of the items, evenly spread. */
function spread(items: readonly number[], limit: number): number[] {
  const count = Math.min(limit, items.length);
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}
