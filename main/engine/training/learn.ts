/** Learns a word model from cached base-model outputs: start, phases, push, last layer; the one entry for callers. */
import { createRandom } from '../tensor/random.ts';
import type { PushedPatch } from '../words/patch.ts';
import { pushWords, wordsOf } from '../words/push.ts';
import type { WordModel } from '../words/word-model.ts';
import { sizeOfWordModel } from '../words/word-model.ts';
import { throwIfCancelled } from './cancel.ts';
import { watchFidelity } from './epoch-fidelity.ts';
import { FIT_IMAGE_LIMIT, fitLastLayer, homeClassesOf, readScores } from './last-layer.ts';
import type { FittedLastLayer } from './last-layer.ts';
import { prepareJob } from './learn-options.ts';
import type { LearnJob } from './learn-options.ts';
import type { LearnOptions, LearnResult, LossValues } from './learn-types.ts';
import { parametersOf, withParameters } from './parameters.ts';
import type { Parameters as ModelParameters } from './parameters.ts';
import { ProgressMeter } from './progress.ts';
import { decodeRun, encodeRun } from './run-state.ts';
import type { RunState } from './run-state.ts';
import { makeStart } from './start.ts';
import { beginPhase, trainPhase } from './trainer.ts';
import type { PhaseContext } from './trainer.ts';

/** A run in memory: its state and the model that gives the parameters their meaning. */
interface Run {
  readonly state: RunState;
  readonly model: WordModel;
}

/**
 * Learns words. Selection uses the validation images only; memory does not grow with the number of images.
 * @throws EngineError 'configuration' (options contradict each other), 'too-few-images', 'non-finite-loss' (with step,
 * phase and advice), 'cancelled' (signal; the last checkpoint resumes to the same result), 'checkpoint' (bytes of
 * another run)
 */
export async function learnWords(options: LearnOptions): Promise<LearnResult> {
  const job = prepareJob(options);
  const meter = new ProgressMeter(job);
  const store = async (state: RunState): Promise<void> => {
    await job.onCheckpoint?.(encodeRun(job.fingerprint, state));
  };
  let run = job.resumeFrom ? resume(job, job.resumeFrom) : await begin(job, meter);
  for (const entry of run.state.history) job.onEpoch?.(entry);
  tellPush(job, run.state.push);
  if (job.resumeFrom) meter.continueFrom(placeOf(run.state));
  else await store(run.state);
  while (run.state.phaseIndex < job.preset.phases.length) {
    run = await runPhase(job, run, meter, store);
    await store(run.state);
  }
  return finish(job, run, meter);
}

function tellPush(job: LearnJob, push: { readonly patches: readonly PushedPatch[] } | undefined): void {
  if (push) job.onPush?.(push.patches);
}

/** Where a run stands, for progress. */
function placeOf({ history, step, phaseIndex, phase }: RunState): Parameters<ProgressMeter['continueFrom']>[0] {
  return { epoch: history.length, step, phaseIndex, epochInPhase: phase?.epoch ?? 0 };
}

/** Everything before the first step. */
async function begin(job: LearnJob, meter: ProgressMeter): Promise<Run> {
  const { preset, wordCount, runner, source, train, classDirections } = job;
  meter.start('preparing', 0);
  const { model, push } = await makeStart({
    preset,
    wordCount,
    runner,
    source,
    train,
    classDirections,
    random: createRandom(job.seed),
    onActivity: (activity, share) => {
      throwIfCancelled(job.signal, 'start');
      meter.start(activity, share);
    },
  });
  // Phases train against a last layer that already fits; without phases the end fits it once.
  const fitted =
    preset.phases.length > 0 ? await fit(job, model, () => meter.start('fitting the last layer', 1)) : undefined;
  const start = withFit(model, fitted);
  return {
    model: start,
    state: {
      phaseIndex: 0,
      phase: undefined,
      parameters: parametersOf(start),
      push,
      history: [],
      step: 0,
      l2: fitted?.l2,
      keptEpoch: 0,
    },
  };
}

/** The run a checkpoint holds; the model's form follows from the options. */
function resume(job: LearnJob, bytes: Uint8Array): Run {
  const state = decodeRun(bytes, job.fingerprint);
  const { preset } = job;
  const addOn: WordModel['addOn'][number][] = [];
  for (let index = 0; state.parameters[`addOn${index}.weights`]; index++) {
    addOn.push({
      weights: state.parameters[`addOn${index}.weights`]!,
      bias: state.parameters[`addOn${index}.bias`]!,
      activation:
        preset.addOn.kind === 'structured'
          ? preset.addOn.activation
          : preset.addOn.kind === 'random'
            ? preset.addOn.layers[index]!.activation
            : 'none',
    });
  }
  const { words, lastLayer, bias } = state.parameters;
  return {
    state,
    model: {
      addOn,
      similarity: preset.similarity,
      pooling: preset.pooling,
      words: words!,
      lastLayer: lastLayer!,
      bias: bias!,
    },
  };
}

/** One phase: its epochs, the best of them, then push and refit as planned. */
async function runPhase(
  job: LearnJob,
  run: Run,
  meter: ProgressMeter,
  store: (state: RunState) => Promise<void>,
): Promise<Run> {
  const { runner, source, train, preset } = job;
  const phase = preset.phases[run.state.phaseIndex]!;
  const context = phaseContext(job, run, meter);
  let { state } = run;
  let phaseState = state.phase ?? beginPhase(state.parameters);
  const watch = async (parameters: ModelParameters): Promise<LossValues> => {
    const moved = withParameters(run.model, parameters);
    const model = preset.tiedWords
      ? { ...moved, words: await wordsOf(runner, moved, run.state.push!.patchFeatures) }
      : moved;
    return watchFidelity({ runner, model, source, validation: job.validation });
  };
  for await (const epoch of trainPhase(context, phaseState)) {
    const entry = {
      phase: phase.phase,
      epoch: state.history.length + 1,
      train: epoch.train,
      validation: { ...epoch.validation, ...(await watch(epoch.state.parameters)) },
    };
    const steps = epoch.state.step - phaseState.step;
    phaseState = epoch.state;
    state = { ...state, phase: phaseState, history: [...state.history, entry], step: state.step + steps };
    job.onEpoch?.(entry);
    await store(state);
  }
  const best = phaseState.best;
  const before = state.history.length - phaseState.epoch;
  let model = withParameters(run.model, best?.parameters ?? phaseState.parameters);
  let push = state.push;
  let l2 = state.l2;
  if (preset.tiedWords) model = { ...model, words: await wordsOf(runner, model, push!.patchFeatures) };
  else if (phase.pushAfter) {
    const onBatch = (done: number): void => meter.push(done / train.length);
    const pushed = await pushWords({ runner, model, source, indices: train, onBatch });
    model = { ...model, words: pushed.words };
    push = pushed;
    tellPush(job, push);
    const fitted = await fit(job, model, () => meter.push(1));
    model = withFit(model, fitted);
    l2 = fitted?.l2 ?? l2;
  } else if (phase.rates.addOn.rate > 0 || phase.rates.words.rate > 0) push = undefined;
  return {
    model,
    state: {
      ...state,
      phaseIndex: state.phaseIndex + 1,
      phase: undefined,
      parameters: parametersOf(model),
      // Words that moved since their push are no patches any more.
      push,
      l2,
      keptEpoch: before + (best?.epoch ?? phaseState.epoch),
    },
  };
}

function phaseContext(job: LearnJob, { state, model }: Run, meter: ProgressMeter): PhaseContext {
  const { preset, source } = job;
  const phase = preset.phases[state.phaseIndex]!;
  const { wordCount, classCount } = sizeOfWordModel(model);
  const batch = Math.min(preset.batchSize, job.train.length);
  return {
    runner: job.runner,
    source,
    phase,
    plan: {
      model,
      batch,
      channels: source.channels,
      height: source.height,
      width: source.width,
      tiedWords: preset.tiedWords,
      nonNegative: preset.lastLayer.nonNegative,
      lossWeights: phase.lossWeights,
      homeClasses: preset.lastLayer.start === 'classSpecific' ? homeClassesOf(wordCount, classCount) : undefined,
    },
    train: job.train,
    validation: job.validation,
    targets: job.targets,
    patchFeatures: preset.tiedWords ? state.push!.patchFeatures : undefined,
    random: createRandom(job.seed).fork(`phase ${state.phaseIndex}`),
    signal: job.signal,
    onStep: (step: { done: number; of: number; losses: LossValues }) => meter.step(state.phaseIndex, step, batch),
  };
}

/** Words onto patches if they are not, the last layer fitted a last time, the result put together. */
async function finish(job: LearnJob, run: Run, meter: ProgressMeter): Promise<LearnResult> {
  const { runner, source, train } = job;
  let { model } = run;
  let patches: readonly PushedPatch[] | undefined = run.state.push?.patches;
  if (!patches) {
    const onBatch = (done: number): void => {
      throwIfCancelled(job.signal, 'push');
      meter.push(done / train.length);
    };
    const pushed = await pushWords({ runner, model, source, indices: train, onBatch });
    model = { ...model, words: pushed.words };
    patches = pushed.patches;
    tellPush(job, pushed);
  }
  const fitted = await fit(job, model, () => meter.finish('fitting the last layer'));
  model = withFit(model, fitted);
  meter.finish('done', 1);
  return {
    model,
    patches,
    history: run.state.history,
    chosen: { l2: fitted?.l2, epoch: run.state.keptEpoch },
    notes: [...job.notes, ...patchNotes(patches), ...fitNotes(job)],
  };
}

/** The convex fit, or undefined when the preset leaves the last layer to the phases. */
async function fit(job: LearnJob, model: WordModel, onProgress: () => void): Promise<FittedLastLayer | undefined> {
  const { runner, source, targets, preset } = job;
  if (preset.lastLayer.fit !== 'convex') return undefined;
  const pause = (): void => {
    throwIfCancelled(job.signal, 'lastLayer');
    onProgress();
  };
  const random = createRandom(job.seed).fork('fit');
  const images = job.train.length > FIT_IMAGE_LIMIT ? random.shuffle(job.train).slice(0, FIT_IMAGE_LIMIT) : job.train;
  const judges =
    job.validation.length > FIT_IMAGE_LIMIT ? random.shuffle(job.validation).slice(0, FIT_IMAGE_LIMIT) : job.validation;
  const options = { runner, source, model, targets, onBatch: pause };
  const train = await readScores(options, images);
  return fitLastLayer(runner, preset.lastLayer, train, await readScores(options, judges), pause);
}

function withFit(model: WordModel, fitted: FittedLastLayer | undefined): WordModel {
  return fitted ? { ...model, lastLayer: fitted.lastLayer, bias: fitted.bias } : model;
}

function patchNotes(patches: readonly PushedPatch[]): string[] {
  const places = new Set(patches.map(({ imageIndex, row, column }) => `${imageIndex}/${row}/${column}`));
  const shared = patches.length - places.size;
  return shared > 0
    ? [`${shared} of ${patches.length} words share a patch with another word; ask for fewer words.`]
    : [];
}

function fitNotes(job: LearnJob): string[] {
  if (job.preset.lastLayer.fit !== 'convex' || job.train.length <= FIT_IMAGE_LIMIT) return [];
  return [`The last layer was fitted to ${FIT_IMAGE_LIMIT} of ${job.train.length} training images.`];
}
