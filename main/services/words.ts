/** Words as stored and as shown: the description of a run becomes rows, rows become the word sheet. */
import type {
  Assessment,
  ClassPush,
  EvaluationReport,
  PatchEvidence,
  PatchKind,
  WordSheet,
  WordSummary,
} from '../../preload/contract/index.ts';
import type { LearnResult } from '../engine/training/learn-types.ts';
import type { TaskOutput } from '../jobs/index.ts';
import type { JsonObject, ModelRecord, NewWord, PatchRecord, ProjectReader, WordRecord } from '../store/index.ts';
import { nameOf } from './class-names.ts';
import { evidenceReader } from './evidence.ts';
import { chosenRun } from './project-access.ts';
import { summarizeModel, summarizeRun } from './summaries.ts';
import { presentWords } from './word-groups.ts';

/** Classes listed per word and direction. */
const PUSH_LIMIT = 10;

/** Order in which patches are shown. */
const KINDS: readonly PatchKind[] = ['pushed', 'top', 'random', 'counter'];

export { nameOf } from './class-names.ts';

/** What the store keeps as a word's measures; null where a figure is undefined. */
export interface StoredFigures {
  readonly frequency: number;
  readonly importance: number;
  readonly sharedness: number | null;
  readonly useSharedness: number | null;
  readonly classes80: number | null;
  readonly attentionFidelity: Assessment;
  /** Row of the last layer and share of the positive contribution; rows without a share are left out. */
  readonly shares: readonly (readonly [row: number, share: number])[];
  /** How far the push moved the word. */
  readonly pushDistance: number;
}

/**
 * What the store keeps of a described run.
 * @param idOf identifier of the image with this index in the jobs
 */
export function toStoreResult(
  { words }: TaskOutput<'describeWords'>,
  { model, patches: pushed }: Pick<LearnResult, 'model' | 'patches'>,
  idOf: (imageIndex: number) => number,
): { words: NewWord[]; patches: PatchRecord[] } {
  const [classCount, wordCount] = model.lastLayer.shape as [number, number];
  return {
    words: words.map(({ word, frequency, importance, attentionFidelity, shares, ...sharing }) => {
      const figures: StoredFigures = {
        frequency,
        importance,
        sharedness: defined(sharing.sharedness),
        useSharedness: defined(sharing.useSharedness),
        classes80: defined(sharing.classes80),
        attentionFidelity,
        shares: [...shares.entries()].filter(([, share]) => share > 0),
        pushDistance: pushed[word]!.distance,
      };
      return {
        wordIndex: word,
        classWeights: Float32Array.from(
          { length: classCount },
          (_, row) => model.lastLayer.data[row * wordCount + word]!,
        ),
        summary: figures as unknown as JsonObject,
      };
    }),
    patches: words.flatMap(({ patches }) =>
      patches.map(({ word, imageIndex, similarity, ...patch }) => ({
        ...patch,
        wordIndex: word,
        imageId: idOf(imageIndex),
        score: similarity,
      })),
    ),
  };
}

/**
 * The words of a run as people arranged them, with their evidence, most important first: merged words as their leader, a
 * split word as its parts, excluded ones marked.
 * @param runId default: the newest run that is done
 * @throws StoreError 'not-found' without such a run
 */
export function buildWordSheet(read: ProjectReader, runId?: number): WordSheet {
  const run = chosenRun(read, runId);
  const model = read.models.get(run.modelId);
  const present = presentWords(read, run).words;
  const { words } = read.words.page({ runId: run.runId, limit: present.length });
  const evidenceOf = evidenceReader(read, run, model);
  const evaluations = read.runs.evaluations(run.runId);
  const evaluation = evaluations.find(({ split }) => split === 'test') ?? evaluations[0];
  return {
    projectName: read.project().name,
    model: summarizeModel(model),
    run: summarizeRun(read, run),
    words: words
      .filter(({ wordIndex: index }) => present[index]!.isPresent && present[index]!.leader === index)
      .map((word) =>
        summarizeWord(
          word,
          present[word.wordIndex]!.members,
          model,
          word.patches.map((patch) => evidenceOf(patch, word.splitFrom ?? undefined)),
        ),
      )
      .sort((a, b) => b.importance - a.importance || a.index - b.index),
    evaluation: evaluation ? (evaluation.measures as unknown as EvaluationReport) : null,
  };
}

function summarizeWord(
  word: WordRecord,
  members: readonly number[],
  model: ModelRecord,
  patches: readonly PatchEvidence[],
): WordSummary {
  const figures = word.summary as unknown as StoredFigures;
  return {
    id: word.wordIndex,
    index: word.wordIndex,
    name: word.name,
    status: word.status,
    note: word.note,
    tags: word.tags,
    isExcluded: word.isExcluded,
    members,
    splitFrom: word.splitFrom,
    frequency: figures.frequency,
    importance: figures.importance,
    sharedness: figures.sharedness,
    attentionFidelity: figures.attentionFidelity,
    ...pushesOf(word.classWeights, new Map(figures.shares), model),
    patches: [...patches].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)),
  };
}

/** The classes a word speaks for and against, strongest first. */
export function pushesOf(
  weights: Float32Array,
  shares: ReadonlyMap<number, number>,
  model: ModelRecord,
): Pick<WordSummary, 'pushesUp' | 'pushesDown'> {
  const pushes = Array.from(weights, (weight, row): ClassPush => {
    const classIndex = weights.length === 1 ? 1 : row; // a single logit speaks for class 1
    return { classIndex, className: nameOf(model, classIndex), weight, share: shares.get(row) ?? 0 };
  });
  const ordered = (sign: number): ClassPush[] =>
    pushes
      .filter(({ weight }) => weight * sign > 0)
      .sort((a, b) => (b.weight - a.weight) * sign)
      .slice(0, PUSH_LIMIT);
  return { pushesUp: ordered(1), pushesDown: ordered(-1) };
}

/** NaN as null: a figure that is undefined. */
export function defined(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
