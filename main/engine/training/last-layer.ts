/** Scores of images, and the last layer fitted to them with the strength of L2 chosen on validation images. */
import { openRegression } from '../linalg/softmax-regression.ts';
import type { RegressionResult } from '../linalg/softmax-regression.ts';
import type { GraphRunner } from '../runner.ts';
import { float32, zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openWordModel } from '../words/open-word-model.ts';
import { sizeOfWordModel } from '../words/word-model.ts';
import type { WordModel } from '../words/word-model.ts';
import { batchesOf, STREAM_BATCH } from './feature-source.ts';
import type { FeatureSource } from './feature-source.ts';
import type { LastLayerPlan } from './preset.ts';
import { softmax } from './targets.ts';

/** Scores and targets of images, row by row. */
export interface ScoreTable {
  /** [n, words] */
  readonly scores: Tensor<'float32'>;
  /** [n, classes] */
  readonly targets: Tensor<'float32'>;
}

/** What reading scores needs. */
export interface ScoreOptions {
  readonly runner: GraphRunner;
  readonly source: FeatureSource;
  readonly model: WordModel;
  readonly targets: (indices: readonly number[], logits: Tensor<'float32'>) => Tensor<'float32'>;
  /** Called before every batch; throws to stop. */
  readonly onBatch?: (() => void) | undefined;
}

/** Images the last layer is fitted to at most: their scores by 500 words take 32 MB. A sample does for a convex fit. */
export const FIT_IMAGE_LIMIT = 16_384;

/** Computes the word scores of images, streaming their features. */
export async function readScores(options: ScoreOptions, indices: readonly number[]): Promise<ScoreTable> {
  const { runner, source, model } = options;
  const { wordCount, classCount } = sizeOfWordModel(model);
  const scores = zeros('float32', [indices.length, wordCount]);
  const targets = zeros('float32', [indices.length, classCount]);
  const { channels, height, width } = source;
  const open = await openWordModel(runner, model, { batch: STREAM_BATCH, channels, height, width }, ['scores']);
  try {
    let done = 0;
    for (const batch of batchesOf(indices)) {
      options.onBatch?.();
      const { features, logits } = await source.read(batch);
      scores.data.set((await open.forward(features)).scores.data, done * wordCount);
      targets.data.set(options.targets(batch, logits).data, done * classCount);
      done += batch.length;
    }
  } finally {
    await open.dispose();
  }
  return { scores, targets };
}

/** A fitted last layer and the strength of L2 it was fitted with. */
export interface FittedLastLayer {
  /** [classes, words] */
  readonly lastLayer: Tensor<'float32'>;
  /** [classes] */
  readonly bias: Tensor<'float32'>;
  readonly l2: number;
}

/**
 * Fits the last layer for each strength of L2, from the strongest down (each start is the solution before), and keeps
 * the one with the lowest cross-entropy on validation images; without them the strongest.
 */
export async function fitLastLayer(
  runner: GraphRunner,
  plan: LastLayerPlan,
  train: ScoreTable,
  validation: ScoreTable,
  onIteration?: () => void,
): Promise<FittedLastLayer> {
  const strengths = [...plan.l2].sort((a, b) => b - a);
  const regression = await openRegression(runner, train.scores, train.targets);
  try {
    let best: { result: RegressionResult; l2: number; loss: number } | undefined;
    let start: RegressionResult | undefined;
    for (const l2 of validation.scores.shape[0]! > 0 ? strengths : strengths.slice(0, 1)) {
      const result = await regression.solve({
        l2,
        nonNegative: plan.nonNegative,
        bias: plan.bias,
        start,
        ...(onIteration ? { onIteration } : {}),
      });
      start = result;
      const loss = meanCrossEntropy(validation, result);
      if (!best || loss < best.loss) best = { result, l2, loss };
    }
    const { result, l2 } = best!;
    return { lastLayer: result.weights, bias: result.bias, l2 };
  } finally {
    await regression.dispose();
  }
}

/** Mean cross-entropy of a last layer on a score table; 0 for an empty one. */
export function meanCrossEntropy(table: ScoreTable, layer: Pick<RegressionResult, 'weights' | 'bias'>): number {
  const [count, wordCount] = table.scores.shape as [number, number];
  const classCount = layer.weights.shape[0]!;
  let sum = 0;
  for (let image = 0; image < count; image++) {
    const logits = new Float32Array(classCount);
    for (let row = 0; row < classCount; row++) {
      let logit = layer.bias.data[row]!;
      for (let word = 0; word < wordCount; word++) {
        logit += layer.weights.data[row * wordCount + word]! * table.scores.data[image * wordCount + word]!;
      }
      logits[row] = logit;
    }
    softmax(logits).forEach((probability, row) => {
      const target = table.targets.data[image * classCount + row]!;
      // Below 1e-30 the logarithm would only measure how certain a wrong answer is.
      if (target > 0) sum -= target * Math.log(Math.max(probability, 1e-30));
    });
  }
  return count > 0 ? sum / count : 0;
}

/** Class of every word when words belong to classes: dealt in turn. */
export function homeClassesOf(wordCount: number, classCount: number): number[] {
  return Array.from({ length: wordCount }, (_, word) => word % classCount);
}

/** The last layer before anything is fitted, [classes, words]. */
export function startLastLayer(plan: LastLayerPlan, wordCount: number, classCount: number): Tensor<'float32'> {
  if (plan.start === 'neutral') return zeros('float32', [classCount, wordCount]);
  const data = new Float32Array(classCount * wordCount).fill(-0.5);
  homeClassesOf(wordCount, classCount).forEach((homeClass, word) => (data[homeClass * wordCount + word] = 1));
  return float32(data, [classCount, wordCount]);
}
