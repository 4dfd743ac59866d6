/** The demo's base model: the step graph descends, the file computes what was trained, and it learns. */
import { describe, expect, it } from 'vitest';
import {
  encodeNetwork,
  IMAGE_INPUT,
  inferenceGraph,
  LOGITS_OUTPUT,
  networkStepGraph,
  startNetwork,
  STATE_NAMES,
  STEP_NAMES,
} from '../../../main/engine/demo/network.ts';
import type { NetworkParameters, NetworkPlan } from '../../../main/engine/demo/network.ts';
import { trainNetwork } from '../../../main/engine/demo/train-network.ts';
import type { LabelledImages } from '../../../main/engine/demo/train-network.ts';
import { decodeModel, inspectModel, verifyGraph } from '../../../main/engine/onnx/index.ts';
import type { TensorMap } from '../../../main/engine/runner.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32, scalar, zeros } from '../../../main/engine/tensor/tensor.ts';
import { adamScalars } from '../../../main/engine/training/adam.ts';
import { createReferenceRunner } from '../../support/reference-runner.ts';

const PLAN: NetworkPlan = {
  sizePx: 16,
  classCount: 3,
  layers: [
    { channels: 6, stride: 2 },
    { channels: 8, stride: 1 },
  ],
};
const runner = createRunner({ provider: 'cpu', threads: 1 });

/** Class = the channel that is bright in a random square. */
function squares(count: number, seed: number): LabelledImages {
  const random = createRandom(seed);
  const labels = Array.from({ length: count }, (_, index) => index % 3);
  const images = labels.map((label) => {
    const image = Float32Array.from({ length: 3 * 256 }, () => 0.3 * random.normal());
    const [left, top] = [random.integer(10), random.integer(10)];
    for (let row = top; row < top + 6; row++)
      image.fill(1.5, label * 256 + row * 16 + left, label * 256 + row * 16 + left + 6);
    return image;
  });
  return { images, labels };
}

function batchOf({ images, labels }: LabelledImages): {
  readonly image: TensorMap[string];
  readonly targets: TensorMap[string];
} {
  const pixels = new Float32Array(images.length * 768);
  const targets = new Float32Array(images.length * 3);
  images.forEach((image, index) => {
    pixels.set(image, index * 768);
    targets[index * 3 + labels[index]!] = 1;
  });
  return { image: float32(pixels, [images.length, 3, 16, 16]), targets: float32(targets, [images.length, 3]) };
}

async function logitsOf(parameters: NetworkParameters, image: TensorMap[string]): Promise<Float32Array> {
  const session = await runner.openModel(encodeNetwork(PLAN, parameters, {}));
  try {
    return (await session.run({ [IMAGE_INPUT]: image }))[LOGITS_OUTPUT]!.data as Float32Array;
  } finally {
    await session.dispose();
  }
}

/** Mean of log(sum e^logit) - logit of the label, in double precision. */
function plainCrossEntropy(logits: Float32Array, labels: readonly number[]): number {
  const losses = labels.map((label, row) => {
    const values = [...logits.subarray(row * 3, row * 3 + 3)];
    return Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0)) - values[label]!;
  });
  return losses.reduce((sum, value) => sum + value, 0) / losses.length;
}

describe('networkStepGraph', () => {
  it('has the loss of the written file before the step, and descends', async () => {
    const data = squares(12, 1);
    const { image, targets } = batchOf(data);
    let parameters = startNetwork(PLAN, createRandom(2));
    const session = await runner.open(networkStepGraph(PLAN, 12));
    const state = Object.fromEntries(
      Object.entries(parameters).flatMap(([name, value]) => [
        [name, value],
        [STATE_NAMES.firstMoment(name), zeros('float32', value.shape)],
        [STATE_NAMES.secondMoment(name), zeros('float32', value.shape)],
      ]),
    );
    const before = plainCrossEntropy(await logitsOf(parameters, image!), data.labels);
    const scalars = adamScalars(1e-3, 1);
    const outputs = await session.run({
      ...state,
      [IMAGE_INPUT]: image!,
      [STEP_NAMES.targets]: targets!,
      [STEP_NAMES.rate]: scalar(scalars.rate),
      [STEP_NAMES.epsilon]: scalar(scalars.epsilon),
    });
    await session.dispose();
    expect(Number(outputs[STEP_NAMES.loss]!.data[0])).toBeCloseTo(before, 5);
    parameters = Object.fromEntries(
      Object.keys(parameters).map((name) => [name, outputs[STATE_NAMES.next(name)] as NetworkParameters[string]]),
    );
    expect(plainCrossEntropy(await logitsOf(parameters, image!), data.labels)).toBeLessThan(before);
  });
});

describe('encodeNetwork', () => {
  it('writes a sound classifier of any batch size with a mean-linear head and its facts', () => {
    const bytes = encodeNetwork(PLAN, startNetwork(PLAN, createRandom(4)), { classes: 'a,b,c' });
    const { graph, info } = decodeModel(bytes);
    verifyGraph(graph);
    expect(info.opset).toBe(18);
    expect(info.metadata['classes']).toBe('a,b,c');
    expect(graph.inputs[0]).toMatchObject({ name: 'image', shape: ['batch', 3, 16, 16] });
    const inspection = inspectModel(graph);
    expect(inspection.output.classCount).toBe(3);
  });

  it('computes what an independent interpreter computes', async () => {
    const parameters = startNetwork(PLAN, createRandom(5));
    const { image } = batchOf(squares(2, 6));
    const session = await createReferenceRunner().open(inferenceGraph(PLAN, parameters));
    const expected = (await session.run({ [IMAGE_INPUT]: image! }))[LOGITS_OUTPUT]!.data as Float32Array;
    const actual = await logitsOf(parameters, image!);
    expect(actual.length).toBe(6);
    actual.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 4);
    });
  });
});

describe('trainNetwork', () => {
  const options = { plan: PLAN, runner, epochs: 12, batch: 12, learningRate: 1e-2 };

  it('learns to tell classes apart on images it has not seen', async () => {
    const losses: number[] = [];
    const parameters = await trainNetwork({
      ...options,
      data: squares(72, 7),
      random: createRandom(8),
      onEpoch: (_, loss) => losses.push(loss),
    });
    expect(losses).toHaveLength(12);
    const unseen = squares(60, 9);
    const logits = await logitsOf(parameters, batchOf(unseen).image!);
    const right = unseen.labels.filter((label, row) => {
      const values = logits.subarray(row * 3, row * 3 + 3);
      return values.indexOf(Math.max(...values)) === label;
    });
    // Chance is 20 of 60.
    expect(right.length).toBeGreaterThan(54);
  });

  it('gives the same parameters for the same seed', async () => {
    const train = () => trainNetwork({ ...options, epochs: 1, data: squares(24, 7), random: createRandom(8) });
    expect(await train()).toEqual(await train());
  });

  it('stops between two steps when asked, and refuses fewer images than a batch', async () => {
    const cancelled = trainNetwork({
      ...options,
      data: squares(24, 7),
      random: createRandom(8),
      signal: { aborted: true },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    const few = trainNetwork({ ...options, data: squares(6, 7), random: createRandom(8) });
    await expect(few).rejects.toMatchObject({ code: 'too-few-images' });
  });
});
