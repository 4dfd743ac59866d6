/** Task: measures a word model on a split. */
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { evaluateWordModel } from '../../engine/metrics/evaluate.ts';
import type { Evaluation } from '../../engine/metrics/evaluation.ts';
import type { OutputKind } from '../../engine/metrics/outcome.ts';
import { createRandom } from '../../engine/tensor/random.ts';
import { STREAM_BATCH } from '../../engine/training/feature-source.ts';
import { openWordModel } from '../../engine/words/open-word-model.ts';
import type { WordModel } from '../../engine/words/word-model.ts';
import { readFeatureCache } from '../cache/feature-cache.ts';
import type { ImageReference } from '../images/image-reference.ts';
import { readMask } from '../images/read-mask.ts';
import { openBaseModel } from '../model/base-model.ts';
import { classDirections } from '../model/class-directions.ts';
import { createPerturbationRunner } from '../model/perturbation-runner.ts';
import { readModel } from '../model/read-model.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { DeviceChoice, Task } from '../task.ts';

/** What to measure on what. */
export interface EvaluateInput {
  readonly model: ModelReference & { readonly preprocessing: Preprocessing };
  /** Name of the tensor at the cut point, as `extract` returned it. */
  readonly cut: string;
  /** As `extract` returned it. */
  readonly cacheFolder: string;
  /** Image 0, 1, ...; `indices`, `labels` and `masks` are about these. The files are read for insertion and deletion. */
  readonly images: readonly ImageReference[];
  /** Images of the split, each once. */
  readonly indices: readonly number[];
  /** Images whose gradients give the class directions of a head that is not linear: training images. */
  readonly directionIndices: readonly number[];
  /** Label of every image, null when unknown. Default: nothing is labelled. */
  readonly labels?: readonly (number | null)[];
  readonly wordModel: WordModel;
  readonly seed: number;
  /** Images that are perturbed; 0 leaves insertion and deletion out. Default: the engine's. */
  readonly perturbedImageCount?: number;
  /** Absolute path of the part or object mask by image index; non-zero inside. */
  readonly masks?: ReadonlyMap<number, string>;
  /** Default 'cpu'. */
  readonly device?: DeviceChoice;
}

/** @throws EngineError as `evaluateWordModel` does, 'cache' when a record is missing */
export const evaluate: Task<EvaluateInput, Evaluation> = async (input, context) => {
  const cache = await readFeatureCache(input.cacheFolder);
  const open: { dispose(): Promise<void> }[] = [];
  try {
    const source = cache.source(input.images.map((image) => image.sha256));
    const runner = await context.createRunner(input.device ?? 'cpu');
    const model = readModel(input.model);
    const { preprocessing } = input.model;
    const base = await openBaseModel({ model, preprocessing, runner, cut: input.cut });
    open.push(base);
    const { channels, height, width } = source;
    const words = await openWordModel(runner, input.wordModel, { batch: STREAM_BATCH, channels, height, width }, [
      'activationMaps',
      'scores',
      'logits',
    ]);
    open.push(words);
    const outputs: OutputKind = model.inspection.output.kind === 'sigmoid' ? 'sigmoid' : 'softmax';
    return await evaluateWordModel({
      source,
      indices: input.indices,
      labels: input.labels,
      wordModel: input.wordModel,
      forward: async (features) => {
        const { activationMaps, scores, logits } = await words.forward(features);
        return { maps: activationMaps, scores, logits };
      },
      outputs,
      classDirections: await classDirections(base.cut, runner, source, input.directionIndices),
      random: createRandom(input.seed),
      baseModelRunner:
        input.perturbedImageCount === 0
          ? undefined
          : createPerturbationRunner(base, preprocessing, input.images, outputs),
      perturbedImageCount: input.perturbedImageCount,
      masks: input.masks && ((index) => maskOf(input, index)),
      signal: context.signal,
      onProgress: (done, total) => context.progress({ phase: 'evaluate', done, total, unit: 'images' }),
    });
  } finally {
    for (const item of open) await item.dispose();
    await cache.close();
  }
};

function maskOf({ masks, model }: EvaluateInput, index: number): Promise<Uint8Array | null> {
  const path = masks?.get(index);
  return path === undefined ? Promise.resolve(null) : readMask(path, model.preprocessing);
}
