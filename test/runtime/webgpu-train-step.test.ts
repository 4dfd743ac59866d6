/** Whole training steps on WebGPU (a Vulkan driver in software) equal those on the CPU and in the float64 reference. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Graph, ValueInfo } from '../../main/engine/onnx/graph.ts';
import { PORTABLE_OPS } from '../../main/engine/onnx/portable-ops.ts';
import type { TensorMap } from '../../main/engine/runner.ts';
import type { RunnerOptions } from '../../main/engine/runtime/session.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import type { Random } from '../../main/engine/tensor/random.ts';
import { sizeOf } from '../../main/engine/tensor/shape.ts';
import { float32 } from '../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../main/engine/tensor/tensor.ts';
import type { LossWeights } from '../../main/engine/training/schedule.ts';
import { trainStepGraph } from '../../main/engine/training/train-step.ts';
import type { StepPlan } from '../../main/engine/training/train-step.ts';
import type { WordModel } from '../../main/engine/words/word-model.ts';
import { compareTensors } from '../support/allclose.ts';
import { runInChild } from '../support/graph-process.ts';
import type { GraphReply } from '../support/graph-process.ts';
import { evaluateGraph } from '../support/reference-runner.ts';
import { prepareSoftwareVulkan } from '../support/software-vulkan.ts';

const vulkan = prepareSoftwareVulkan();
const skipped = vulkan.ready ? '' : ` (skipped: ${vulkan.reason})`;

/** The driver compiles every kernel on the processor: seconds on an idle machine, minutes on a busy one. */
const TIMEOUT_MS = 240_000;

const [BATCH, CHANNELS, DIMENSION, WORDS, CLASSES, SIDE] = [3, 8, 5, 12, 4, 4];
const RATES = {
  addOn: { rate: 0.003, decay: 0.001 },
  words: { rate: 0.003, decay: 0 },
  lastLayer: { rate: 0.0001, decay: 0 },
};
const NO_LOSS: LossWeights = {
  crossEntropy: 0,
  clusterCost: 0,
  separationCost: 0,
  l1: 0,
  attentionAlignment: 0,
  softIou: 0,
  imageContrast: 0,
};

function uniform(random: Random, ...shape: number[]): Tensor<'float32'> {
  return float32(
    Float32Array.from({ length: sizeOf(shape) }, () => random.next()),
    shape,
  );
}

function plan(model: Partial<WordModel>, lossWeights: Partial<LossWeights>, rest: Partial<StepPlan> = {}): StepPlan {
  const random = createRandom(1);
  return {
    model: {
      addOn: [
        { weights: uniform(random, DIMENSION, CHANNELS), bias: uniform(random, DIMENSION), activation: 'relu' },
        { weights: uniform(random, DIMENSION, DIMENSION), bias: uniform(random, DIMENSION), activation: 'sigmoid' },
      ],
      similarity: { kind: 'log' },
      pooling: 'max',
      words: uniform(random, WORDS, DIMENSION),
      lastLayer: uniform(random, CLASSES, WORDS),
      bias: uniform(random, CLASSES),
      ...model,
    },
    batch: BATCH,
    channels: CHANNELS,
    height: SIDE,
    width: SIDE,
    tiedWords: false,
    nonNegative: false,
    lossWeights: { ...NO_LOSS, ...lossWeights },
    ...rest,
  };
}

/** Inputs in the range each one has in training: moments of a running Adam, probabilities, maps in [0, 1]. */
function feedFor(random: Random, { name, shape }: ValueInfo): Tensor<'float32'> {
  const axes = shape as readonly number[];
  const draw = (element: () => number) => float32(Float32Array.from({ length: sizeOf(axes) }, element), axes);
  if (name === 'epsilon') return draw(() => 1e-8);
  if (name.startsWith('rate.')) return draw(() => 0.003);
  if (name === 'targets')
    return float32(
      Float32Array.from(
        { length: BATCH * CLASSES },
        (_, i) => [0.7, 0.1, 0.1, 0.1][(i + Math.floor(i / CLASSES)) % 4]!,
      ),
      axes,
    );
  if (name === 'attention' || name === 'words' || name.endsWith('.secondMoment'))
    return draw(() => 0.01 + random.next());
  return draw(() => random.normal());
}

function feedsFor(graph: Graph): TensorMap {
  const random = createRandom(2);
  return Object.fromEntries(graph.inputs.map((input) => [input.name, feedFor(random, input)]));
}

const homeClasses = Array.from({ length: WORDS }, (_, word) => word % CLASSES);

/** One plan per family of losses; `isSmall` when the plain-loop reference can follow. */
const PLANS = {
  'published losses, class-specific words, maps of 224 x 224': {
    plan: plan(
      {},
      { crossEntropy: 1, clusterCost: 0.8, separationCost: 0.08, l1: 1e-4, attentionAlignment: 10 },
      { homeClasses },
    ),
    isSmall: false,
  },
  'strength-keeping similarity, tied words, map overlap and contrast': {
    plan: plan(
      { similarity: { kind: 'cosinePower', exponent: 2 } },
      { crossEntropy: 1, softIou: 1, imageContrast: 0.5 },
      { tiedWords: true, nonNegative: true },
    ),
    isSmall: true,
  },
  'linear similarity, mean pooling': {
    plan: plan({ similarity: { kind: 'linear' }, pooling: 'mean' }, { crossEntropy: 1 }),
    isSmall: true,
  },
} as const;

describe.skipIf(!vulkan.ready)(`training steps on WebGPU${skipped}`, () => {
  const steps = Object.entries(PLANS).map(([title, entry]) => {
    const { graph } = trainStepGraph(entry.plan, RATES);
    return { title, graph, feeds: feedsFor(graph), isSmall: entry.isSmall };
  });
  let onWebgpu: readonly GraphReply[] = [];
  let onCpu: readonly GraphReply[] = [];

  // One process for all: the driver compiles each kernel once, which is nearly all of the time.
  beforeAll(async () => {
    const env = vulkan.ready ? vulkan.env : {};
    const on = (options: RunnerOptions) => steps.map(({ graph, feeds }) => ({ graph, feeds, options }));
    onWebgpu = await runInChild(on({ provider: 'webgpu', forbidCpuFallback: true }), env);
    onCpu = await runInChild(on({ provider: 'cpu' }));
  }, TIMEOUT_MS);

  test.each(steps.map((step, index) => [step.title, step, index] as const))('%s', (_, step, index) => {
    const actual = outputsOf(onWebgpu[index]!);
    expect(faults(actual, outputsOf(onCpu[index]!))).toEqual([]);
    if (step.isSmall) expect(faults(actual, evaluateGraph(step.graph, step.feeds))).toEqual([]);
  });

  test.each(steps.map(({ title, graph }) => [title, graph] as const))('%s: only portable operations', (_, graph) => {
    const portable = new Set<string>(PORTABLE_OPS);
    expect(graph.nodes.map(({ op }) => op).filter((op) => !portable.has(op))).toEqual([]);
  });
});

function outputsOf(reply: GraphReply): TensorMap {
  if ('error' in reply) throw new Error(reply.error);
  return reply.outputs;
}

function faults(actual: TensorMap, expected: TensorMap): string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const { close, message } = compareTensors(actual[name]!, value, { absolute: 1e-4, relative: 1e-3 });
    return close ? [] : [`${name}: ${message}`];
  });
}
