/** Push: every word becomes its nearest training patch (Chen et al. 2019, section 2.2; method.md section 3). */
import { EngineError } from '../errors.ts';
import { GraphBuilder } from '../onnx/build.ts';
import { matmul, mul, neg, reduceSum, transpose } from '../onnx/emit.ts';
import type { GraphRunner, Session } from '../runner.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { rowOf } from '../linalg/vectors.ts';
import { batchesOf, STREAM_BATCH } from '../training/feature-source.ts';
import type { FeatureBatch, FeatureSource } from '../training/feature-source.ts';
import { channelLast, constantWordModel, emitAddOn, emitCloseness, isDistance, unitRows } from './emit-word-model.ts';
import type { PushedPatch } from './patch.ts';
import { sizeOfWordModel } from './word-model.ts';
import type { WordModel } from './word-model.ts';

/** Result of a push. */
export interface Push {
  /** z at the patches, [words, D]. */
  readonly words: Tensor<'float32'>;
  /** Features at the patches, [words, channels]: what the add-on layers turn into `words`. */
  readonly patchFeatures: Tensor<'float32'>;
  /** One per word. */
  readonly patches: readonly PushedPatch[];
}

/** What a push reads. */
export interface PushOptions {
  readonly runner: GraphRunner;
  readonly model: WordModel;
  readonly source: Pick<FeatureSource, 'channels' | 'height' | 'width' | 'read'>;
  /** Images to look through; each position of each image is a patch. */
  readonly indices: readonly number[];
  /** Called before every batch; throws to stop. */
  readonly onBatch?: ((done: number) => void) | undefined;
}

/**
 * Nearest patches kept per word, so that two words that want the same patch can be told apart without a second pass.
 * Beyond this, words that crowd on the same patches are given the nearest one again.
 */
const CANDIDATES = 24;

/**
 * Finds, over all positions of all given images, the patch nearest to each word: by squared distance for `log` and
 * `linear`, by cosine for `cosinePower`. Positions whose features are all zero are left out (they are near everything).
 * Words get distinct patches: the closest pair is settled first, a word whose patch is taken gets its next one.
 * Streams: memory does not depend on the number of images.
 * @throws EngineError 'too-few-images' when no position has features
 */
export async function pushWords(options: PushOptions): Promise<Push> {
  const { runner, model, source, indices } = options;
  const { wordCount } = sizeOfWordModel(model);
  const positions = source.height * source.width;
  const candidates = Array.from({ length: wordCount }, () => new CandidateList());
  const session = await openDistances(runner, model, source);
  try {
    let done = 0;
    for (const batch of batchesOf(indices)) {
      options.onBatch?.(done);
      const { features } = await source.read(batch);
      const distances = await session.distances(features);
      for (let row = 0; row < batch.length * positions; row++) {
        for (let word = 0; word < wordCount; word++) {
          const distance = distances[row * wordCount + word]!;
          if (distance < candidates[word]!.worst) candidates[word]!.add(distance, done * positions + row);
        }
      }
      done += batch.length;
    }
  } finally {
    await session.dispose();
  }
  if (candidates.some((list) => list.entries.length === 0)) {
    throw new EngineError(
      'too-few-images',
      'No word can be placed on a patch: the features of the training images are all zero. Choose an earlier cut point.',
    );
  }
  const patches = distinctPatches(candidates.map((list) => list.entries)).map(({ distance, position }) => {
    const place = position % positions;
    const imageIndex = indices[Math.floor(position / positions)]!;
    return { imageIndex, row: Math.floor(place / source.width), column: place % source.width, distance };
  });
  const patchFeatures = await readPatches(source, patches);
  return { words: await wordsOf(runner, model, patchFeatures), patchFeatures, patches };
}

interface Candidate {
  readonly distance: number;
  /** Index over all positions of all images in reading order. */
  readonly position: number;
}

/** The nearest patches of one word, nearest first; of equals the one read first. */
class CandidateList {
  readonly entries: Candidate[] = [];
  /** A distance must be below this to enter. */
  worst = Infinity;

  add(distance: number, position: number): void {
    let at = this.entries.length;
    while (at > 0 && this.entries[at - 1]!.distance > distance) at--;
    this.entries.splice(at, 0, { distance, position });
    if (this.entries.length > CANDIDATES) this.entries.pop();
    if (this.entries.length === CANDIDATES) this.worst = this.entries.at(-1)!.distance;
  }
}

/** Gives every word one of its candidates, nearest pairs first, no patch twice while a word has another. */
function distinctPatches(candidates: readonly (readonly Candidate[])[]): Candidate[] {
  const pairs = candidates.flatMap((list, word) => list.map((candidate) => ({ word, candidate })));
  pairs.sort((a, b) => a.candidate.distance - b.candidate.distance || a.word - b.word);
  const chosen = new Map<number, Candidate>();
  const taken = new Set<number>();
  for (const { word, candidate } of pairs) {
    if (chosen.has(word) || taken.has(candidate.position)) continue;
    chosen.set(word, candidate);
    taken.add(candidate.position);
  }
  return candidates.map((list, word) => chosen.get(word) ?? list[0]!);
}

interface Distances {
  /** [n * height * width, words], Infinity at positions without features. */
  distances(features: Tensor<'float32'>): Promise<Float32Array>;
  dispose(): Promise<void>;
}

async function openDistances(runner: GraphRunner, model: WordModel, source: PushOptions['source']): Promise<Distances> {
  const { channels, height, width } = source;
  const { wordCount } = sizeOfWordModel(model);
  const b = new GraphBuilder({ name: 'push' });
  const features = b.input('features', 'float32', [STREAM_BATCH, channels, height, width]);
  const values = constantWordModel(b, model);
  const rows = channelLast(b, features);
  const z = emitAddOn(b, rows, values.addOn);
  if (isDistance(model.similarity)) b.output(emitCloseness(b, z, values.words, model.similarity), 'distance');
  else b.output(neg(b, matmul(b, unitRows(b, z), transpose(b, unitRows(b, values.words), [1, 0]))), 'distance');
  // A position is empty when its features are, or when the add-on layers map it to 0: neither shows anything.
  b.output(mul(b, squares(b, rows), squares(b, z)), 'presence');
  const session: Session = await runner.open(b.build());
  const offset = isDistance(model.similarity) ? 0 : 1; // 1 - cosine
  const perImage = channels * height * width;
  return {
    dispose: () => session.dispose(),
    async distances(values) {
      let data = values.data;
      if (data.length < STREAM_BATCH * perImage) {
        data = new Float32Array(STREAM_BATCH * perImage);
        data.set(values.data);
      }
      const result = await session.run({ features: float32(data, [STREAM_BATCH, channels, height, width]) });
      const distance = result['distance']!.data as Float32Array;
      const presence = result['presence']!.data as Float32Array;
      for (let row = 0; row < presence.length; row++) {
        for (let at = row * wordCount; at < (row + 1) * wordCount; at++) {
          distance[at] = presence[row]! > 0 ? distance[at]! + offset : Infinity;
        }
      }
      return distance;
    },
  };
}

/** Sum of squares per row, [rows, 1]. */
function squares(b: GraphBuilder, rows: string): string {
  return reduceSum(b, mul(b, rows, rows), [1], true);
}

/** Features at patches, [patches, channels], in their order; every image is read once. */
export async function readPatches(
  source: Pick<FeatureSource, 'channels' | 'height' | 'width' | 'read'>,
  patches: readonly Omit<PushedPatch, 'distance'>[],
): Promise<Tensor<'float32'>> {
  const { channels, height, width } = source;
  const positions = height * width;
  const result = float32(new Float32Array(patches.length * channels), [patches.length, channels]);
  const images = [...new Set(patches.map((patch) => patch.imageIndex))];
  for (const batch of batchesOf(images)) {
    const { features }: FeatureBatch = await source.read(batch);
    patches.forEach((patch, word) => {
      const image = batch.indexOf(patch.imageIndex);
      if (image < 0) return;
      const target = rowOf(result, word);
      const from = image * channels * positions + patch.row * width + patch.column;
      for (let channel = 0; channel < channels; channel++) target[channel] = features.data[from + channel * positions]!;
    });
  }
  return result;
}

/** The add-on layers on features [words, channels] -> [words, D]. */
export async function wordsOf(
  runner: GraphRunner,
  model: Pick<WordModel, 'addOn'>,
  patchFeatures: Tensor<'float32'>,
): Promise<Tensor<'float32'>> {
  if (model.addOn.length === 0) return patchFeatures;
  const b = new GraphBuilder({ name: 'wordsOfPatches' });
  const rows = b.input('rows', 'float32', patchFeatures.shape);
  const layers = model.addOn.map((layer) => ({
    weights: b.constant(layer.weights, 'weights'),
    bias: b.constant(layer.bias, 'bias'),
    activation: layer.activation,
  }));
  b.output(emitAddOn(b, rows, layers), 'words');
  const session = await runner.open(b.build());
  try {
    return (await session.run({ rows: patchFeatures }))['words'] as Tensor<'float32'>;
  } finally {
    await session.dispose();
  }
}
