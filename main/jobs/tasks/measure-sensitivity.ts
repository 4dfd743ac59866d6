/** Task: how much of a word's score stays when colour, contrast, detail or arrangement of the picture are taken away. */
import { blur, rotateHue, scaleContrast, shuffleTiles, takeColour } from '../../engine/image/perturb.ts';
import { fitToModel, inputLength, normalizePixels } from '../../engine/image/preprocess.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import type { Pixels } from '../../engine/image/resize.ts';
import { measureMean } from '../../engine/metrics/interval.ts';
import type { Assessment } from '../../engine/metrics/measure.ts';
import { decodeImage } from '../../engine/runtime/decode-image.ts';
import { createRandom } from '../../engine/tensor/random.ts';
import type { Random } from '../../engine/tensor/random.ts';
import { openWordModel } from '../../engine/words/open-word-model.ts';
import type { WordModel } from '../../engine/words/word-model.ts';
import { readImageFile } from '../images/read-file.ts';
import { openBaseModel } from '../model/base-model.ts';
import { readModel } from '../model/read-model.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { Task } from '../task.ts';

/** What to change and to measure. */
export interface MeasureSensitivityInput {
  readonly model: ModelReference & { readonly preprocessing: Preprocessing };
  /** Name of the tensor at the cut point. */
  readonly cut: string;
  readonly wordModel: WordModel;
  readonly word: number;
  /** Files of the images in which the word is strongest. */
  readonly paths: readonly string[];
  readonly seed: number;
}

/** A way to change a picture. */
export type PerturbationKind = 'hue' | 'grey' | 'contrast' | 'blur' | 'shuffle';

/** Score that stays at one level of one change. */
export interface SensitivityRow {
  readonly kind: PerturbationKind;
  readonly level: number;
  /** Mean over the images of score after / score before. */
  readonly kept: Assessment;
}

/** One row per kind and level; the first level of each kind changes nothing. */
export interface MeasureSensitivityOutput {
  readonly n: number;
  readonly rows: readonly SensitivityRow[];
}

type Change = (pixels: Pixels, level: number, random: Random) => Pixels;

/** Changes with their levels; blur and tiles in shares of the picture's width, because inputs differ in size. */
const CHANGES: readonly {
  readonly kind: PerturbationKind;
  readonly change: Change;
  readonly levels: (widthPx: number) => readonly number[];
}[] = [
  { kind: 'hue', change: rotateHue, levels: () => [0, 60, 120, 180] },
  { kind: 'grey', change: takeColour, levels: () => [0, 0.5, 1] },
  { kind: 'contrast', change: scaleContrast, levels: () => [1, 0.5, 0.25] },
  { kind: 'blur', change: blur, levels: (width) => [0, width / 112, width / 56, width / 28] },
  {
    kind: 'shuffle',
    change: shuffleTiles,
    levels: (width) => [0, ...[4, 8, 16].map((parts) => Math.floor(width / parts))],
  },
];

/** @throws EngineError 'image-unreadable', 'cancelled', and as `readModel` does */
export const measureSensitivity: Task<MeasureSensitivityInput, MeasureSensitivityOutput> = async (input, context) => {
  const { preprocessing } = input.model;
  const open: { dispose(): Promise<void> }[] = [];
  try {
    const runner = await context.createRunner('cpu');
    const base = await openBaseModel({ model: readModel(input.model), preprocessing, runner, cut: input.cut });
    open.push(base);
    const { channels, height, width } = base.cut.cutPoint;
    const shape = { batch: base.batchSize, channels, height, width };
    const words = await openWordModel(runner, input.wordModel, shape, ['scores']);
    open.push(words);
    const wordCount = input.wordModel.words.shape[0]!;
    const length = inputLength(preprocessing);

    /** Scores of the word in any number of pictures. */
    const scoresOf = async (pictures: readonly Pixels[]): Promise<number[]> => {
      const scores: number[] = [];
      for (let start = 0; start < pictures.length; start += base.batchSize) {
        context.signal.throwIfAborted();
        const batch = pictures.slice(start, start + base.batchSize);
        const data = new Float32Array(base.batchSize * length);
        batch.forEach((pixels, place) => normalizePixels(preprocessing, pixels, data, place * length));
        const { scores: all } = await words.forward((await base.run(data, batch.length)).features);
        batch.forEach((_, place) => scores.push(strengthOf(all.data[place * wordCount + input.word]!)));
      }
      return scores;
    };

    const plan = CHANGES.flatMap(({ kind, change, levels }) =>
      levels(preprocessing.width).map((level) => ({ kind, level, change })),
    );
    const kept: number[][] = [];
    for (const [place, path] of input.paths.entries()) {
      const view = fitToModel(preprocessing, await decodeImage((await readImageFile(path)).bytes, path));
      const random = createRandom(input.seed).fork(`image ${place}`);
      const scores = await scoresOf([
        view,
        ...plan.map(({ change, level, kind }) => change(view, level, random.fork(kind))),
      ]);
      const own = scores[0]!;
      if (own > 0) kept.push(scores.slice(1).map((score) => score / own));
      context.progress({ phase: 'sensitivity', done: place + 1, total: input.paths.length, unit: 'images' });
    }
    const random = createRandom(input.seed).fork('intervals');
    return {
      n: kept.length,
      rows: plan.map(({ kind, level }, row) => ({
        kind,
        level,
        kept: measureMean(
          kept.map((shares) => shares[row]!),
          random.fork(`${kind} ${level}`),
          'the word is strong in no image',
        ),
      })),
    };
  } finally {
    for (const item of open) await item.dispose();
  }
};

/** A score as a strength that is never negative: 1 / (1 + distance) for similarities that are negative distances. */
function strengthOf(score: number): number {
  return score < 0 ? 1 / (1 - score) : score;
}
