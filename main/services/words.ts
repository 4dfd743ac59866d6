/** Words as stored and as shown: the description of a run becomes rows, rows become the word sheet. */
import { resolve } from 'node:path';
import type {
  Assessment,
  ClassPush,
  EvaluationReport,
  PatchEvidence,
  PatchKind,
  WordSheet,
  WordSummary,
} from '../../preload/contract/index.ts';
import { predictedClass } from '../engine/metrics/outcome.ts';
import type { LearnResult } from '../engine/training/learn-types.ts';
import type { TaskOutput } from '../jobs/index.ts';
import { StoreError } from '../store/index.ts';
import type {
  ActivationRecord,
  JsonObject,
  ModelRecord,
  NewWord,
  PatchRecord,
  ProjectReader,
  RunRecord,
  WordRecord,
} from '../store/index.ts';
import { compactMap } from './compact-map.ts';
import { chosenRun, imageFolder } from './project-access.ts';
import { summarizeModel, summarizeRun } from './summaries.ts';

/** Classes listed per word and direction. */
const PUSH_LIMIT = 10;

/** Order in which patches are shown. */
const KINDS: readonly PatchKind[] = ['pushed', 'top', 'random', 'counter'];

/** What the store keeps as a word's measures; null where a figure is undefined. */
interface StoredFigures {
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
 * Every word of a run with its evidence, most important first.
 * @param runId default: the newest run that is done
 * @throws StoreError 'not-found' without such a run
 */
export function buildWordSheet(read: ProjectReader, runId?: number): WordSheet {
  const run = chosenRun(read, runId);
  const model = read.models.get(run.modelId);
  const { words } = read.words.page({ runId: run.runId, limit: run.wordCount });
  const evidenceOf = evidenceReader(read, run, model);
  const evaluations = read.runs.evaluations(run.runId);
  const evaluation = evaluations.find(({ split }) => split === 'test') ?? evaluations[0];
  return {
    projectName: read.project().name,
    model: summarizeModel(model),
    run: summarizeRun(read, run),
    words: words
      .map((word) => summarizeWord(word, model, word.patches.map(evidenceOf)))
      .sort((a, b) => b.importance - a.importance || a.index - b.index),
    evaluation: evaluation ? (evaluation.measures as unknown as EvaluationReport) : null,
  };
}

function summarizeWord(word: WordRecord, model: ModelRecord, patches: readonly PatchEvidence[]): WordSummary {
  const figures = word.summary as unknown as StoredFigures;
  return {
    id: word.wordIndex,
    index: word.wordIndex,
    name: word.name,
    status: word.status,
    frequency: figures.frequency,
    importance: figures.importance,
    sharedness: figures.sharedness,
    attentionFidelity: figures.attentionFidelity,
    ...pushesOf(word.classWeights, new Map(figures.shares), model),
    patches: [...patches].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)),
  };
}

/** The classes a word speaks for and against, strongest first. */
function pushesOf(
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

/** Turns stored patches into evidence; every image's row, answer and maps are read once. */
function evidenceReader(
  read: ProjectReader,
  run: RunRecord,
  model: ModelRecord,
): (patch: PatchRecord) => PatchEvidence {
  const folder = imageFolder(read);
  const known = new Map<number, ReturnType<typeof readImage>>();
  const readImage = (imageId: number) => {
    const image = read.images.get(imageId);
    const [output] = read.models.outputs(model.modelId, [imageId]);
    const maps = read.activations.get(run.runId, imageId);
    if (!output || !maps) throw missing(`the outputs of image ${imageId}`, run.runId);
    return {
      imagePath: resolve(folder, image.path),
      label: image.labelIndex === null ? null : nameOf(model, image.labelIndex),
      predicted: nameOf(model, predictedClass(output.logits)),
      maps,
    };
  };
  return ({ kind, wordIndex, imageId, row, column, score, receptiveBox, activationCrop }) => {
    const image = known.get(imageId) ?? readImage(imageId);
    known.set(imageId, image);
    const { maps, ...facts } = image;
    const map = mapOf(maps, wordIndex);
    if (!map) throw missing(`the map of word ${wordIndex} in image ${imageId}`, run.runId);
    const { height, width } = maps;
    return {
      kind,
      imageId,
      ...facts,
      row,
      column,
      similarity: score,
      receptiveBox,
      activationCrop,
      map: compactMap(map, height, width),
    };
  };
}

/** A word's map in an image, [height * width]; undefined when it was not kept. */
function mapOf({ wordIndices, height, width, maps }: ActivationRecord, wordIndex: number): Float32Array | undefined {
  const place = wordIndices.indexOf(wordIndex);
  return place < 0 ? undefined : maps.subarray(place * height * width, (place + 1) * height * width);
}

/** A class for people: its label, or its number. */
export function nameOf(model: ModelRecord, classIndex: number): string {
  return model.classLabels[classIndex] ?? `class ${classIndex}`;
}

function missing(what: string, runId: number): StoreError {
  return new StoreError('not-found', `The project lacks ${what} in run ${runId}. Learn the words again.`, {
    table: 'activation_maps',
    row: String(runId),
  });
}

function defined(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
