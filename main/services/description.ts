/** Describes a finished run: what its words say of every image goes into the project as it comes. */
import type { Assessment } from '../../preload/contract/index.ts';
import { measureRate } from '../engine/metrics/interval.ts';
import { predictedClass } from '../engine/metrics/outcome.ts';
import type { LearnResult } from '../engine/training/learn-types.ts';
import type { TaskEvent } from '../jobs/index.ts';
import type { NewWord, PatchRecord, Project, RunRecord } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { pacedWriter, slices } from './paced-writer.ts';
import type { ExtractedImages } from './extraction.ts';
import { currentModel, modelReference } from './project-access.ts';
import { toStoreResult } from './words.ts';

/** What is stored of the words themselves. */
export interface RunDescription {
  readonly words: readonly NewWord[];
  readonly patches: readonly PatchRecord[];
  /** Share of validation images where both models agree. */
  readonly validationAgreement: Assessment;
  /** Facts a reader of the patches should know, in sentences. */
  readonly notes: readonly string[];
}

type ImagesEvent = Extract<TaskEvent<'describeWords'>, { kind: 'images' }>;

/** Images stored in one short transaction: a few milliseconds. */
const IMAGES_PER_STEP = 8;

/** Runs the words over all images; scores, logits and maps are stored batch by batch. */
export async function describeRun(
  context: ServiceContext,
  project: Project,
  run: RunRecord,
  result: LearnResult,
  { extraction, records, references }: ExtractedImages,
  hooks: Hooks,
): Promise<RunDescription> {
  const { read, write } = project;
  const model = currentModel(read);
  const agreement = { same: 0, n: 0 };
  const writer = pacedWriter();
  const idOf = (imageIndex: number): number => records[imageIndex]!.imageId;

  function keep(event: ImagesEvent): void {
    const wordScores = rowsOf(event.wordScores, event.imageIndices.length);
    const wordLogits = rowsOf(event.wordLogits, event.imageIndices.length);
    const baseLogits = rowsOf(event.baseLogits, event.imageIndices.length);
    const ids = event.imageIndices.map(idOf);
    const rows = slices([...ids.keys()], IMAGES_PER_STEP);
    for (const part of rows) {
      writer.add(() => {
        const scores = part.map((row) => ({
          imageId: ids[row]!,
          wordScores: wordScores[row]!,
          logits: wordLogits[row]!,
        }));
        write.activations.saveScores(run.runId, scores);
      });
      writer.add(() => {
        const outputs = part.map((row) => ({ imageId: ids[row]!, logits: baseLogits[row]! }));
        write.models.saveOutputs(model.modelId, outputs);
      });
    }
    event.imageIndices.forEach((imageIndex, row) => {
      if (records[imageIndex]!.split !== 'validation') return;
      agreement.n++;
      if (predictedClass(wordLogits[row]!) === predictedClass(baseLogits[row]!)) agreement.same++;
    });
  }

  function keepMaps({ kept, height, width }: TaskEvent<'describeWords'>): void {
    for (const part of slices(kept, IMAGES_PER_STEP)) {
      const maps = part.map(({ imageIndex, ...map }) => ({ imageId: idOf(imageIndex), height, width, ...map }));
      writer.add(() => write.activations.save(run.runId, maps));
    }
  }

  const output = await context.jobs
    .run(
      'describeWords',
      {
        model: modelReference(model),
        cut: extraction.cut,
        cacheFolder: extraction.cacheFolder,
        images: references.map(({ sha256 }) => sha256),
        wordModel: result.model,
        pushed: result.patches,
        seed: run.seed,
      },
      {
        ...hooks,
        signal: hooks.signal ? AbortSignal.any([hooks.signal, writer.signal]) : writer.signal,
        onEvent: (event) => {
          if (event.kind === 'images') keep(event);
          keepMaps(event);
        },
      },
    )
    .catch(async (error: unknown) => {
      writer.drop();
      // A full disk says more than the cancel that follows from it.
      await writer.finish();
      throw error;
    });
  await writer.finish();
  return {
    ...toStoreResult(output, result, idOf),
    validationAgreement: measureRate(agreement.same, agreement.n, 'there are no validation images'),
    notes: output.notes,
  };
}

/** The rows of a matrix, as copies of their own. */
function rowsOf(matrix: Float32Array, count: number): Float32Array[] {
  const length = matrix.length / count;
  return Array.from({ length: count }, (_, row) => matrix.slice(row * length, (row + 1) * length));
}
