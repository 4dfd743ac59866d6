/**
 * Divides a word that means two things by the looks of its patches: every image belongs to one of two children.
 *
 * In an image, score, map and contribution of the word are those of the child the image belongs to. A division therefore
 * changes no decision and no word map, and neither fidelity: it only tells two meanings apart.
 */
import { EngineError } from '../errors.ts';
import { kMeans } from '../linalg/kmeans.ts';
import { argMax, rowOf } from '../linalg/vectors.ts';
import { AttentionMeter, MAP_WORDS, strongestWords } from '../metrics/alignment.ts';
import type { Assessment } from '../metrics/measure.ts';
import { outcomesOf, rowOfClass } from '../metrics/outcome.ts';
import type { ImageOutcome } from '../metrics/outcome.ts';
import { UsageCounter } from '../metrics/sharing.ts';
import type { WordSharing } from '../metrics/sharing.ts';
import { WordAttention } from '../metrics/word-attention.ts';
import type { GraphRunner } from '../runner.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Random } from '../tensor/random.ts';
import { throwIfCancelled } from '../training/cancel.ts';
import type { CancelSignal } from '../training/cancel.ts';
import { batchesOf, STREAM_BATCH } from '../training/feature-source.ts';
import type { FeatureSource } from '../training/feature-source.ts';
import { ActivationCollector } from './activation.ts';
import { ownClasses } from './describe.ts';
import { openWordModel } from './open-word-model.ts';
import type { OpenWordModel } from './open-word-model.ts';
import type { PushedPatch } from './patch.ts';
import { patchesOfWord } from './word-patches.ts';
import type { WordPatch } from './word-patches.ts';
import type { WordModel } from './word-model.ts';
import { sizeOfWordModel } from './word-model.ts';

/** What to divide. */
export interface SplitOptions {
  readonly runner: GraphRunner;
  readonly model: WordModel;
  /** Index of the word. */
  readonly word: number;
  readonly source: FeatureSource;
  /** Images, indices into the source. */
  readonly indices: readonly number[];
  /** True for an image that a child may be pushed to: a training image. */
  readonly isTraining: (imageIndex: number) => boolean;
  readonly random: Random;
  /** Patches of each kind per child. Default 10. */
  readonly count?: number | undefined;
  readonly signal?: CancelSignal | undefined;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** A child as its images show it; NaN where a figure is undefined. */
export interface SplitChild extends WordSharing {
  /** Share of all images where the child speaks and is among the ten strongest, 0..1. */
  readonly frequency: number;
  /** Mean over all images of |score x weight| for the class the base model predicts, logits. */
  readonly importance: number;
  readonly attentionFidelity: Assessment;
  /** [classes] */
  readonly shares: Float64Array;
  /** 'pushed' is the real patch nearest to the child's centre. `word` is the divided word: the maps are its maps. */
  readonly patches: readonly WordPatch[];
  /** How far that patch lies from the centre: 1 - cosine for `cosinePower`, else squared L2. */
  readonly pushDistance: number;
}

/** A divided word. */
export interface SplitWord {
  /** Child of every image, 0 or 1, in the order of `indices`. */
  readonly children: Uint8Array;
  /** [2, D] */
  readonly centres: Tensor<'float32'>;
  readonly words: readonly [SplitChild, SplitChild];
}

/** Patches clustered at most: they are a fair sample, and fit into 20 MB of 256 channels. */
const CLUSTERED = 20_000;

/** Fewer strong images than this say too little; the images with the highest scores are taken instead. */
const FEWEST_STRONG = 8;

/** Images compared with Grad-CAM per word at most, as in the description of a run. */
const ATTENTION_IMAGES = 1000;

type Forward = Pick<OpenWordModel<'activationMaps' | 'scores' | 'logits' | 'positions'>, 'forward'>;

/** One image seen by the word. */
interface Seen {
  readonly outcome: ImageOutcome;
  /** The word's map, [height * width]. */
  readonly map: Float32Array;
  /** Where the map peaks. */
  readonly peak: number;
  /** Looks of the peak in word space, [D]. */
  readonly z: Float32Array;
  /** Among the ten strongest, with a map that is not flat. */
  readonly isStrong: boolean;
}

/**
 * Divides by 2-means (k-means++ start) over the looks of the peaks in images where the word is among the strongest ten.
 * Reads all images twice. Same options, same division.
 * @throws EngineError 'too-few-images' when the word shows fewer than two different patches, 'cancelled'
 */
export async function splitWord(options: SplitOptions): Promise<SplitWord> {
  const { model, word, source } = options;
  const { channels, height, width } = source;
  const open = await openWordModel(options.runner, model, { batch: STREAM_BATCH, channels, height, width }, [
    'activationMaps',
    'scores',
    'logits',
    'positions',
  ]);
  try {
    const rows = await looksToDivide(options, open);
    const isSpherical = model.similarity.kind === 'cosinePower';
    const { centres, assignment } = await kMeans(options.runner, rows, 2, options.random.fork('clusters'), {
      spherical: isSpherical,
    });
    if (new Set(assignment).size < 2) throw tooAlike(word);
    const distance = distanceTo(centres, isSpherical);
    const pass = new SplitPass(options, distance);
    let done = 0;
    for await (const seen of everyImage(options, open, options.indices)) {
      pass.add(seen);
      done++;
      if (done % STREAM_BATCH === 0) options.onProgress?.(options.indices.length + done, 2 * options.indices.length);
    }
    return { centres, ...pass.result() };
  } finally {
    await open.dispose();
  }
}

/** Looks of the word's peaks where it is strong; those of its highest scores where that is too seldom. */
async function looksToDivide(options: SplitOptions, open: Forward): Promise<Tensor<'float32'>> {
  const { indices, random, word } = options;
  const strong: Float32Array[] = [];
  const highest: { readonly score: number; readonly z: Float32Array }[] = [];
  let done = 0;
  // In random order, so that the first of them are a fair sample.
  for await (const { outcome, z, isStrong } of everyImage(options, open, random.fork('order').shuffle([...indices]))) {
    done++;
    if (done % STREAM_BATCH === 0) options.onProgress?.(done, 2 * indices.length);
    if (isStrong && strong.length < CLUSTERED) strong.push(z.slice());
    const score = outcome.scores[word]!;
    if (z.some((value) => value !== 0)) {
      const at = highest.findLastIndex((other) => other.score >= score) + 1;
      if (at < FEWEST_STRONG) highest.splice(at, 0, { score, z: z.slice() });
      if (highest.length > FEWEST_STRONG) highest.pop();
    }
  }
  const chosen = strong.length >= FEWEST_STRONG ? strong : highest.map(({ z }) => z);
  if (chosen.length < 2) throw tooAlike(word);
  const dimension = chosen[0]!.length;
  const data = new Float32Array(chosen.length * dimension);
  chosen.forEach((z, row) => data.set(z, row * dimension));
  return float32(data, [chosen.length, dimension]);
}

async function* everyImage(options: SplitOptions, open: Forward, indices: readonly number[]): AsyncGenerator<Seen> {
  const { source, word, signal } = options;
  const positions = source.height * source.width;
  for (const batch of batchesOf(indices)) {
    throwIfCancelled(signal, 'division of a word');
    const images = await source.read(batch);
    const { activationMaps, scores, logits, positions: looks } = await open.forward(images.features);
    const places = batch.map((imageIndex, row) => ({ row, imageIndex, label: null }));
    for (const outcome of outcomesOf(images, { maps: activationMaps, scores, logits }, places)) {
      const map = outcome.maps.subarray(word * positions, (word + 1) * positions);
      const peak = argMax(map);
      const isPresent = map.some((value) => value !== map[0]);
      const isStrong = isPresent && strongestWords(outcome.scores, MAP_WORDS).includes(word);
      yield { outcome, map, peak, z: rowOf(looks, outcome.row * positions + peak), isStrong };
    }
  }
}

type Distance = (child: number, z: Float32Array) => number;

/** Distance of a look from a child's centre; a look of length zero is as far from both. */
function distanceTo(centres: Tensor<'float32'>, isSpherical: boolean): Distance {
  return (child, z) => {
    const centre = rowOf(centres, child);
    let [product, own, difference] = [0, 0, 0];
    for (let entry = 0; entry < z.length; entry++) {
      product += z[entry]! * centre[entry]!;
      own += z[entry]! ** 2;
      difference += (z[entry]! - centre[entry]!) ** 2;
    }
    if (!isSpherical) return difference;
    return own > 0 ? Math.max(0, 1 - product / Math.sqrt(own)) : 1;
  };
}

/** Assigns images and adds up what they say of their child. */
class SplitPass {
  readonly #options: SplitOptions;
  readonly #distance: Distance;
  readonly #children: number[] = [];
  readonly #collectors: readonly ActivationCollector[];
  readonly #usage: UsageCounter;
  readonly #attention: WordAttention;
  readonly #meter: AttentionMeter;
  readonly #strong = [0, 0];
  readonly #absolute = [0, 0];
  readonly #pushed: (PushedPatch | undefined)[] = [undefined, undefined];
  /** The same anywhere, where no training image belongs to a child. */
  readonly #nearest: (PushedPatch | undefined)[] = [undefined, undefined];
  #compared = 0;

  constructor(options: SplitOptions, distance: Distance) {
    const { model, source, word, random, count = 10 } = options;
    this.#options = options;
    this.#distance = distance;
    this.#collectors = [0, 1].map(
      (child) =>
        new ActivationCollector({ wordCount: 1, width: source.width, random: random.fork(`patches ${child}`), count }),
    );
    // Two words with the weights of the one: in every image only the child that speaks has a score.
    const { wordCount, classCount } = sizeOfWordModel(model);
    const weights = Float32Array.from(
      { length: classCount * 2 },
      (_, place) => model.lastLayer.data[(place >> 1) * wordCount + word]!,
    );
    this.#usage = new UsageCounter(float32(weights, [classCount, 2]));
    this.#attention = new WordAttention(ATTENTION_IMAGES);
    this.#meter = new AttentionMeter(source.height, source.width);
  }

  add({ outcome, map, peak, z, isStrong }: Seen): void {
    const { model, source, word, isTraining } = this.#options;
    const { imageIndex, baseClass, wordClass, scores } = outcome;
    const child = this.#distance(1, z) < this.#distance(0, z) ? 1 : 0;
    this.#children.push(child);
    this.#collectors[child]!.add(imageIndex, baseClass, map);
    const score = scores[word]!;
    this.#usage.add({ scores: Float32Array.from([0, 1], (other) => (other === child ? score : 0)), wordClass });
    const { classCount, wordCount } = sizeOfWordModel(model);
    const weight = model.lastLayer.data[rowOfClass(baseClass, classCount) * wordCount + word]!;
    this.#absolute[child]! += Math.abs(score * weight);
    const place = { imageIndex, row: Math.floor(peak / source.width), column: peak % source.width };
    const patch = { ...place, distance: this.#distance(child, z) };
    if (z.some((value) => value !== 0)) {
      if (isTraining(imageIndex)) this.#keepNearest(this.#pushed, child, patch);
      this.#keepNearest(this.#nearest, child, patch);
    }
    if (!isStrong) return;
    this.#strong[child]!++;
    if (this.#compared >= ATTENTION_IMAGES) return;
    const own = this.#meter.ofAttention(outcome.attention);
    const part = this.#meter.ofPixels(this.#meter.upsample(map));
    this.#attention.add(this.#compared++, 0, child, part, { own, other: undefined }, NaN);
  }

  #keepNearest(kept: (PushedPatch | undefined)[], child: number, patch: PushedPatch): void {
    const known = kept[child];
    if (!known || patch.distance < known.distance) kept[child] = patch;
  }

  /** @throws EngineError 'too-few-images' when one child has no image */
  result(): Omit<SplitWord, 'centres'> {
    const { model, word, random } = this.#options;
    const images = Math.max(1, this.#children.length);
    const { words: sharing } = this.#usage.result(random.fork('sharing'));
    const attention = this.#attention.result(2);
    const child = (place: number): SplitChild => {
      const pushed = this.#pushed[place] ?? this.#nearest[place];
      if (!pushed) throw tooAlike(word);
      const shares = this.#usage.shares(place);
      const activations = this.#collectors[place]!.result(0, ownClasses(shares));
      return {
        ...sharing[place]!,
        frequency: this.#strong[place]! / images,
        importance: this.#absolute[place]! / images,
        attentionFidelity: attention[place]!.attentionFidelity['50'],
        shares,
        patches: patchesOfWord(word, activations, pushed, model.similarity),
        pushDistance: pushed.distance,
      };
    };
    return { children: Uint8Array.from(this.#children), words: [child(0), child(1)] };
  }
}

function tooAlike(word: number): EngineError {
  return new EngineError(
    'too-few-images',
    `Word ${word} cannot be split: its patches all look the same, or it speaks in fewer than two images.`,
    { expected: 'two different patches' },
  );
}
