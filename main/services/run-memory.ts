/** Facts of runs that never change once learned, read once and kept as long as their project is open. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClassPush, Histogram } from '../../preload/contract/index.ts';
import type { WordModel } from '../engine/words/word-model.ts';
import type {
  HistogramRecord,
  ModelRecord,
  PatchRecord,
  ProjectReader,
  ProjectWriter,
  RunRecord,
  WordSplitRecord,
} from '../store/index.ts';
import { evidenceReader } from './evidence.ts';
import type { Evidence } from './evidence.ts';
import { wordModelOf } from './project-access.ts';
import { histogramOf, histogramOfValues, scoreHistograms } from './score-histograms.ts';
import { childScores } from './word-scores.ts';
import { pushesOf } from './words.ts';
import type { StoredFigures } from './words.ts';

/** What the images say of a word. */
export interface WordFacts {
  readonly index: number;
  readonly figures: StoredFigures;
  readonly classWeights: Float32Array;
  /** Strongest ten each. */
  readonly pushesUp: readonly ClassPush[];
  readonly pushesDown: readonly ClassPush[];
  readonly pushed: Evidence;
  /** Up to five, strongest first. */
  readonly top: readonly Evidence[];
  readonly histogram: Histogram;
}

/** Top patches of a card. */
const CARD_PATCHES = 5;

/** Words read between two turns of the event loop: their evidence takes a few ms. */
const WORDS_PER_TURN = 25;

/** One run of an open project. */
export class RunMemory {
  readonly read: ProjectReader;
  readonly run: RunRecord;
  readonly model: ModelRecord;
  readonly #write: ProjectWriter | undefined;
  readonly #facts = new Map<number, WordFacts>();
  readonly #kept = new Map<string, Promise<unknown>>();
  #wordModel: WordModel | undefined;

  constructor(read: ProjectReader, write: ProjectWriter | undefined, run: RunRecord) {
    this.read = read;
    this.run = run;
    this.model = read.models.get(run.modelId);
    this.#write = write;
  }

  /** The learned parameters. */
  get wordModel(): WordModel {
    return (this.#wordModel ??= wordModelOf(this.read, this.run));
  }

  /** Something that takes a while and never changes; whoever asks meanwhile waits for the same. A failure is not kept. */
  once<Value>(key: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#kept.get(key);
    if (known) return known as Promise<Value>;
    const made = make();
    this.#kept.set(key, made);
    made.catch(() => this.#kept.delete(key));
    return made;
  }

  /** Facts of words, in the order asked for; the first time they are read piece by piece, beside other work. */
  async facts(indices: readonly number[]): Promise<readonly WordFacts[]> {
    const missing = indices.filter((index) => !this.#facts.has(index));
    if (missing.length > 0) {
      const histograms = await this.once('histograms', () => scoreHistograms(this.read, this.#write, this.run));
      const splits = new Map(
        this.read.words
          .splits(this.run.runId)
          .flatMap((split) => split.children.map((child) => [child, split] as const)),
      );
      const evidenceOf = evidenceReader(this.read, this.run, this.model);
      for (let start = 0; start < missing.length; start += WORDS_PER_TURN) {
        if (start > 0) await nextTurn();
        const turn = missing.slice(start, start + WORDS_PER_TURN);
        const patches = Map.groupBy(
          this.read.words.patchesOf(this.run.runId, turn, CARD_PATCHES),
          ({ wordIndex }) => wordIndex,
        );
        for (const index of turn) {
          const own = patches.get(index) ?? [];
          this.#facts.set(index, await this.#read(index, own, histograms, splits.get(index), evidenceOf));
        }
      }
    }
    return indices.map((index) => this.#facts.get(index)!);
  }

  async #read(
    index: number,
    patches: readonly PatchRecord[],
    histograms: HistogramRecord,
    split: WordSplitRecord | undefined,
    evidenceOf: ReturnType<typeof evidenceReader>,
  ): Promise<WordFacts> {
    const { read, run, model } = this;
    const { summary, classWeights } = read.words.get(run.runId, index);
    const figures = summary as unknown as StoredFigures;
    const pushed = patches.find(({ kind }) => kind === 'pushed') ?? patches[0]!;
    return {
      index,
      figures,
      classWeights,
      ...pushesOf(classWeights, new Map(figures.shares), model),
      pushed: evidenceOf(pushed, split?.wordIndex),
      top: patches.filter(({ kind }) => kind === 'top').map((patch) => evidenceOf(patch, split?.wordIndex)),
      histogram: split
        ? histogramOfValues((await childScores(read, run, split, index)).values)
        : histogramOf(histograms, index),
    };
  }
}

/** Memories of the runs of open projects; one is let go with its project. */
export interface RunMemories {
  of(read: ProjectReader, write: ProjectWriter | undefined, run: RunRecord): RunMemory;
}

/** Without a memory yet. */
export function createRunMemories(): RunMemories {
  const memories = new WeakMap<ProjectReader, Map<number, RunMemory>>();
  return {
    of: (read, write, run) => {
      const ofProject = memories.get(read) ?? new Map<number, RunMemory>();
      memories.set(read, ofProject);
      const memory = ofProject.get(run.runId) ?? new RunMemory(read, write, run);
      ofProject.set(run.runId, memory);
      return memory;
    },
  };
}
