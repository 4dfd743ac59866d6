/** Plans, starts, resumes and finishes runs: features, words, description, and everything that is kept of them. */
import type { CurvePoint, PushedWord, RunSummary } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import { parameterHash } from '../engine/metrics/parameter-hash.ts';
import type { ProviderName } from '../engine/runtime/session.ts';
import type { HistoryEntry, LearnResult } from '../engine/training/learn-types.ts';
import { defaultWordCount } from '../engine/training/preset.ts';
import type { Preset } from '../engine/training/preset.ts';
import type { PushedPatch } from '../engine/words/patch.ts';
import { encodeWordModel } from '../engine/words/word-model-codec.ts';
import { decideDevice } from '../jobs/index.ts';
import { canonicalJson } from '../store/index.ts';
import type { JsonObject, LossPoint, Project, ProjectReader, RunRecord } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { describeRun } from './description.ts';
import { extractFeatures, learnSource } from './extraction.ts';
import type { ExtractedImages } from './extraction.ts';
import { DEFAULT_PRESET, readPreset } from './presets.ts';
import { pacedWriter, slices } from './paced-writer.ts';
import { currentModel, modelReference, withProject } from './project-access.ts';
import type { LearnRequest } from './services.ts';
import { resultSetting, summarizeModel, summarizeRun } from './summaries.ts';

/** Seed when none is given. */
const DEFAULT_SEED = 1;

/** What decides the result of a run; a run with the same plan is resumed instead of started again. */
interface Plan {
  readonly preset: Preset;
  readonly seed: number;
  readonly wordCount: number;
  readonly target: 'base' | 'top' | 'labels';
}

/** How learning is watched. */
export interface LearnHooks extends Hooks {
  /** The run that is learned: a new one, or an interrupted one that goes on. */
  readonly onRun?: (runId: number) => void;
  /** Points of the curves as epochs end, stored already. */
  readonly onCurves?: (points: readonly CurvePoint[]) => void;
  /** Every word at the moment it became a real patch. */
  readonly onPushed?: (words: readonly PushedWord[]) => void;
}

/**
 * Learns words. An interrupted run with the same plan goes on from its checkpoint. A cancel or a failure leaves the
 * run in the project with its checkpoint.
 */
export function learn(
  context: ServiceContext,
  path: string,
  request: LearnRequest,
  hooks: LearnHooks,
): Promise<RunSummary> {
  return withProject(context, path, async (project) => {
    const { read, write } = project;
    const model = currentModel(read);
    const plan = planOf(context, request, model.classLabels.length);
    const device = await decideDevice(context.jobs, request.device ?? 'auto');
    const run = findInterrupted(read, model.modelId, plan) ?? addRun(context, project, plan, device.provider);
    write.runs.start(context.actor, run.runId);
    hooks.onRun?.(run.runId);
    try {
      const images = await extractFeatures(context, project, device.provider, hooks);
      const result = await runLearning(context, project, run, plan, images, device.provider, hooks);
      await finish(context, project, run, result, images, device.reason, hooks);
    } catch (error) {
      if (error instanceof EngineError && error.code === 'cancelled') write.runs.cancel(context.actor, run.runId);
      else write.runs.fail(context.actor, run.runId, error instanceof Error ? error.message : String(error));
      throw error;
    }
    return summarizeRun(read, read.runs.get(run.runId));
  });
}

function planOf(context: ServiceContext, request: LearnRequest, classCount: number): Plan {
  const preset = readPreset(context, request.preset ?? DEFAULT_PRESET);
  return {
    preset,
    seed: wholeNumber('seed', request.seed ?? DEFAULT_SEED, 0),
    wordCount: wholeNumber('number of words', request.wordCount ?? defaultWordCount(preset, classCount), 1),
    target: request.target ?? 'base',
  };
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  const expected = `a whole number from ${least} up`;
  throw new EngineError('configuration', `The ${name} is ${value}; give ${expected}.`, {
    expected,
    found: String(value),
  });
}

/** The newest unfinished run with this plan; one that says 'running' was cut off, since this process holds the lock. */
function findInterrupted(read: ProjectReader, modelId: number, plan: Plan): RunRecord | undefined {
  const config = recipeOf(configOf(plan));
  return read.runs
    .list()
    .find((run) => run.status !== 'done' && run.modelId === modelId && recipeOf(run.config) === config);
}

function addRun(context: ServiceContext, { read, write }: Project, plan: Plan, device: ProviderName): RunRecord {
  const runId = write.runs.plan(context.actor, {
    modelId: currentModel(read).modelId,
    preset: plan.preset.name,
    config: configOf(plan),
    seed: plan.seed,
    target: plan.target,
    device,
    wordCount: plan.wordCount,
  });
  return read.runs.get(runId);
}

/** What decides the result: a preset's texts may be worded anew without making its runs strangers. */
function recipeOf(config: JsonObject): string {
  const preset = { ...(config['preset'] as JsonObject), title: '', description: '' };
  return canonicalJson({ ...config, preset });
}

/** The plan as stored. */
function configOf(plan: Plan): JsonObject {
  return JSON.parse(JSON.stringify(plan)) as JsonObject;
}

function runLearning(
  context: ServiceContext,
  { path, read, write }: Project,
  run: RunRecord,
  plan: Plan,
  images: ExtractedImages,
  device: ProviderName,
  hooks: LearnHooks,
): Promise<LearnResult> {
  let step = 0;
  const { featureShape } = summarizeModel(currentModel(read));
  const view = modelReference(currentModel(read)).imageSize!;
  return context.jobs.run(
    'learn',
    {
      ...plan,
      ...learnSource(read, images),
      resumeFrom: read.runs.checkpoint(run.runId)?.bytes,
      device,
    },
    {
      ...hooks,
      onEvent: (event) => {
        switch (event.kind) {
          case 'progress':
            step = event.progress.step;
            break;
          case 'epoch':
            // Refuses to go on learning into a file that was deleted or moved.
            context.projects.byPath(path);
            write.runs.addLosses(run.runId, lossPoints([event.entry]));
            hooks.onCurves?.(lossPoints([event.entry]));
            break;
          case 'pushed':
            hooks.onPushed?.(event.patches.map((patch, index) => pushedWord(patch, index, images, featureShape, view)));
            break;
          case 'checkpoint':
            write.runs.saveCheckpoint(run.runId, step, event.bytes);
        }
      },
    },
  );
}

/** Words or patches stored in one short transaction: a few milliseconds. */
const ROWS_PER_STEP = 100;

/** Stores everything of a finished run; the run counts as done only when its words and patches are in. */
async function finish(
  context: ServiceContext,
  project: Project,
  run: RunRecord,
  result: LearnResult,
  images: ExtractedImages,
  deviceReason: string,
  hooks: Hooks,
): Promise<void> {
  const { write } = project;
  const description = await describeRun(context, project, run, result, images, hooks);
  write.runs.addLosses(run.runId, lossPoints(result.history));
  write.settings.set(context.actor, resultSetting(run.runId), {
    sentences: [...result.notes, ...images.notes, ...description.notes, `Device: ${deviceReason}.`],
    validationAgreement: { ...description.validationAgreement },
  });
  const writer = pacedWriter();
  for (const words of slices(description.words, ROWS_PER_STEP)) {
    writer.add(() => write.runs.addResult(run.runId, { words }));
  }
  for (const patches of slices(description.patches, ROWS_PER_STEP)) {
    writer.add(() => write.runs.addResult(run.runId, { patches }));
  }
  await writer.finish();
  write.runs.finish(context.actor, run.runId, {
    wordModel: encodeWordModel(result.model),
    parameterHash: parameterHash(result.model),
  });
}

/** Cells of the feature map on each side of a patch that its picture shows: a position sees about its neighbours. */
const CROP_MARGIN = 1;

/** A word where it was pushed to; its exact boxes are found when the run is described. */
function pushedWord(
  { imageIndex, row, column }: PushedPatch,
  index: number,
  { records }: ExtractedImages,
  [, rows, columns]: readonly [number, number, number],
  view: { readonly width: number; readonly height: number },
): PushedWord {
  const cell = { width: view.width / columns, height: view.height / rows };
  const [left, right] = [Math.max(0, column - CROP_MARGIN), Math.min(columns, column + 1 + CROP_MARGIN)];
  const [top, bottom] = [Math.max(0, row - CROP_MARGIN), Math.min(rows, row + 1 + CROP_MARGIN)];
  const crop = {
    left: left * cell.width,
    top: top * cell.height,
    width: (right - left) * cell.width,
    height: (bottom - top) * cell.height,
  };
  return { index, imageId: records[imageIndex]!.imageId, row, column, crop };
}

function lossPoints(history: readonly HistoryEntry[]): LossPoint[] {
  return history.flatMap(({ phase, epoch, train, validation }) => {
    const point =
      (prefix: string) =>
      ([name, value]: [string, number]) => ({ phase, epoch, step: epoch, name: prefix + name, value });
    return [...Object.entries(train).map(point('')), ...Object.entries(validation).map(point('validation.'))];
  });
}
