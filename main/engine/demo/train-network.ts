/** Trains the demo's base model from scratch: epochs of shuffled, mirrored batches through our own step graph. */
import type { GraphRunner, TensorMap } from '../runner.ts';
import type { Random } from '../tensor/random.ts';
import { float32, scalar, zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { adamScalars } from '../training/adam.ts';
import { throwIfCancelled } from '../training/cancel.ts';
import type { CancelSignal } from '../training/cancel.ts';
import { EngineError } from '../errors.ts';
import { IMAGE_INPUT, networkStepGraph, parameterShapes, startNetwork, STATE_NAMES, STEP_NAMES } from './network.ts';
import type { NetworkParameters, NetworkPlan } from './network.ts';

/** Images with their classes. */
export interface LabelledImages {
  /** Prepared pixels of each image: [3, sizePx, sizePx]. */
  readonly images: readonly Float32Array[];
  /** Class of each, 0..classCount-1. */
  readonly labels: readonly number[];
}

/** How to train. */
export interface TrainNetworkOptions {
  readonly plan: NetworkPlan;
  readonly data: LabelledImages;
  readonly runner: GraphRunner;
  readonly random: Random;
  /** Passes over all images, >= 1. */
  readonly epochs: number;
  /** Images a step; a rest smaller than this is left out of its epoch. */
  readonly batch: number;
  /** Adam's rate at its height; it rises over the first epoch and falls to 0 as a cosine. */
  readonly learningRate: number;
  readonly signal?: CancelSignal;
  /** After each epoch, 1..epochs, with its mean loss. */
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

/**
 * @returns the trained parameters
 * @throws EngineError 'non-finite-loss', 'cancelled', 'too-few-images' when the images do not fill one batch
 */
export async function trainNetwork(options: TrainNetworkOptions): Promise<NetworkParameters> {
  const { plan, data, epochs, batch, random } = options;
  const stepsPerEpoch = Math.floor(data.images.length / batch);
  if (stepsPerEpoch === 0) {
    throw new EngineError('too-few-images', `${data.images.length} images do not fill a batch of ${batch}.`);
  }
  const names = parameterShapes(plan).map(([name]) => name);
  let state: TensorMap = startState(plan, random.fork('start'));
  const order = random.fork('order');
  const session = await options.runner.open(networkStepGraph(plan, batch));
  try {
    for (let epoch = 1, step = 1; epoch <= epochs; epoch++) {
      const shuffled = order.shuffle(data.images.map((_, index) => index));
      let lossSum = 0;
      for (let first = 0; first < stepsPerEpoch * batch; first += batch, step++) {
        throwIfCancelled(options.signal, 'train demo model', step);
        const rate = options.learningRate * schedule(step, stepsPerEpoch, epochs * stepsPerEpoch);
        const scalars = adamScalars(rate, step);
        const outputs = await session.run({
          ...state,
          ...readBatch(options, shuffled.slice(first, first + batch), order),
          [STEP_NAMES.rate]: scalar(scalars.rate),
          [STEP_NAMES.epsilon]: scalar(scalars.epsilon),
        });
        const loss = Number(outputs[STEP_NAMES.loss]!.data[0]);
        if (!Number.isFinite(loss)) {
          throw new EngineError('non-finite-loss', `The demo's base model diverged at step ${step}.`, { step });
        }
        lossSum += loss;
        state = Object.fromEntries(Object.keys(state).map((name) => [name, outputs[STATE_NAMES.next(name)]!]));
      }
      options.onEpoch?.(epoch, lossSum / stepsPerEpoch);
    }
  } finally {
    await session.dispose();
  }
  return Object.fromEntries(names.map((name) => [name, state[name] as Tensor<'float32'>]));
}

/** Parameters with zero moments. */
function startState(plan: NetworkPlan, random: Random): TensorMap {
  const start = startNetwork(plan, random);
  return Object.fromEntries(
    Object.entries(start).flatMap(([name, value]) => [
      [name, value],
      [STATE_NAMES.firstMoment(name), zeros('float32', value.shape)],
      [STATE_NAMES.secondMoment(name), zeros('float32', value.shape)],
    ]),
  );
}

/** Share of the full rate: a linear rise over one epoch, then half a cosine (Loshchilov and Hutter 2017). */
function schedule(step: number, warmUpSteps: number, totalSteps: number): number {
  return Math.min(1, step / warmUpSteps) * 0.5 * (1 + Math.cos((Math.PI * step) / (totalSteps + 1)));
}

/** Pixels, half of the images mirrored, and one-hot targets. */
function readBatch({ plan, data }: TrainNetworkOptions, indices: readonly number[], random: Random): TensorMap {
  const { sizePx, classCount } = plan;
  const length = 3 * sizePx * sizePx;
  const pixels = new Float32Array(indices.length * length);
  const targets = new Float32Array(indices.length * classCount);
  indices.forEach((index, row) => {
    const target = pixels.subarray(row * length, (row + 1) * length);
    target.set(data.images[index]!);
    if (random.next() < 0.5) for (let at = 0; at < length; at += sizePx) target.subarray(at, at + sizePx).reverse();
    targets[row * classCount + data.labels[index]!] = 1;
  });
  return {
    [IMAGE_INPUT]: float32(pixels, [indices.length, 3, sizePx, sizePx]),
    [STEP_NAMES.targets]: float32(targets, [indices.length, classCount]),
  };
}
