/** One training step of the published head against the arithmetic it cannot do without. */
import { performance } from 'node:perf_hooks';
import { GraphBuilder } from '../../main/engine/onnx/build.ts';
import { matmul, slice } from '../../main/engine/onnx/emit.ts';
import type { Session, TensorMap } from '../../main/engine/runner.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { scalar, zeros } from '../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../main/engine/tensor/tensor.ts';
import { parametersOf } from '../../main/engine/training/parameters.ts';
import type { LossWeights, PhasePlan } from '../../main/engine/training/schedule.ts';
import { momentNames, trainStepGraph } from '../../main/engine/training/train-step.ts';
import type { StepPlan } from '../../main/engine/training/train-step.ts';
import type { WordModel } from '../../main/engine/words/word-model.ts';
import { median } from './bench-result.ts';
import type { BenchResult } from './bench-result.ts';

/** Rounds that take turns, so that other programs disturb every side alike; the median ratio stands. */
const ROUNDS = 15;
const BATCH = 80;
const CHANNELS = 512;
const SIDE = 7;
const WORD_COUNT = 185;
const CLASS_COUNT = 37;
/** Width of the add-on layers: features become vectors of this length. */
const WORD_SIZE = 128;
/** Rows of every product: one per position. */
const POSITIONS = BATCH * SIDE * SIDE;

/**
 * The products of one step, [rows, inner, columns]: each layer forward and for its weights, and for its input where that
 * leads on to a parameter (1.97 GFLOP together).
 */
const PRODUCTS = [
  [POSITIONS, CHANNELS, WORD_SIZE],
  [CHANNELS, POSITIONS, WORD_SIZE],
  [POSITIONS, WORD_SIZE, WORD_SIZE],
  [WORD_SIZE, POSITIONS, WORD_SIZE],
  [POSITIONS, WORD_SIZE, WORD_SIZE],
  [POSITIONS, WORD_SIZE, WORD_COUNT],
  [WORD_SIZE, POSITIONS, WORD_COUNT],
  [POSITIONS, WORD_COUNT, WORD_SIZE],
] as const satisfies readonly (readonly [number, number, number])[];

const random = createRandom(1);

function draw(shape: readonly number[], spread = 1): Tensor<'float32'> {
  const values = zeros('float32', shape);
  for (let index = 0; index < values.data.length; index++) values.data[index] = random.normal() * spread;
  return values;
}

/** Features after ReLU, attention and scores: in [0, 1]. */
function drawPositive(shape: readonly number[]): Tensor<'float32'> {
  const values = zeros('float32', shape);
  for (let index = 0; index < values.data.length; index++) values.data[index] = random.next();
  return values;
}

const MODEL: WordModel = {
  addOn: [
    { weights: draw([WORD_SIZE, CHANNELS], 0.05), bias: draw([WORD_SIZE], 0.1), activation: 'relu' },
    { weights: draw([WORD_SIZE, WORD_SIZE], 0.1), bias: draw([WORD_SIZE], 0.1), activation: 'sigmoid' },
  ],
  similarity: { kind: 'log' },
  pooling: 'max',
  words: drawPositive([WORD_COUNT, WORD_SIZE]),
  lastLayer: draw([CLASS_COUNT, WORD_COUNT], 0.1),
  bias: zeros('float32', [CLASS_COUNT]),
};

const PUBLISHED: LossWeights = {
  crossEntropy: 1,
  clusterCost: 0.8,
  separationCost: 0,
  l1: 1e-4,
  attentionAlignment: 0,
  softIou: 0,
  imageContrast: 0,
};

const RATES: PhasePlan['rates'] = {
  addOn: { rate: 3e-3, decay: 1e-3 },
  words: { rate: 3e-3, decay: 0 },
  lastLayer: { rate: 1e-4, decay: 0 },
};

/** A step graph of these losses and values for all its inputs. */
export function headStep(lossWeights: LossWeights) {
  const plan: StepPlan = {
    model: MODEL,
    batch: BATCH,
    channels: CHANNELS,
    height: SIDE,
    width: SIDE,
    tiedWords: false,
    nonNegative: false,
    lossWeights,
  };
  const { graph, trainable } = trainStepGraph(plan, RATES);
  const parameters = parametersOf(MODEL);
  const targets = zeros('float32', [BATCH, CLASS_COUNT]);
  for (let image = 0; image < BATCH; image++) targets.data[image * CLASS_COUNT + (image % CLASS_COUNT)] = 1;
  const values: Record<string, Tensor> = {
    ...parameters,
    features: drawPositive([BATCH, CHANNELS, SIDE, SIDE]),
    attention: drawPositive([BATCH, SIDE, SIDE]),
    targets,
    'rate.addOn': scalar(1e-3),
    'rate.words': scalar(1e-3),
    'rate.lastLayer': scalar(1e-4),
    epsilon: scalar(1e-8),
  };
  for (const name of trainable) {
    // As in the middle of training: moments of 0 are faster to divide by than real ones on no machine we know.
    for (const moment of Object.values(momentNames(name))) values[moment] = drawPositive(parameters[name]!.shape);
  }
  return { graph, inputs: Object.fromEntries(graph.inputs.map(({ name }) => [name, values[name]!])) };
}

/** The bare products; of each only one element is handed out, so that nothing but the products takes time. */
function products() {
  const b = new GraphBuilder({ name: 'products' });
  const inputs: Record<string, Tensor> = {};
  PRODUCTS.forEach(([rows, inner, columns], index) => {
    const [left, right] = [`left${index}`, `right${index}`];
    inputs[left] = draw([rows, inner]);
    inputs[right] = draw([inner, columns]);
    const product = matmul(b, b.input(left, 'float32', [rows, inner]), b.input(right, 'float32', [inner, columns]));
    b.output(slice(b, product, [0, 0], [1, 1]), `product${index}`);
  });
  return { graph: b.build(), inputs };
}

async function time(session: Session, inputs: TensorMap): Promise<number> {
  const start = performance.now();
  await session.run(inputs);
  return performance.now() - start;
}

/** Runs the bench on one and on two threads. */
export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const threads of [1, 2]) results.push(...(await benchThreads(threads)));
  return results;
}

async function benchThreads(threads: number): Promise<BenchResult[]> {
  const runner = createRunner({ provider: 'cpu', threads });
  const sides = [products(), headStep(PUBLISHED), headStep({ ...PUBLISHED, attentionAlignment: 10 })];
  const times: number[][] = sides.map(() => []);
  const sessions = await Promise.all(sides.map(({ graph }) => runner.open(graph)));
  for (let round = -2; round < ROUNDS; round++) {
    for (const [side, session] of sessions.entries()) {
      const elapsed = await time(session, sides[side]!.inputs);
      if (round >= 0) times[side]!.push(elapsed);
    }
  }
  for (const session of sessions) await session.dispose();
  const [floor, plain, aligned] = times as [number[], number[], number[]];
  const against = (values: readonly number[]) => median(values.map((value, round) => value / floor[round]!));
  const flop = PRODUCTS.reduce((sum, [rows, inner, columns]) => sum + 2 * rows * inner * columns, 0);
  const on = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return [
    { name: `arithmetic floor, ${(flop / 1e9).toFixed(2)} GFLOP, ${on}`, value: median(floor), unit: 'ms' },
    { name: `head step, ${on}`, value: median(plain), unit: 'ms', ratio: against(plain), target: 1.6 },
    {
      name: `head step with attention at 224, ${on}`,
      value: median(aligned),
      unit: 'ms',
      ratio: against(aligned),
      target: 6,
    },
  ];
}
