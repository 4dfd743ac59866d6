/** Runs the epochs of one phase: steps over a feature source, validation, selection, cancellation, finite losses. */
import { EngineError } from '../errors.ts';
import type { GraphRunner, Session, TensorMap } from '../runner.ts';
import { scalar, zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Random } from '../tensor/random.ts';
import { adamScalars } from './adam.ts';
import { throwIfCancelled } from './cancel.ts';
import type { CancelSignal } from './cancel.ts';
import { batchesOf } from './feature-source.ts';
import type { FeatureSource } from './feature-source.ts';
import type { LossValues } from './learn-types.ts';
import { groupOf } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import type { PhasePlan } from './schedule.ts';
import { rateAt } from './schedule.ts';
import {
  evalGraph,
  lossOutput,
  momentNames,
  needsAttention,
  nextName,
  rateName,
  trainStepGraph,
} from './train-step.ts';
import type { StepPlan } from './train-step.ts';

/** Everything that changes while a phase trains; a phase continued from a stored state ends the same. */
export interface PhaseState {
  /** Epochs of this phase that are done. */
  readonly epoch: number;
  /** Steps of this phase that are done; Adam's bias correction counts them. */
  readonly step: number;
  readonly parameters: Parameters;
  /** Adam's moments by name; they start at 0 with every phase. */
  readonly moments: Parameters;
  /** Parameters with the lowest validation loss so far, the start included; undefined without validation. */
  readonly best: { readonly epoch: number; readonly loss: number; readonly parameters: Parameters } | undefined;
}

/** What a phase reads. */
export interface PhaseContext {
  readonly runner: GraphRunner;
  readonly source: FeatureSource;
  readonly phase: PhasePlan;
  readonly plan: StepPlan;
  readonly train: readonly number[];
  readonly validation: readonly number[];
  /** Target rows of images, [n, classes]. */
  readonly targets: (indices: readonly number[], logits: Tensor<'float32'>) => Tensor<'float32'>;
  /** Features of the words' patches, [words, channels], when words are tied. */
  readonly patchFeatures: Tensor<'float32'> | undefined;
  /** The stream of this phase; every epoch forks its own, so an epoch needs no state of the one before. */
  readonly random: Random;
  readonly signal?: CancelSignal | undefined;
  /** Called after every step with the steps done in this epoch. */
  readonly onStep?:
    ((step: { readonly done: number; readonly of: number; readonly losses: LossValues }) => void) | undefined;
}

/** What one epoch gave. */
export interface EpochResult {
  readonly state: PhaseState;
  readonly train: LossValues;
  readonly validation: LossValues;
  /** True when the phase is over: all epochs done or patience used up. */
  readonly isLast: boolean;
}

/** The state a phase begins with. */
export function beginPhase(parameters: Parameters): PhaseState {
  return { epoch: 0, step: 0, parameters, moments: {}, best: undefined };
}

/**
 * Trains a phase epoch by epoch; the consumer stores each state and may stop between epochs.
 * The last batch of an epoch is dropped when it is short (the graph is static), so an epoch sees all images but a few.
 * @throws EngineError 'non-finite-loss', 'cancelled'
 */
export async function* trainPhase(context: PhaseContext, from: PhaseState): AsyncGenerator<EpochResult, void> {
  const { phase, plan } = context;
  const { graph, trainable } = trainStepGraph(plan, phase.rates);
  const session = await context.runner.open(graph);
  const evaluator = new Evaluator(context);
  try {
    let state = { ...from, moments: withMoments(from, trainable) };
    if (state.epoch === 0 && phase.patience !== undefined && context.validation.length > 0) {
      const { total } = await evaluator.losses(state.parameters);
      state = { ...state, best: { epoch: 0, loss: total!, parameters: state.parameters } };
    }
    while (!isOver(phase, state)) {
      const { state: trained, losses } = await trainEpoch(context, session, trainable, state);
      const validation = await evaluator.losses(trained.parameters);
      const total = validation['total'];
      const isBetter = phase.patience !== undefined && total !== undefined && total < (trained.best?.loss ?? Infinity);
      state = {
        ...trained,
        best: isBetter ? { epoch: trained.epoch, loss: total, parameters: trained.parameters } : trained.best,
      };
      yield { state, train: losses, validation, isLast: isOver(phase, state) };
    }
  } finally {
    await evaluator.dispose();
    await session.dispose();
  }
}

/** All epochs are done, or patience is used up. */
function isOver(phase: PhasePlan, { epoch, best }: PhaseState): boolean {
  return (
    epoch >= phase.epochs ||
    (phase.patience !== undefined && best !== undefined && epoch - best.epoch >= phase.patience)
  );
}

function withMoments(state: PhaseState, trainable: readonly string[]): Parameters {
  const moments: Record<string, Tensor<'float32'>> = {};
  for (const parameter of trainable) {
    for (const name of Object.values(momentNames(parameter))) {
      moments[name] = state.moments[name] ?? zeros('float32', state.parameters[parameter]!.shape);
    }
  }
  return moments;
}

async function trainEpoch(
  context: PhaseContext,
  session: Session,
  trainable: readonly string[],
  from: PhaseState,
): Promise<{ state: PhaseState; losses: LossValues }> {
  const { phase, plan, signal } = context;
  const order = context.random.fork(`epoch ${from.epoch}`).shuffle(context.train);
  const batches = batchesOf(order, plan.batch).filter((batch) => batch.length === plan.batch);
  const sums = new Map<string, number>();
  let { step, parameters, moments } = from;
  for (const [done, batch] of batches.entries()) {
    throwIfCancelled(signal, phase.phase, step);
    step++;
    const result = await session.run({
      ...(await batchInputs(context, batch)),
      ...inputsOf(context, parameters),
      ...moments,
      ...rateInputs(phase, trainable, from.epoch, step),
    });
    const losses = lossesOf(result);
    refuseNonFinite(losses, phase, step, plan.lossWeights);
    parameters = { ...parameters, ...nextValues(result, trainable) };
    moments = nextValues(result, Object.keys(moments));
    for (const [term, value] of Object.entries(losses)) sums.set(term, (sums.get(term) ?? 0) + value);
    context.onStep?.({ done: done + 1, of: batches.length, losses });
  }
  return {
    state: { ...from, epoch: from.epoch + 1, step, parameters, moments },
    losses: Object.fromEntries([...sums].map(([term, sum]) => [term, sum / batches.length])),
  };
}

/** Features, targets and, where a term needs it, attention of a batch. */
async function batchInputs(context: PhaseContext, batch: readonly number[]): Promise<TensorMap> {
  const { features, logits, attention } = await context.source.read(batch);
  const targets = context.targets(batch, logits);
  return needsAttention(context.plan.lossWeights) ? { features, targets, attention } : { features, targets };
}

/** Parameters as the graphs take them: tied words arrive as patch features. */
function inputsOf({ patchFeatures }: PhaseContext, parameters: Parameters): TensorMap {
  if (!patchFeatures) return parameters;
  const { words: _tied, ...others } = parameters;
  return { ...others, patchFeatures };
}

function rateInputs(phase: PhasePlan, trainable: readonly string[], epoch: number, step: number): TensorMap {
  const inputs: Record<string, Tensor> = { epsilon: scalar(adamScalars(0, step).epsilon) };
  for (const name of trainable) {
    const group = groupOf(name)!;
    inputs[rateName(group)] = scalar(adamScalars(rateAt(phase, group, epoch), step).rate);
  }
  return inputs;
}

function nextValues(result: TensorMap, names: readonly string[]): Parameters {
  return Object.fromEntries(names.map((name) => [name, result[nextName(name)] as Tensor<'float32'>]));
}

const LOSS_PREFIX = lossOutput('');

/** Loss terms among a run's results. */
function lossesOf(result: TensorMap): LossValues {
  const losses = Object.entries(result).filter(([name]) => name.startsWith(LOSS_PREFIX));
  return Object.fromEntries(losses.map(([name, value]) => [name.slice(LOSS_PREFIX.length), Number(value.data[0])]));
}

function refuseNonFinite(losses: LossValues, phase: PhasePlan, step: number, weights: StepPlan['lossWeights']): void {
  if (Number.isFinite(losses['total'])) return;
  const broken = Object.keys(losses).filter((term) => term !== 'total' && !Number.isFinite(losses[term]));
  const largest = Math.max(phase.rates.addOn.rate, phase.rates.words.rate, phase.rates.lastLayer.rate);
  const terms =
    broken.map((term) => `${term} (weight ${weights[term as keyof typeof weights]})`).join(', ') || 'their sum';
  throw new EngineError(
    'non-finite-loss',
    `The loss became ${losses['total']} at step ${step} of phase ${phase.phase}, in ${terms}. ` +
      `Lower the rates (largest: ${largest}) or the weight of that term; if it happens at step 1, the features hold ` +
      'infinite values: check the model and its preprocessing.',
    { step, phase: phase.phase, found: String(losses['total']) },
  );
}

/** Mean losses over the validation images; one session per batch size, opened when first needed. */
class Evaluator {
  readonly #context: PhaseContext;
  readonly #sessions = new Map<number, Session>();

  constructor(context: PhaseContext) {
    this.#context = context;
  }

  /** Empty without validation images. */
  async losses(parameters: Parameters): Promise<LossValues> {
    const { validation, plan, phase, signal } = this.#context;
    const sums = new Map<string, number>();
    for (const batch of batchesOf(validation, plan.batch)) {
      throwIfCancelled(signal, phase.phase);
      const session = await this.#sessionFor(batch.length);
      const inputs = { ...(await batchInputs(this.#context, batch)), ...inputsOf(this.#context, parameters) };
      for (const [term, value] of Object.entries(lossesOf(await session.run(inputs)))) {
        sums.set(term, (sums.get(term) ?? 0) + value * batch.length);
      }
    }
    return Object.fromEntries([...sums].map(([term, sum]) => [term, sum / validation.length]));
  }

  async dispose(): Promise<void> {
    for (const session of this.#sessions.values()) await session.dispose();
    this.#sessions.clear();
  }

  async #sessionFor(batch: number): Promise<Session> {
    const known = this.#sessions.get(batch);
    if (known) return known;
    const session = await this.#context.runner.open(evalGraph({ ...this.#context.plan, batch }));
    this.#sessions.set(batch, session);
    return session;
  }
}
