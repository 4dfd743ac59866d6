/** Task: lays words out in the plane so that similar ones lie together (UMAP, McInnes et al. 2018). */
import { UMAP } from 'umap-js';
import { createRandom } from '../../engine/tensor/random.ts';
import type { Task, TaskContext } from '../task.ts';

/** What to lay out. */
export interface MapWordsInput {
  /** [words, dimension] */
  readonly vectors: Float32Array;
  readonly wordCount: number;
  /** Same seed, same layout. */
  readonly seed: number;
}

/** A place for every word. */
export interface MapWordsOutput {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Neighbours of the usual layout: small enough that families of ten words show. */
const NEIGHBOURS = 12;

/** So few words have no neighbourhoods; they are put on a circle. */
const FEWEST = 4;

/** Closest distance of two words, in the layout's units: cards must not cover each other. */
const MINIMUM_DISTANCE = 0.3;

/** @throws EngineError 'cancelled' */
export const mapWords: Task<MapWordsInput, MapWordsOutput> = (input, context) =>
  Promise.resolve(layOut(input, context));

function layOut({ vectors, wordCount, seed }: MapWordsInput, context: TaskContext): MapWordsOutput {
  const dimension = vectors.length / Math.max(1, wordCount);
  if (wordCount < FEWEST) {
    const angle = (word: number): number => (2 * Math.PI * word) / Math.max(1, wordCount);
    const radius = wordCount > 1 ? 1 : 0;
    return {
      x: Float32Array.from({ length: wordCount }, (_, word) => radius * Math.cos(angle(word))),
      y: Float32Array.from({ length: wordCount }, (_, word) => radius * Math.sin(angle(word))),
    };
  }
  const rows = Array.from({ length: wordCount }, (_, word) => [
    ...vectors.subarray(word * dimension, (word + 1) * dimension),
  ]);
  const random = createRandom(seed);
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(NEIGHBOURS, wordCount - 1),
    minDist: MINIMUM_DISTANCE,
    distanceFn: cosineDistance,
    random: () => random.next(),
  });
  const epochs = umap.initializeFit(rows);
  for (let epoch = 0; epoch < epochs; epoch++) {
    context.signal.throwIfAborted();
    umap.step();
    context.progress({ phase: 'layout', done: epoch + 1, total: epochs, unit: 'steps' });
  }
  const places = umap.getEmbedding();
  return {
    x: Float32Array.from(places, ([x]) => x!),
    y: Float32Array.from(places, ([, y]) => y!),
  };
}

/** 1 - cosine; 1 from a vector of length zero, which looks like nothing. */
function cosineDistance(a: number[], b: number[]): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    dot += a[index]! * b[index]!;
    aa += a[index]! ** 2;
    bb += b[index]! ** 2;
  }
  const lengths = Math.sqrt(aa * bb);
  return lengths > 0 ? Math.max(0, 1 - dot / lengths) : 1;
}
