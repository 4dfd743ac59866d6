/** Evaluates a word model on a split: one pass over the images, every measure with interval, chance and controls. */
import { EngineError, InvariantError } from '../errors.ts';
import type { Random } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { CancelSignal } from '../training/cancel.ts';
import { batchesOf } from '../training/feature-source.ts';
import type { FeatureSource } from '../training/feature-source.ts';
import type { WordModel } from '../words/word-model.ts';
import { AttentionPass } from './attention-pass.ts';
import { measureLastLayer } from './compactness.ts';
import type { Evaluation } from './evaluation.ts';
import { classFigures, wordFigures } from './figures.ts';
import type { BaseModelRunner } from './insertion-deletion.ts';
import { outcomesOf } from './outcome.ts';
import type { ImageOutcome, OutputKind, WordForward } from './outcome.ts';
import { parameterHash } from './parameter-hash.ts';
import { PerturbationPass } from './perturbation-pass.ts';
import { PredictionPass } from './prediction-pass.ts';
import { TopPatchCounter, wordCosine } from './redundancy.ts';
import { UsageCounter } from './sharing.ts';

/** What to evaluate on what. */
export interface EvaluateOptions {
  readonly source: FeatureSource;
  /** Images of the split, indices into the source, each once. */
  readonly indices: readonly number[];
  /** Label of every image of the source, null when unknown; undefined: nothing is labelled. */
  readonly labels?: readonly (number | null)[] | undefined;
  readonly wordModel: WordModel;
  /** The same word model as a function of features. */
  readonly forward: WordForward;
  /** Default 'softmax'. */
  readonly outputs?: OutputKind | undefined;
  /**
   * Direction in feature space that raises each class, [classes, channels], for the control without words: the weights
   * of a linear head. Undefined: that control is not assessed.
   */
  readonly classDirections?: Tensor<'float32'> | undefined;
  /** Same stream, same result. */
  readonly random: Random;
  /** Runs the base model on changed images; undefined: insertion and deletion are not assessed. */
  readonly baseModelRunner?: BaseModelRunner | undefined;
  /** Images that are perturbed, drawn at random; default 40. */
  readonly perturbedImageCount?: number | undefined;
  /** Mask of the parts or the object, [224 * 224] row-major, non-zero inside; null when the image has none. */
  readonly masks?: ((imageIndex: number) => Promise<Uint8Array | null>) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: CancelSignal | undefined;
}

/** Perturbed images by default: 40 x 4 curves of 15 points take 13 s at 180 images per second. */
const PERTURBED_IMAGES = 40;

/**
 * Evaluates a word model. Holds one batch of features and a few numbers per image. Read-only: the parameters are hashed
 * before and after. The caller adds the controls `random` and `kmeans` by evaluating such word models likewise.
 * @throws EngineError 'too-few-images' when there is no image, 'cancelled' on the signal; InvariantError when the
 *   evaluation changed a parameter
 */
export async function evaluateWordModel(options: EvaluateOptions): Promise<Evaluation> {
  const { source, indices, labels, wordModel, random, outputs = 'softmax' } = options;
  if (indices.length === 0) {
    throw new EngineError('too-few-images', 'There is no image to evaluate on: choose a split that has images.');
  }
  const before = parameterHash(wordModel);
  const { height, width } = source;
  const { lastLayer, bias, words } = wordModel;
  const imageCount = indices.length;
  const predictions = new PredictionPass(imageCount, lastLayer, bias, outputs);
  const usage = new UsageCounter(lastLayer);
  const patches = new TopPatchCounter(words.shape[0]!, wordModel.similarity.kind === 'cosinePower' ? 0 : -Infinity);
  const attention = new AttentionPass({
    imageCount,
    height,
    width,
    lastLayer,
    classDirections: options.classDirections,
  });
  const perturbation = new PerturbationPass({
    height,
    width,
    runner: options.baseModelRunner,
    imageCount: options.perturbedImageCount ?? PERTURBED_IMAGES,
    random: random.fork('perturbation'),
  });

  // Random order: each batch then is a fair sample, from which every image gets another image's Grad-CAM.
  const rows = random.fork('order').shuffle(indices.map((_, row) => row));
  const pairing = random.fork('pairing');
  let done = 0;
  for (const batch of withoutSingletons(batchesOf(rows))) {
    if (options.signal?.aborted)
      throw new EngineError('cancelled', 'The evaluation was cancelled; nothing was changed.');
    const outcomes = await outcomesOfRows(options, labels, batch);
    const masks = await Promise.all(outcomes.map((outcome) => options.masks?.(outcome.imageIndex) ?? null));
    for (const outcome of outcomes) {
      predictions.add(outcome);
      usage.add(outcome);
      patches.add(outcome.imageIndex, outcome.maps, height * width);
      await perturbation.add(outcome);
    }
    attention.add(outcomes, masks, pairing);
    done += batch.length;
    options.onProgress?.(done, imageCount);
  }

  const sharing = usage.result(random.fork('sharing'));
  const maps = attention.result(random.fork('attention'));
  const answers = predictions.result(random.fork('predictions'));
  if (parameterHash(wordModel) !== before) throw new InvariantError('evaluation changed the word model');
  return {
    imageCount,
    ...answers,
    attentionFidelity: maps.published.attentionFidelity,
    attentionMargin: maps.published.margin,
    contributionAttention: maps.contribution,
    ...perturbation.result(random.fork('perturbation result')),
    ...measureLastLayer(lastLayer),
    sharedness: sharing.sharedness,
    useSharedness: sharing.useSharedness,
    classes80: sharing.classes80,
    wordsPerClass: sharing.wordsPerClass,
    partness: maps.partness,
    wordCosine: wordCosine(words),
    patchJaccard: patches.result(),
    energyInMask: maps.energyInMask,
    pointing: maps.pointing,
    controls: maps.controls,
    words: wordFigures(maps.words, sharing.words, imageCount),
    classes: classFigures(predictions.predictions, attention, sharing.wordCountOfClass, random.fork('classes')),
    parameterHash: before,
  };
}

/** Reads a batch and runs the word model on it. @param rows places among the evaluated images */
async function outcomesOfRows(
  { source, indices, forward }: EvaluateOptions,
  labels: EvaluateOptions['labels'],
  rows: readonly number[],
): Promise<ImageOutcome[]> {
  const batch = await source.read(rows.map((row) => indices[row]!));
  const places = rows.map((row) => ({ row, imageIndex: indices[row]!, label: labels?.[indices[row]!] ?? null }));
  return outcomesOf(batch, await forward(batch.features), places);
}

/** A batch of one image has no other image to compare with: it takes one from the batch before. */
function withoutSingletons(batches: readonly number[][]): number[][] {
  const last = batches.at(-1);
  const before = batches.at(-2);
  if (last?.length !== 1 || before === undefined) return [...batches];
  return [...batches.slice(0, -2), before.slice(0, -1), [before.at(-1)!, ...last]];
}
