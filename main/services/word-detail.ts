/** One word in depth: its evidence, where it fires class by class, and the words like it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClassActivation, WordDetail } from '../../preload/contract/index.ts';
import { MAP_WORDS } from '../engine/metrics/alignment.ts';
import { measureRate, quantileOfSorted } from '../engine/metrics/interval.ts';
import { predictedClass } from '../engine/metrics/outcome.ts';
import { nameOf } from './class-names.ts';
import { evidenceReader } from './evidence.ts';
import { toLine } from './history.ts';
import type { RunMemory } from './run-memory.ts';
import { wordCards } from './word-cards.ts';
import { wordAt } from './word-changes.ts';
import { presentWords } from './word-groups.ts';
import { childScores, wordScores } from './word-scores.ts';

/** Similar words listed. */
const SIMILAR = 8;

/** Images read between two turns of the event loop: a few ms. */
const PAGE = 5_000;

/** Everything known of a word. @throws StoreError 'not-found' */
export async function wordDetail(memory: RunMemory, index: number): Promise<WordDetail> {
  const { read, run, model } = memory;
  const { splitFrom } = wordAt(presentWords(read, run), index, run);
  const [card] = await wordCards(memory, [index]);
  const [facts] = await memory.facts([index]);
  const evidenceOf = evidenceReader(read, run, model);
  return {
    card: card!,
    patches: read.words.patches(run.runId, index).map((patch) => evidenceOf(patch, splitFrom ?? index)),
    pushesUp: [...facts!.pushesUp],
    pushesDown: [...facts!.pushesDown],
    classActivations: await classActivations(memory, index, splitFrom, facts!.classWeights),
    classes80: facts!.figures.classes80,
    pushDistance: facts!.figures.pushDistance,
    similar: similarWords(memory, splitFrom ?? index),
    history: read.words.history(run.runId, index).map(toLine),
  };
}

/** How strongly the word fires on the images predicted as each class; classes without images are left out. */
async function classActivations(
  memory: RunMemory,
  index: number,
  splitFrom: number | null,
  weights: Float32Array,
): Promise<ClassActivation[]> {
  const { read, run, model } = memory;
  const split =
    splitFrom === null ? undefined : read.words.splits(run.runId).find(({ wordIndex }) => wordIndex === splitFrom);
  const { imageIds, values } = split ? await childScores(read, run, split, index) : await wordScores(read, run, index);
  const predicted = await memory.once('predicted', () => predictedClasses(memory));
  const strong = await memory.once('strongest', () => strongestWordsOfImages(memory));
  const learned = splitFrom ?? index;
  const places = Map.groupBy(imageIds.keys(), (place) => predicted.get(imageIds[place]!) ?? -1);
  return [...places]
    .filter(([classIndex]) => classIndex >= 0)
    .map(([classIndex, own]): ClassActivation => {
      const sorted = Float64Array.from(own, (place) => values[place]!).sort();
      const present = own.filter((place) => strong.get(imageIds[place]!)?.includes(learned) === true).length;
      return {
        classIndex,
        className: nameOf(model, classIndex),
        n: own.length,
        lowerQuartile: quantileOfSorted(sorted, 0.25),
        median: quantileOfSorted(sorted, 0.5),
        upperQuartile: quantileOfSorted(sorted, 0.75),
        presence: measureRate(present, own.length),
        weight: weights.length === 1 ? (classIndex === 1 ? weights[0]! : -weights[0]!) : (weights[classIndex] ?? 0),
      };
    })
    .sort((a, b) => b.median - a.median || a.classIndex - b.classIndex);
}

/** Class that the base model predicts, by image. */
export async function predictedClasses({ read, run }: RunMemory): Promise<ReadonlyMap<number, number>> {
  const classes = new Map<number, number>();
  const imageIds = read.images.ids({ status: 'ok' });
  for (let start = 0; start < imageIds.length; start += PAGE / 10) {
    const page = imageIds.slice(start, start + PAGE / 10);
    read.models.outputs(run.modelId, page).forEach((output, place) => {
      if (output) classes.set(page[place]!, predictedClass(output.logits));
    });
    await nextTurn();
  }
  return classes;
}

/** The ten strongest words of every image. */
async function strongestWordsOfImages({ read, run }: RunMemory): Promise<ReadonlyMap<number, Uint16Array>> {
  const strongest = new Map<number, Uint16Array>();
  for (let after = 0; ;) {
    const { imageIds, values } = read.activations.strongestPage(run.runId, after, PAGE, MAP_WORDS);
    imageIds.forEach((imageId, place) => strongest.set(imageId, values[place]!));
    if (imageIds.length < PAGE) return strongest;
    after = imageIds.at(-1)!;
    await nextTurn();
  }
}

/** Nearest other words by the cosine of their vectors. */
function similarWords({ wordModel: { words } }: RunMemory, index: number): { index: number; cosine: number }[] {
  const [count, dimension] = words.shape as [number, number];
  const row = (word: number): Float32Array => words.data.subarray(word * dimension, (word + 1) * dimension);
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, place) => sum + value * b[place]!, 0);
  const own = row(index);
  const length = Math.sqrt(dot(own, own));
  return Array.from({ length: count }, (_, word) => {
    const other = row(word);
    const lengths = length * Math.sqrt(dot(other, other));
    return { index: word, cosine: lengths > 0 ? dot(own, other) / lengths : 0 };
  })
    .filter((similar) => similar.index !== index)
    .sort((a, b) => b.cosine - a.cosine || a.index - b.index)
    .slice(0, SIMILAR);
}
