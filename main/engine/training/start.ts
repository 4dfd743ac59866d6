/** The start of learning: add-on layers, first words and their patches, before any step is taken. */
import { EngineError } from '../errors.ts';
import { kMeans } from '../linalg/kmeans.ts';
import { MomentAccumulator } from '../linalg/moments.ts';
import { principalDirections } from '../linalg/principal.ts';
import { argMax, norm, rowOf } from '../linalg/vectors.ts';
import type { GraphRunner } from '../runner.ts';
import { float32, zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Random } from '../tensor/random.ts';
import { openWordModel } from '../words/open-word-model.ts';
import type { Patch } from '../words/patch.ts';
import { pushWords, readPatches, wordsOf } from '../words/push.ts';
import type { Push } from '../words/push.ts';
import type { AddOnLayer, WordModel } from '../words/word-model.ts';
import { randomAddOn, structuredAddOn } from './add-on-start.ts';
import { batchesOf, STREAM_BATCH } from './feature-source.ts';
import type { FeatureSource } from './feature-source.ts';
import { startLastLayer } from './last-layer.ts';
import type { Preset } from './preset.ts';

/** What a start reads. */
export interface StartContext {
  readonly preset: Preset;
  readonly wordCount: number;
  readonly runner: GraphRunner;
  readonly source: FeatureSource;
  readonly train: readonly number[];
  readonly classDirections: Tensor<'float32'> | undefined;
  readonly random: Random;
  /** Names what begins and how far it is, 0..1; throws to stop. */
  readonly onActivity: (activity: string, share: number) => void;
}

/** A word model whose last layer is not fitted yet; `push` when its words already are patches. */
export interface Start {
  readonly model: WordModel;
  readonly push: Push | undefined;
}

/**
 * Bytes of positions kept for clustering; beyond it, a random part of the images stands for all of them. 48 MiB are
 * 98,000 positions of 128 channels, hundreds for every word.
 */
const POSITION_BYTES = 48 * 2 ** 20;

/** Positions kept for clustering, whatever their length: each has a patch to remember beside its channels. */
const POSITION_LIMIT = 200_000;

/** Bytes of a covariance beyond which principal directions are refused (2048 channels take 32 MB in double precision). */
const CHANNEL_LIMIT = 4096;

/**
 * Enough for the leading directions; the last ones of a hundred stay mixed with their neighbours, which have nearly the
 * same variance, so the space they span is as good (40 iterations gave the same fidelities at four times the time).
 */
const PRINCIPAL_ITERATIONS = 10;

/** Makes the start. @throws EngineError 'configuration', 'too-few-images' */
export async function makeStart(context: StartContext): Promise<Start> {
  const { preset, wordCount, runner, source, random } = context;
  const addOn = await startAddOn(context);
  const dimension = addOn.at(-1)?.weights.shape[0] ?? source.channels;
  const blank: WordModel = {
    addOn,
    similarity: preset.similarity,
    pooling: preset.pooling,
    words: zeros('float32', [wordCount, dimension]),
    lastLayer: startLastLayer(preset.lastLayer, wordCount, source.classCount),
    bias: zeros('float32', [source.classCount]),
  };
  const stream = random.fork('words');
  if (preset.wordStart === 'uniform') {
    const words = Float32Array.from({ length: wordCount * dimension }, () => stream.next());
    return pushedIfTied(context, { ...blank, words: float32(words, [wordCount, dimension]) });
  }
  const sample = await samplePositions(context, blank, dimension);
  if (preset.wordStart === 'randomPatches') {
    if (sample.patches.length < wordCount) throw tooFewPatches(wordCount, sample.patches.length);
    const patches = stream.shuffle(sample.patches).slice(0, wordCount);
    const patchFeatures = await readPatches(source, patches);
    const words = await wordsOf(runner, blank, patchFeatures);
    const push = { words, patchFeatures, patches: patches.map((patch) => ({ ...patch, distance: 0 })) };
    return { model: { ...blank, words }, push };
  }
  const { centres } = await kMeans(runner, sample.rows, wordCount, stream, {
    spherical: preset.wordStart === 'sphericalKmeans',
    onIteration: (iteration) => context.onActivity('clustering patches', 0.5 + 0.3 * Math.min(1, iteration / 30)),
  });
  return pushedIfTied(context, { ...blank, words: centres });
}

/** Tied words are patches from the start. */
async function pushedIfTied(context: StartContext, model: WordModel): Promise<Start> {
  if (!context.preset.tiedWords) return { model, push: undefined };
  const { runner, source, train, onActivity } = context;
  const onBatch = (done: number): void => onActivity('finding patches', 0.8 + (0.2 * done) / train.length);
  const push = await pushWords({ runner, model, source, indices: train, onBatch });
  return { model: { ...model, words: push.words }, push };
}

async function startAddOn(context: StartContext): Promise<AddOnLayer[]> {
  const { preset, source, random } = context;
  const plan = preset.addOn;
  if (plan.kind === 'none') return [];
  if (plan.kind === 'random') return randomAddOn(plan, source.channels, random.fork('addOn'));

  const wantsPrincipal = plan.principalScale > 0 && plan.principalCount > 0;
  if (wantsPrincipal && source.channels > CHANNEL_LIMIT) {
    throw new EngineError(
      'configuration',
      `Principal directions of ${source.channels} channels need too much memory (limit: ${CHANNEL_LIMIT} channels); ` +
        'choose another cut point or a preset without principal directions.',
      { expected: `at most ${CHANNEL_LIMIT} channels`, found: String(source.channels) },
    );
  }
  const classSizes = new Array<number>(source.classCount).fill(0);
  const moments = await MomentAccumulator.open(
    context.runner,
    STREAM_BATCH,
    source.channels,
    source.height * source.width,
  );
  try {
    let done = 0;
    for (const batch of batchesOf(context.train)) {
      context.onActivity('measuring features', (0.25 * done) / context.train.length);
      const { features, logits } = await source.read(batch);
      await moments.add(features);
      for (let row = 0; row < batch.length; row++) classSizes[argMax(rowOf(logits, row))]!++;
      done += batch.length;
    }
    const { mean, covariance } = moments.moments();
    context.onActivity('principal directions', 0.25);
    const count = Math.min(plan.principalCount, source.channels);
    const principal = wantsPrincipal
      ? await principalDirections(context.runner, covariance, source.channels, count, random.fork('principal'), {
          iterationLimit: PRINCIPAL_ITERATIONS,
        })
      : undefined;
    return structuredAddOn(plan, { classDirections: context.classDirections, classSizes, principal, mean });
  } finally {
    await moments.dispose();
  }
}

/** Positions in word space with the patches they come from; those without features or at 0 are left out. */
async function samplePositions(
  context: StartContext,
  model: WordModel,
  dimension: number,
): Promise<{ rows: Tensor<'float32'>; patches: Patch[] }> {
  const { runner, source, train, random } = context;
  const { channels, height, width } = source;
  const positions = height * width;
  const positionLimit = Math.min(POSITION_LIMIT, POSITION_BYTES / (dimension * 4));
  const imageLimit = Math.max(1, Math.floor(positionLimit / positions));
  const images = train.length > imageLimit ? random.fork('sample').shuffle(train).slice(0, imageLimit) : train;
  const data = new Float32Array(images.length * positions * dimension);
  const patches: Patch[] = [];
  const open = await openWordModel(runner, model, { batch: STREAM_BATCH, channels, height, width }, ['positions']);
  try {
    let done = 0;
    for (const batch of batchesOf(images)) {
      context.onActivity('collecting patches', 0.35 + (0.15 * done) / images.length);
      const { features } = await source.read(batch);
      const { positions: z } = await open.forward(features);
      for (let index = 0; index < batch.length * positions; index++) {
        const row = rowOf(z, index);
        if (norm(row) === 0 || !hasFeatures(features, index, positions)) continue;
        data.set(row, patches.length * dimension);
        const place = index % positions;
        const imageIndex = batch[Math.floor(index / positions)]!;
        patches.push({ imageIndex, row: Math.floor(place / width), column: place % width });
      }
      done += batch.length;
    }
  } finally {
    await open.dispose();
  }
  return { rows: float32(data.subarray(0, patches.length * dimension), [patches.length, dimension]), patches };
}

/** True when any channel of a position is not 0; a bias in the add-on layers would hide an empty position. */
function hasFeatures(features: Tensor<'float32'>, index: number, positions: number): boolean {
  const channels = features.shape[1]!;
  const start = Math.floor(index / positions) * channels * positions + (index % positions);
  for (let channel = 0; channel < channels; channel++) {
    if (features.data[start + channel * positions] !== 0) return true;
  }
  return false;
}

function tooFewPatches(wordCount: number, found: number): EngineError {
  return new EngineError(
    'too-few-images',
    `${wordCount} words cannot be drawn from ${found} patches; give more training images or ask for fewer words.`,
    { expected: `at least ${wordCount} patches`, found: String(found) },
  );
}
