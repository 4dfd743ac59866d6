/** Describes learned words by the images they speak in: patches with pixels, use by class, overlap with Grad-CAM. */
import { AttentionMeter, MAP_WORDS, strongestWords } from '../metrics/alignment.ts';
import type { Assessment } from '../metrics/measure.ts';
import { outcomesOf, rowOfClass } from '../metrics/outcome.ts';
import type { ImageOutcome } from '../metrics/outcome.ts';
import { UsageCounter } from '../metrics/sharing.ts';
import type { WordSharing } from '../metrics/sharing.ts';
import { WordAttention } from '../metrics/word-attention.ts';
import type { GraphRunner } from '../runner.ts';
import type { Random } from '../tensor/random.ts';
import { throwIfCancelled } from '../training/cancel.ts';
import type { CancelSignal } from '../training/cancel.ts';
import { batchesOf, STREAM_BATCH } from '../training/feature-source.ts';
import type { FeatureSource } from '../training/feature-source.ts';
import { ActivationCollector } from './activation.ts';
import { openWordModel } from './open-word-model.ts';
import type { OpenWordModel } from './open-word-model.ts';
import type { PushedPatch } from './patch.ts';
import { locatePatches, patchesOfWord } from './word-patches.ts';
import type { LocatedPatch, WordPatch } from './word-patches.ts';
import type { PatchPixels } from './word-patches.ts';
import { sizeOfWordModel } from './word-model.ts';
import type { WordModel } from './word-model.ts';

/** Activation maps of some words in one image. */
export interface KeptMaps {
  readonly imageIndex: number;
  /** Highest word score first. */
  readonly wordIndices: readonly number[];
  /** [kept, height, width] */
  readonly maps: Float32Array;
}

/** What both models say about some images. */
export interface ImagesDescribed {
  readonly imageIndices: readonly number[];
  /** [n, words] */
  readonly wordScores: Float32Array;
  /** [n, classes] */
  readonly wordLogits: Float32Array;
  /** [n, classes] */
  readonly baseLogits: Float32Array;
  /** Maps of the ten strongest words of each image. */
  readonly kept: readonly KeptMaps[];
}

/** A word as its images show it. Sharing figures are NaN where undefined: for a word that never pushes. */
export interface DescribedWord extends WordSharing {
  readonly word: number;
  /** Share of images where the word is present (its map is not flat) and among the ten strongest, 0..1. */
  readonly frequency: number;
  /** Mean over images of |score x weight| for the class the base model predicts, in logits. */
  readonly importance: number;
  /** IoU@50 of the word's own map with Grad-CAM, over a sample of the images where it is among the ten strongest. */
  readonly attentionFidelity: Assessment;
  /** Share of its positive contribution that goes to images predicted as each class, [classes]. */
  readonly shares: Float64Array;
  /** By kind, then by rank. */
  readonly patches: readonly LocatedPatch[];
}

/** What to describe. */
export interface DescribeOptions {
  readonly runner: GraphRunner;
  readonly model: WordModel;
  readonly source: FeatureSource;
  readonly indices: readonly number[];
  /** Where each word was pushed to. */
  readonly pushed: readonly PushedPatch[];
  readonly pixels: PatchPixels;
  readonly random: Random;
  /** Patches of each other kind per word. Default 10. */
  readonly count?: number | undefined;
  /** Scores, logits and maps, batch by batch; awaited, so that memory stays bounded. */
  readonly onImages: (images: ImagesDescribed) => void | Promise<void>;
  /** Maps that replace those of `onImages`: the ten strongest words and every word with a patch in the image. */
  readonly onPatchMaps: (kept: readonly KeptMaps[]) => void | Promise<void>;
  readonly signal?: CancelSignal | undefined;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** Images on which single words are compared with Grad-CAM: ten words of 1,000 images take about ten seconds. */
const ATTENTION_IMAGES = 1000;

/** Share of its positive contribution that a word's own classes hold; patches of others are counter-examples. */
const OWN_CLASSES = 0.8;

type Forward = Pick<OpenWordModel<'activationMaps' | 'scores' | 'logits'>, 'forward'>;

/** Reads all images once, and those that hold a patch a second time, for the pixels of the patches. */
export async function describeWords(options: DescribeOptions): Promise<DescribedWord[]> {
  const { model, source, indices, pushed, random } = options;
  const { wordCount } = sizeOfWordModel(model);
  const { channels, height, width } = source;
  const open = await openWordModel(options.runner, model, { batch: STREAM_BATCH, channels, height, width }, [
    'activationMaps',
    'scores',
    'logits',
  ]);
  try {
    const pass = new DescribePass(options, wordCount);
    for (const batch of batchesOf(indices)) {
      throwIfCancelled(options.signal, 'description of the words');
      const outcomes = await outcomesOfImages(source, open, batch);
      outcomes.forEach((outcome) => pass.add(outcome));
      await options.onImages(recordsOf(outcomes, height * width));
      options.onProgress?.(pass.imageCount, indices.length);
    }
    const figures = pass.figures(random.fork('sharing'));
    const patches = figures.flatMap(({ word, shares }) =>
      patchesOfWord(word, pass.activationsOf(word, ownClasses(shares)), pushed[word], model.similarity),
    );
    const located = await locate(options, open, patches);
    const ofWord = Map.groupBy(located, (patch) => patch.word);
    return figures.map((word) => ({ ...word, patches: ofWord.get(word.word) ?? [] }));
  } finally {
    await open.dispose();
  }
}

/** Everything that is added up over the images. */
class DescribePass {
  readonly #model: WordModel;
  readonly #collector: ActivationCollector;
  readonly #usage: UsageCounter;
  readonly #attention: WordAttention;
  readonly #meter: AttentionMeter;
  /** Images compared with Grad-CAM -> their row there. */
  readonly #sample: ReadonlyMap<number, number>;
  readonly #strongCounts: Float64Array;
  readonly #absoluteSums: Float64Array;
  imageCount = 0;

  constructor({ model, source, indices, random, count = 10 }: DescribeOptions, wordCount: number) {
    this.#model = model;
    this.#collector = new ActivationCollector({
      wordCount,
      width: source.width,
      random: random.fork('patches'),
      count,
    });
    this.#usage = new UsageCounter(model.lastLayer);
    this.#meter = new AttentionMeter(source.height, source.width);
    const sample = random
      .fork('attention')
      .shuffle([...indices])
      .slice(0, ATTENTION_IMAGES);
    this.#sample = new Map(sample.map((imageIndex, row) => [imageIndex, row]));
    this.#attention = new WordAttention(sample.length);
    this.#strongCounts = new Float64Array(wordCount);
    this.#absoluteSums = new Float64Array(wordCount);
  }

  add(outcome: ImageOutcome): void {
    const { imageIndex, baseClass, maps, scores } = outcome;
    const { data, shape } = this.#model.lastLayer;
    const [classCount, wordCount] = shape as [number, number];
    this.imageCount++;
    this.#collector.add(imageIndex, baseClass, maps);
    this.#usage.add(outcome);
    const start = rowOfClass(baseClass, classCount) * wordCount;
    scores.forEach((score, word) => (this.#absoluteSums[word]! += Math.abs(score * data[start + word]!)));
    const row = this.#sample.get(imageIndex);
    const own = row === undefined ? undefined : this.#meter.ofAttention(outcome.attention);
    const positions = maps.length / wordCount;
    strongestWords(scores, MAP_WORDS).forEach((word, slot) => {
      const map = maps.subarray(word * positions, (word + 1) * positions);
      if (map.every((value) => value === map[0])) return; // a flat map is a word that is absent
      this.#strongCounts[word]!++;
      if (row === undefined || !own) return;
      const part = this.#meter.ofPixels(this.#meter.upsample(map));
      this.#attention.add(row, slot, word, part, { own, other: undefined }, NaN);
    });
  }

  activationsOf(word: number, own: ReadonlySet<number> | undefined) {
    return this.#collector.result(word, own);
  }

  figures(random: Random): Omit<DescribedWord, 'patches'>[] {
    const { words } = this.#usage.result(random);
    const attention = this.#attention.result(words.length);
    const images = Math.max(this.imageCount, 1);
    return words.map((sharing, word) => ({
      word,
      ...sharing,
      frequency: this.#strongCounts[word]! / images,
      importance: this.#absoluteSums[word]! / images,
      attentionFidelity: attention[word]!.attentionFidelity['50'],
      shares: this.#usage.shares(word),
    }));
  }
}

/** The fewest classes that hold most of a word's positive contribution; undefined for a word that never pushes. */
export function ownClasses(shares: Float64Array): ReadonlySet<number> | undefined {
  const order = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]!);
  const own = new Set<number>();
  let held = 0;
  for (const classIndex of order) {
    if (held >= OWN_CLASSES || shares[classIndex] === 0) break;
    own.add(classIndex);
    held += shares[classIndex]!;
  }
  // The only row of a single logit stands for both answers: it cannot tell them apart.
  return own.size === 0 || shares.length === 1 ? undefined : own;
}

/** Second reading: similarity, boxes and maps of every patch. Returns the patches in the order given. */
async function locate(options: DescribeOptions, open: Forward, patches: readonly WordPatch[]): Promise<LocatedPatch[]> {
  const { source, model, pixels } = options;
  const byImage = Map.groupBy([...patches.entries()], ([, patch]) => patch.imageIndex);
  const located = new Array<LocatedPatch>(patches.length);
  for (const batch of batchesOf([...byImage.keys()].sort((a, b) => a - b))) {
    throwIfCancelled(options.signal, 'description of the words');
    const outcomes = await outcomesOfImages(source, open, batch);
    const kept = outcomes.map((outcome): KeptMaps => {
      const entries = byImage.get(outcome.imageIndex)!;
      const own = entries.map(([, patch]) => patch);
      const found = locatePatches(own, outcome.maps, { similarity: model.similarity, ...source, pixels });
      entries.forEach(([place], index) => (located[place] = found[index]!));
      return keptMaps(
        outcome,
        own.map(({ word }) => word),
        source.height * source.width,
      );
    });
    await options.onPatchMaps(kept);
  }
  return located;
}

async function outcomesOfImages(source: FeatureSource, open: Forward, batch: readonly number[]) {
  const images = await source.read(batch);
  const { activationMaps, scores, logits } = await open.forward(images.features);
  const places = batch.map((imageIndex, row) => ({ row, imageIndex, label: null }));
  return outcomesOf(images, { maps: activationMaps, scores, logits }, places);
}

function recordsOf(outcomes: readonly ImageOutcome[], positions: number): ImagesDescribed {
  return {
    imageIndices: outcomes.map(({ imageIndex }) => imageIndex),
    wordScores: joined(outcomes.map(({ scores }) => scores)),
    wordLogits: joined(outcomes.map(({ wordLogits }) => wordLogits)),
    baseLogits: joined(outcomes.map(({ baseLogits }) => baseLogits)),
    kept: outcomes.map((outcome) => keptMaps(outcome, [], positions)),
  };
}

/** Maps of the strongest words and of some others, copied. */
function keptMaps({ imageIndex, scores, maps }: ImageOutcome, others: readonly number[], positions: number): KeptMaps {
  const strongest = strongestWords(scores, scores.length);
  const wanted = new Set([...strongest.slice(0, MAP_WORDS), ...others]);
  const wordIndices = strongest.filter((word) => wanted.has(word));
  const kept = wordIndices.map((word) => maps.subarray(word * positions, (word + 1) * positions));
  return { imageIndex, wordIndices, maps: joined(kept) };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
