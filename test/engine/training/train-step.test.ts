/** The training step: the reviewed graph, the same figures in float64, and a descent. */
import { describe, expect, it } from 'vitest';
import { PORTABLE_OPS } from '../../../main/engine/onnx/portable-ops.ts';
import { printGraph } from '../../../main/engine/onnx/print.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32, scalar, zeros } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { adamScalars } from '../../../main/engine/training/adam.ts';
import { parametersOf } from '../../../main/engine/training/parameters.ts';
import type { LossWeights, PhasePlan } from '../../../main/engine/training/schedule.ts';
import { evalGraph, momentNames, nextName, trainStepGraph } from '../../../main/engine/training/train-step.ts';
import type { StepPlan } from '../../../main/engine/training/train-step.ts';
import type { WordModel } from '../../../main/engine/words/word-model.ts';
import { compareTensors } from '../../support/allclose.ts';
import { expectGolden } from '../../support/golden.ts';
import { createReferenceRunner } from '../../support/reference-runner.ts';

const NOTHING: LossWeights = {
  crossEntropy: 0,
  clusterCost: 0,
  separationCost: 0,
  l1: 0,
  attentionAlignment: 0,
  softIou: 0,
  imageContrast: 0,
};

const random = createRandom(11);
function normal(...shape: number[]): Tensor<'float32'> {
  return float32(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
}
function uniform(...shape: number[]): Tensor<'float32'> {
  return float32(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.next()),
    shape,
  );
}

const MODEL: WordModel = {
  addOn: [
    { weights: normal(5, 6), bias: normal(5), activation: 'relu' },
    { weights: normal(4, 5), bias: normal(4), activation: 'sigmoid' },
  ],
  similarity: { kind: 'log' },
  pooling: 'max',
  words: uniform(7, 4),
  lastLayer: normal(3, 7),
  bias: zeros('float32', [3]),
};

const PUBLISHED: StepPlan = {
  model: MODEL,
  batch: 3,
  channels: 6,
  height: 2,
  width: 2,
  tiedWords: false,
  nonNegative: false,
  lossWeights: { ...NOTHING, crossEntropy: 1, clusterCost: 0.8, l1: 1e-4, attentionAlignment: 10 },
};

const EVIDENCE: StepPlan = {
  ...PUBLISHED,
  model: { ...MODEL, addOn: [{ ...MODEL.addOn[0]!, weights: normal(4, 6), bias: normal(4) }], similarity: { kind: 'cosinePower', exponent: 3 }, pooling: 'mean' }, // prettier-ignore
  tiedWords: true,
  nonNegative: true,
  lossWeights: { ...NOTHING, crossEntropy: 1, softIou: 1, imageContrast: 0.3 },
};

const RATES: PhasePlan['rates'] = {
  addOn: { rate: 3e-3, decay: 1e-3 },
  words: { rate: 3e-3, decay: 0 },
  lastLayer: { rate: 1e-2, decay: 0 },
};

const PROTOPNET: StepPlan = {
  ...PUBLISHED,
  lossWeights: { ...NOTHING, crossEntropy: 1, clusterCost: 0.8, separationCost: 0.08, l1: 1e-4 },
  homeClasses: [0, 1, 2, 0, 1, 2, 0],
};

function inputsOf(plan: StepPlan, rates: PhasePlan['rates']): Record<string, Tensor> {
  const { batch, channels, height, width, model, lossWeights } = plan;
  const { trainable } = trainStepGraph(plan, rates);
  const scalars = adamScalars(3e-3, 1);
  const { words: _words, ...others } = parametersOf(model);
  const targets = zeros('float32', [batch, 3]);
  for (let image = 0; image < batch; image++) targets.data[image * 3 + (image % 3)] = 1;
  const needsMaps = lossWeights.attentionAlignment + lossWeights.softIou + lossWeights.imageContrast > 0;
  return {
    features: uniform(batch, channels, height, width),
    targets,
    ...(needsMaps ? { attention: uniform(batch, height, width) } : {}),
    ...(plan.tiedWords ? { ...others, patchFeatures: uniform(7, channels) } : parametersOf(model)),
    ...Object.fromEntries(
      trainable.flatMap((name) =>
        Object.values(momentNames(name)).map((moment) => [moment, zeros('float32', parametersOf(model)[name]!.shape)]),
      ),
    ),
    ...Object.fromEntries(
      (['addOn', 'words', 'lastLayer'] as const)
        .filter((group) => trainable.some((name) => name.startsWith(group)))
        .map((group) => [`rate.${group}`, scalar(scalars.rate)]),
    ),
    epsilon: scalar(scalars.epsilon),
  };
}

const PLANS: [string, StepPlan][] = [
  ['published', PUBLISHED],
  ['evidence', EVIDENCE],
  ['protopnet', PROTOPNET],
];

describe('trainStepGraph', () => {
  it.each(PLANS)('%s: stays the graph that was reviewed', (name, plan) => {
    expectGolden(`training/${name}.txt`, printGraph(trainStepGraph(plan, RATES).graph));
  });

  it.each(PLANS)('%s: uses only operations that run on every provider', (_, plan) => {
    for (const graph of [trainStepGraph(plan, RATES).graph, evalGraph(plan)]) {
      const foreign = graph.nodes.filter(({ op }) => !(PORTABLE_OPS as readonly string[]).includes(op));
      expect(foreign.map(({ op }) => op)).toEqual([]);
    }
  });

  it.each(PLANS)('%s: one step on onnxruntime equals the same graph in float64', async (_, plan) => {
    const { graph } = trainStepGraph(plan, RATES);
    const inputs = inputsOf(plan, RATES);
    const fast = await createRunner({ provider: 'cpu', threads: 1 }).open(graph);
    const exact = await createReferenceRunner().open(graph);
    const [found, expected] = [await fast.run(inputs), await exact.run(inputs)];
    await fast.dispose();
    for (const name of Object.keys(expected)) {
      // The first Adam step is rate * sign(gradient); where a gradient is 0 within rounding, its sign is noise.
      const absolute = name.endsWith('.next') && !name.includes('Moment') ? 1e-4 : 2e-4;
      expect(compareTensors(found[name]!, expected[name]!, { absolute, relative: 2e-3 }).message, name).toBe('');
    }
  });

  it('descends: a small step along its own update lowers the total loss', async () => {
    for (const [, plan] of PLANS) {
      const inputs = inputsOf(plan, RATES);
      const { graph, trainable } = trainStepGraph(plan, RATES);
      const runner = createRunner({ provider: 'cpu', threads: 1 });
      const step = await runner.open(graph);
      const before = await step.run({ ...inputs, ...scaledRates(inputs, 0.01) });
      const moved = Object.fromEntries(trainable.map((name) => [name, before[nextName(name)]!]));
      const after = await (await runner.open(evalGraph(plan))).run(withoutTraining({ ...inputs, ...moved }));
      expect(Number(after['loss.total']!.data[0])).toBeLessThan(Number(before['loss.total']!.data[0]));
    }
  });

  it('keeps W at or above 0 when asked', async () => {
    const inputs = inputsOf(EVIDENCE, RATES);
    const session = await createReferenceRunner().open(trainStepGraph(EVIDENCE, RATES).graph);
    const { 'lastLayer.next': next } = await session.run(inputs);
    expect(Math.min(...Array.from(next!.data, Number))).toBe(0);
  });

  it('trains only groups with a rate, and refuses to train nothing', () => {
    const still = { rate: 0, decay: 0 };
    const only = { addOn: still, words: still, lastLayer: { rate: 1e-4, decay: 0 } };
    expect(trainStepGraph(PUBLISHED, only).trainable).toEqual(['lastLayer']);
    expect(() => trainStepGraph(PUBLISHED, { ...only, lastLayer: still })).toThrow('a phase that trains nothing');
  });
});

function scaledRates(inputs: Record<string, Tensor>, factor: number): Record<string, Tensor> {
  const rates = Object.entries(inputs).filter(([name]) => name.startsWith('rate.'));
  return Object.fromEntries(rates.map(([name, value]) => [name, scalar(Number(value.data[0]) * factor)]));
}

function withoutTraining(inputs: Record<string, Tensor>): Record<string, Tensor> {
  const isForward = (name: string): boolean =>
    !name.startsWith('rate.') && !name.endsWith('Moment') && name !== 'epsilon';
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => isForward(name)));
}
