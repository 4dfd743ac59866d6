/** Where words speak: their strongest patches, random ones, and counter-examples, found in one streaming pass. */
import { argMax, rowOf } from '../linalg/vectors.ts';
import type { GraphRunner } from '../runner.ts';
import type { Random } from '../tensor/random.ts';
import { throwIfCancelled } from '../training/cancel.ts';
import type { CancelSignal } from '../training/cancel.ts';
import { batchesOf, STREAM_BATCH } from '../training/feature-source.ts';
import type { FeatureSource } from '../training/feature-source.ts';
import { openWordModel } from './open-word-model.ts';
import type { Patch } from './patch.ts';
import type { WordModel } from './word-model.ts';
import { sizeOfWordModel } from './word-model.ts';

/** A patch and how strongly a word answers to it. */
export interface ActivatedPatch extends Patch {
  /** Similarity at the patch: the peak of the word's activation map in this image. */
  readonly similarity: number;
  /** Class the base model predicts for the image. */
  readonly baseClass: number;
}

/** What to show of one word; one patch per image, its peak. */
export interface WordActivations {
  /** Strongest first. */
  readonly top: readonly ActivatedPatch[];
  /**
   * Drawn at random over images, with probability growing with the similarity, so that the gallery is not only the
   * best ones; strongest first.
   */
  readonly random: readonly ActivatedPatch[];
  /** Strongest patch of each class that has no image among `top`, strongest first: where else does the word fire? */
  readonly counter: readonly ActivatedPatch[];
}

/** What to read and how much to keep. */
export interface ActivationOptions {
  readonly runner: GraphRunner;
  readonly model: WordModel;
  readonly source: FeatureSource;
  readonly indices: readonly number[];
  readonly random: Random;
  /** Patches of each kind to keep per word. Default 10. */
  readonly count?: number;
  readonly signal?: CancelSignal | undefined;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** Collects activations of every word. Memory: words x (2 count + classes) patches, whatever the number of images. */
export async function collectActivations(options: ActivationOptions): Promise<WordActivations[]> {
  const { runner, model, source, indices, random, count = 10 } = options;
  const { wordCount } = sizeOfWordModel(model);
  const { channels, height, width } = source;
  const collector = new ActivationCollector({ wordCount, width, random, count });
  const open = await openWordModel(runner, model, { batch: STREAM_BATCH, channels, height, width }, ['activationMaps']);
  try {
    let done = 0;
    for (const batch of batchesOf(indices)) {
      throwIfCancelled(options.signal, 'activations');
      const { features, logits } = await source.read(batch);
      const { activationMaps } = await open.forward(features);
      batch.forEach((imageIndex, row) => {
        const baseClass = argMax(rowOf(logits, row));
        const perImage = wordCount * height * width;
        const maps = activationMaps.data.subarray(row * perImage, (row + 1) * perImage);
        collector.add(imageIndex, baseClass, maps);
      });
      done += batch.length;
      options.onProgress?.(done, indices.length);
    }
  } finally {
    await open.dispose();
  }
  return Array.from({ length: wordCount }, (_, word) => collector.result(word));
}

/** What a collector is made for. */
export interface CollectorOptions {
  readonly wordCount: number;
  /** Columns of the feature map. */
  readonly width: number;
  readonly random: Random;
  /** Patches of each kind to keep per word. */
  readonly count: number;
}

/** Keeps the patches of every word while images stream by. */
export class ActivationCollector {
  readonly #options: CollectorOptions;
  readonly #words: readonly WordCollector[];

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#words = Array.from({ length: options.wordCount }, () => new WordCollector(options.count));
  }

  /**
   * Adds one image.
   * @param baseClass class the base model predicts
   * @param maps activation maps, [words, height * width]
   */
  add(imageIndex: number, baseClass: number, maps: Float32Array): void {
    const { width, random } = this.#options;
    const positions = maps.length / this.#words.length;
    this.#words.forEach((collector, word) => {
      const map = maps.subarray(word * positions, (word + 1) * positions);
      const peak = argMax(map);
      const place = { imageIndex, row: Math.floor(peak / width), column: peak % width };
      collector.add({ ...place, similarity: map[peak]!, baseClass }, random.next());
    });
  }

  /**
   * What was kept of one word.
   * @param ownClasses classes that are no counter-examples; default those of the images in `top`
   */
  result(word: number, ownClasses?: ReadonlySet<number>): WordActivations {
    return this.#words[word]!.result(ownClasses);
  }
}

interface Keyed {
  readonly patch: ActivatedPatch;
  readonly key: number;
}

/** The patches of one word that are kept so far. */
class WordCollector {
  readonly #count: number;
  readonly #top: Keyed[] = [];
  readonly #drawn: Keyed[] = [];
  readonly #bestOfClass = new Map<number, ActivatedPatch>();

  constructor(count: number) {
    this.#count = count;
  }

  /** @param draw uniform in [0, 1) */
  add(patch: ActivatedPatch, draw: number): void {
    insert(this.#top, { patch, key: patch.similarity }, this.#count);
    // Weighted reservoir sampling (Efraimidis and Spirakis 2006): key = u^(1 / weight), compared as ln(u) / weight.
    const weight = weightOf(patch.similarity);
    if (weight > 0) insert(this.#drawn, { patch, key: Math.log(1 - draw) / weight }, this.#count);
    const best = this.#bestOfClass.get(patch.baseClass);
    if (!best || patch.similarity > best.similarity) this.#bestOfClass.set(patch.baseClass, patch);
  }

  result(ownClasses?: ReadonlySet<number>): WordActivations {
    const top = this.#top.map(({ patch }) => patch);
    const own = ownClasses ?? new Set(top.map(({ baseClass }) => baseClass));
    const others = [...this.#bestOfClass.values()].filter(({ baseClass }) => !own.has(baseClass));
    return {
      top,
      random: strongestFirst(this.#drawn.map(({ patch }) => patch)),
      counter: strongestFirst(others).slice(0, this.#count),
    };
  }
}

/** Weight of a draw: the similarity itself where it is positive, 1 / (1 + distance) for `linear`. */
function weightOf(similarity: number): number {
  return similarity < 0 ? 1 / (1 - similarity) : similarity;
}

function strongestFirst(patches: readonly ActivatedPatch[]): ActivatedPatch[] {
  return [...patches].sort((a, b) => b.similarity - a.similarity || a.imageIndex - b.imageIndex);
}

/** Keeps the largest keys, largest first; of equals the one that came first. */
function insert(list: Keyed[], item: Keyed, limit: number): void {
  if (list.length === limit && item.key <= list.at(-1)!.key) return;
  let at = list.length;
  while (at > 0 && list[at - 1]!.key < item.key) at--;
  list.splice(at, 0, item);
  if (list.length > limit) list.pop();
}
