/** Do two words say the same? Cosine of word vectors, overlap of their strongest patches. */
import type { Tensor } from '../tensor/tensor.ts';
import { measurePairMean } from './interval.ts';
import type { Assessment } from './measure.ts';

/** Patches kept per word (method.md section 6). */
export const TOP_PATCHES = 20;

/** Mean cosine of all pairs of words; zero vectors are left out. @param words [words, D] */
export function wordCosine(words: Tensor<'float32'>): Assessment {
  const [wordCount, dimension] = words.shape as [number, number];
  const unit: Float64Array[] = [];
  for (let word = 0; word < wordCount; word++) {
    const vector = Float64Array.from(words.data.subarray(word * dimension, (word + 1) * dimension));
    const norm = Math.hypot(...vector);
    if (norm > 0) unit.push(vector.map((value) => value / norm));
  }
  return measurePairMean(
    unit.length,
    (a, b) => unit[a]!.reduce((sum, value, index) => sum + value * unit[b]![index]!, 0),
    'fewer than two words with a direction',
  );
}

/** Keeps each word's strongest patches while images stream by. */
export class TopPatchCounter {
  readonly #capacity: number;
  readonly #floor: number;
  readonly #activations: Float64Array[];
  readonly #patches: Float64Array[];
  readonly #sizes: Uint32Array;

  /**
   * @param floor activations at or below it do not count: 0 where 0 means "absent" (cosinePower), else -Infinity
   * @param capacity patches kept per word
   */
  constructor(wordCount: number, floor: number, capacity: number = TOP_PATCHES) {
    this.#capacity = capacity;
    this.#floor = floor;
    this.#activations = Array.from({ length: wordCount }, () => new Float64Array(capacity));
    this.#patches = Array.from({ length: wordCount }, () => new Float64Array(capacity));
    this.#sizes = new Uint32Array(wordCount);
  }

  /** Offers every position of an image. @param maps [words, positions] */
  add(imageIndex: number, maps: Float32Array, positions: number): void {
    for (let word = 0; word < this.#sizes.length; word++) {
      for (let position = 0; position < positions; position++) {
        this.#offer(word, maps[word * positions + position]!, imageIndex * positions + position);
      }
    }
  }

  /** Inserts by descending activation; the patch seen first wins among equals. */
  #offer(word: number, activation: number, patch: number): void {
    const activations = this.#activations[word]!;
    const size = this.#sizes[word]!;
    if (activation <= this.#floor || (size === this.#capacity && activation <= activations[size - 1]!)) return;
    const patches = this.#patches[word]!;
    let place = Math.min(size, this.#capacity - 1);
    for (; place > 0 && activations[place - 1]! < activation; place--) {
      activations[place] = activations[place - 1]!;
      patches[place] = patches[place - 1]!;
    }
    activations[place] = activation;
    patches[place] = patch;
    this.#sizes[word] = Math.min(size + 1, this.#capacity);
  }

  /** A word's strongest patches, image index x positions + position, strongest first. */
  patchesOf(word: number): Float64Array {
    return this.#patches[word]!.subarray(0, this.#sizes[word]);
  }

  /** Mean Jaccard overlap of the patch sets of all pairs of words; words that never fire are left out. */
  result(): Assessment {
    const sets = this.#patches.map((_, word) => new Set(this.patchesOf(word))).filter((set) => set.size > 0);
    return measurePairMean(sets.length, (a, b) => jaccard(sets[a]!, sets[b]!), 'fewer than two words that fire');
  }
}

/** Size of the intersection over size of the union; NaN for two empty sets. */
export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const item of a) if (b.has(item)) both++;
  return both / (a.size + b.size - both);
}
