/** Task: tries preprocessing settings on sample images, to find the right ones or to warn of wrong ones. */
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { PRESET_NAMES, presetPreprocessing } from '../../engine/image/preprocessing-settings.ts';
import type { PresetName } from '../../engine/image/preprocessing-settings.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { ImageReference } from '../images/image-reference.ts';
import { loadBatches } from '../images/load-batches.ts';
import { openBaseModel } from '../model/base-model.ts';
import { inputFacts, readModel } from '../model/read-model.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { Task, TaskContext } from '../task.ts';

/** A sample: an image and, where it is known, the index of its class among the model's. */
export interface SampleImage extends ImageReference {
  readonly classIndex?: number;
}

/** What to try on what. */
export interface CheckPreprocessingInput extends ModelReference {
  /** A few dozen images, several classes if possible. */
  readonly samples: readonly SampleImage[];
  /** The settings in question. Default: every preset is tried and the best one recommended. */
  readonly preprocessing?: Preprocessing;
}

/** What the model says of one sample. */
export interface SamplePrediction {
  readonly path: string;
  /** The sample's class; undefined where it is not known. */
  readonly classIndex: number | undefined;
  /** Top class of the model. */
  readonly top: number;
  /** Its softmax probability, 0..1. */
  readonly probability: number;
}

/** How the model does with some settings. */
export interface PreprocessingTrial {
  /** 'given' is the settings in question. */
  readonly name: PresetName | 'given';
  readonly preprocessing: Preprocessing;
  /** Share of labelled samples whose class is the model's top class, 0..1; undefined without labels. */
  readonly accuracy: number | undefined;
  /** Mean probability of the top class, 0..1: the softmax of the logits. */
  readonly confidence: number;
  /** Samples that were run, and those of them with a class. */
  readonly imageCount: number;
  readonly labelledCount: number;
  /** In the order of the samples; those that could not be read are left out. */
  readonly predictions: readonly SamplePrediction[];
}

/** Result of the trials. */
export interface CheckPreprocessingOutput {
  /** Best first: by accuracy where labels are known, else by confidence. */
  readonly trials: readonly PreprocessingTrial[];
  /** True when the best accuracy could be luck; false without enough labelled samples to tell. */
  readonly isNearChance: boolean;
  /** A sentence when something looks wrong; undefined when all is well. */
  readonly warning: string | undefined;
}

/** An accuracy within this many standard errors of chance cannot be told from chance. */
const NEAR_CHANCE_ERRORS = 3;

/** Fewer labelled samples than this allow no judgement of the accuracy. */
const MINIMUM_LABELLED = 8;

/**
 * Runs the model on the samples with each of the settings.
 * @throws EngineError as `readModel` does; 'configuration' when the image size is open
 */
export const checkPreprocessing: Task<CheckPreprocessingInput, CheckPreprocessingOutput> = async (input, context) => {
  const model = readModel(input);
  const facts = inputFacts(input, model.inspection);
  const candidates: readonly Pick<PreprocessingTrial, 'name' | 'preprocessing'>[] = input.preprocessing
    ? [{ name: 'given', preprocessing: input.preprocessing }]
    : PRESET_NAMES.map((name) => ({ name, preprocessing: presetPreprocessing(name, facts) }));
  const runner = await context.createRunner('cpu');
  const trials: PreprocessingTrial[] = [];
  const total = candidates.length * input.samples.length;
  for (const { name, preprocessing } of candidates) {
    const base = await openBaseModel({ model, preprocessing, runner });
    const sums = { images: 0, labelled: 0, right: 0, confidence: 0 };
    const predictions: SamplePrediction[] = [];
    try {
      const options = { preprocessing, batchSize: base.batchSize, workerPath: context.workerPath };
      const classOf = new Map(input.samples.map((sample) => [sample.sha256, sample.classIndex]));
      for await (const batch of loadBatches(input.samples, options)) {
        context.signal.throwIfAborted();
        if (batch.images.length === 0) continue;
        const { logits } = await base.run(batch.data, batch.images.length);
        batch.images.forEach((image, index) => {
          const { top, probability } = topClass(logits, index);
          const classIndex = classOf.get(image.sha256);
          predictions.push({ path: image.path, classIndex, top, probability });
          sums.images++;
          sums.confidence += probability;
          if (classIndex === undefined) return;
          sums.labelled++;
          if (classIndex === top) sums.right++;
        });
        report(context, trials.length * input.samples.length + sums.images, total);
      }
    } finally {
      await base.dispose();
    }
    trials.push({
      name,
      preprocessing,
      accuracy: sums.labelled === 0 ? undefined : sums.right / sums.labelled,
      confidence: sums.images === 0 ? 0 : sums.confidence / sums.images,
      imageCount: sums.images,
      labelledCount: sums.labelled,
      predictions,
    });
  }
  // A tie keeps the presets' order, the likeliest first.
  trials.sort((a, b) => (b.accuracy ?? 0) - (a.accuracy ?? 0) || b.confidence - a.confidence);
  const { classCount } = model.inspection.output;
  const nearChance = isNearChance(trials[0], classCount);
  return { trials, isNearChance: nearChance, warning: warningOf(trials[0], classCount, nearChance) };
};

function report(context: TaskContext, done: number, total: number): void {
  context.progress({ phase: 'check', done, total, unit: 'images' });
}

/** Top class of one image and its softmax probability. */
function topClass(logits: Tensor<'float32'>, image: number): { top: number; probability: number } {
  const classCount = logits.shape[1]!;
  const row = logits.data.subarray(image * classCount, (image + 1) * classCount);
  let top = 0;
  row.forEach((value, index) => {
    if (value > row[top]!) top = index;
  });
  const sum = row.reduce((total, value) => total + Math.exp(value - row[top]!), 0);
  return { top, probability: 1 / sum };
}

/** True when the best accuracy could be luck: wrong preprocessing, labels in another order, or another model. */
function isNearChance(best: PreprocessingTrial | undefined, classCount: number): boolean {
  if (best?.accuracy === undefined || best.labelledCount < MINIMUM_LABELLED) return false;
  const chance = 1 / classCount;
  const standardError = Math.sqrt((chance * (1 - chance)) / best.labelledCount);
  return best.accuracy <= chance + NEAR_CHANCE_ERRORS * standardError;
}

function warningOf(best: PreprocessingTrial | undefined, classCount: number, nearChance: boolean): string | undefined {
  if (best === undefined || best.imageCount === 0) return 'None of the sample images could be read.';
  if (!nearChance) return undefined;
  return (
    `The base model is right on ${Math.round(best.accuracy! * best.labelledCount)} of ${best.labelledCount} sample images, ` +
    `about what guessing among ${classCount} classes gives. Check the preprocessing and the order of the labels.`
  );
}
