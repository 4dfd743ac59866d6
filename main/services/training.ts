/** Plans, starts, resumes and finishes runs: features, words, description, and everything that is kept of them. */
import type { RunSummary } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import { parameterHash } from '../engine/metrics/parameter-hash.ts';
import type { ProviderName } from '../engine/runtime/session.ts';
import type { LearnResult } from '../engine/training/learn-types.ts';
import { defaultWordCount } from '../engine/training/preset.ts';
import type { Preset } from '../engine/training/preset.ts';
import { encodeWordModel } from '../engine/words/word-model-codec.ts';
import { decideDevice } from '../jobs/index.ts';
import { canonicalJson } from '../store/index.ts';
import type { JsonObject, LossPoint, Project, ProjectReader, RunRecord } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { describeRun } from './description.ts';
import { extractFeatures, learnSource } from './extraction.ts';
import type { ExtractedImages } from './extraction.ts';
import { DEFAULT_PRESET, readPreset } from './presets.ts';
import { currentModel, withProject } from './project-access.ts';
import type { LearnRequest } from './services.ts';
import { resultSetting, summarizeRun } from './summaries.ts';

/** Seed when none is given. */
const DEFAULT_SEED = 1;

/** What decides the result of a run; a run with the same plan is resumed instead of started again. */
interface Plan {
  readonly preset: Preset;
  readonly seed: number;
  readonly wordCount: number;
  readonly target: 'base' | 'top' | 'labels';
}

/**
 * Learns words. An interrupted run with the same plan goes on from its checkpoint. A cancel or a failure leaves the
 * run in the project with its checkpoint.
 */
export function learn(context: ServiceContext, path: string, request: LearnRequest, hooks: Hooks): Promise<RunSummary> {
  return withProject(context, path, async (project) => {
    const { read, write } = project;
    const model = currentModel(read);
    const plan = planOf(context, request, model.classLabels.length);
    const device = await decideDevice(context.jobs, request.device ?? 'auto');
    const run = findInterrupted(read, model.modelId, plan) ?? addRun(context, project, plan, device.provider);
    write.runs.start(context.actor, run.runId);
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
  const config = canonicalJson(configOf(plan));
  return read.runs
    .list()
    .find((run) => run.status !== 'done' && run.modelId === modelId && canonicalJson(run.config) === config);
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

/** The plan as stored. */
function configOf(plan: Plan): JsonObject {
  return JSON.parse(JSON.stringify(plan)) as JsonObject;
}

function runLearning(
  context: ServiceContext,
  { read, write }: Project,
  run: RunRecord,
  plan: Plan,
  images: ExtractedImages,
  device: ProviderName,
  hooks: Hooks,
): Promise<LearnResult> {
  let step = 0;
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
        if (event.kind === 'progress') step = event.progress.step;
        else write.runs.saveCheckpoint(run.runId, step, event.bytes);
      },
    },
  );
}

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
  write.runs.addLosses(run.runId, lossPoints(result));
  write.settings.set(context.actor, resultSetting(run.runId), {
    sentences: [...result.notes, ...images.notes, ...description.notes, `Device: ${deviceReason}.`],
    validationAgreement: { ...description.validationAgreement },
  });
  write.runs.finish(context.actor, run.runId, {
    wordModel: encodeWordModel(result.model),
    parameterHash: parameterHash(result.model),
    words: description.words,
    patches: description.patches,
  });
}

function lossPoints({ history }: LearnResult): LossPoint[] {
  return history.flatMap(({ phase, epoch, train, validation }) => {
    const point =
      (prefix: string) =>
      ([name, value]: [string, number]) => ({ phase, epoch, step: epoch, name: prefix + name, value });
    return [...Object.entries(train).map(point('')), ...Object.entries(validation).map(point('validation.'))];
  });
}
