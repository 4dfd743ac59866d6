/** The last layer as a convex problem: softmax cross-entropy to soft targets with L2, solved by FISTA. */
import { GraphBuilder } from '../onnx/build.ts';
import { add, exp, logSoftmax, matmul, mul, neg, reduceMean, reduceSum, scale, sub, transpose } from '../onnx/emit.ts';
import type { Graph } from '../onnx/graph.ts';
import type { GraphRunner, Session } from '../runner.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * minimise over W (and b): mean over rows of CE(targets, softmax(W a + b)) + l2 / 2 |W scale|^2, with W >= 0 when asked.
 */
export interface RegressionOptions {
  /** Strength of L2 on the scaled weights (word scores brought to unit root mean square), > 0. */
  readonly l2: number;
  readonly nonNegative: boolean;
  /** Fit a bias per class, without L2. */
  readonly bias: boolean;
  /** Start, for example the solution of a stronger L2; default zeros. */
  readonly start?: RegressionResult | undefined;
  /** Stop when the norm of the gradient mapping falls below this share of its value at W = 0. Default 1e-4. */
  readonly tolerance?: number;
  /** Default 3000. */
  readonly iterationLimit?: number;
  /** Called every 50 iterations; throws to stop. */
  readonly onIteration?: (iteration: number) => void;
}

/** A fitted last layer, in the units of the scores as given. */
export interface RegressionResult {
  /** [classes, words] */
  readonly weights: Tensor<'float32'>;
  /** [classes] */
  readonly bias: Tensor<'float32'>;
  /** Mean cross-entropy without the L2 term. */
  readonly crossEntropy: number;
  /** Norm of the gradient mapping divided by its value at W = 0: 0 at the optimum. */
  readonly residual: number;
  readonly iterations: number;
}

/** A regression problem held open on the runner for several strengths of L2. */
export interface Regression {
  solve(options: RegressionOptions): Promise<RegressionResult>;
  dispose(): Promise<void>;
}

/** Power iterations for the largest eigenvalue; the safety factor below covers what they miss. */
const POWER_ITERATIONS = 50;
const LIPSCHITZ_SAFETY = 1.05;

/**
 * Prepares a problem.
 * @param scores [rows, words], finite
 * @param targets rows of probabilities, [rows, classes]
 */
export async function openRegression(
  runner: GraphRunner,
  scores: Tensor<'float32'>,
  targets: Tensor<'float32'>,
): Promise<Regression> {
  const [rowCount, wordCount] = scores.shape as [number, number];
  const classCount = targets.shape[1]!;
  const { scale, scaled } = unitColumns(scores);
  const session = await runner.open(regressionGraph(rowCount, wordCount, classCount));
  const inputs = { scores: scaled, targets };
  // The softmax Hessian is at most 1/2 (Boehning 1992), and rows carry one more column of ones for the bias.
  const lipschitz = 0.5 * LIPSCHITZ_SAFETY * (largestEigenvalue(gramOf(scaled), wordCount) + 1);
  return {
    solve: (options) => fista(session, inputs, { scale, lipschitz, wordCount, classCount }, options),
    dispose: () => session.dispose(),
  };
}

interface Problem {
  readonly scale: Float64Array;
  readonly lipschitz: number;
  readonly wordCount: number;
  readonly classCount: number;
}

/**
 * FISTA (Beck and Teboulle 2009) with gradient-based restart (O'Donoghue and Candes 2015, section 3.2).
 * Weights and bias live in one array [classes, words + 1], the bias last.
 */
async function fista(
  session: Session,
  inputs: Readonly<Record<string, Tensor>>,
  problem: Problem,
  options: RegressionOptions,
): Promise<RegressionResult> {
  const { scale, wordCount, classCount } = problem;
  const { l2, nonNegative, tolerance = 1e-4, iterationLimit = 3000 } = options;
  const columns = wordCount + 1;
  const step = 1 / (problem.lipschitz + l2);
  const isBias = (index: number): boolean => index % columns === wordCount;

  /** Mean cross-entropy and gradient of the smooth part at a point. */
  const evaluate = async (point: Float64Array): Promise<{ loss: number; gradient: Float64Array }> => {
    const result = await session.run({ ...inputs, ...unpack(point, wordCount, classCount) });
    const weightGradient = result['weightGradient']!.data as Float32Array;
    const biasGradient = result['biasGradient']!.data as Float32Array;
    const gradient = point.map((value, index) => {
      const row = Math.floor(index / columns);
      if (isBias(index)) return options.bias ? biasGradient[row]! : 0;
      return weightGradient[row * wordCount + (index % columns)]! + l2 * value;
    });
    return { loss: (result['loss']!.data as Float32Array)[0]!, gradient };
  };
  const descend = (point: Float64Array, gradient: Float64Array): Float64Array =>
    point.map((value, index) => {
      const next = value - step * gradient[index]!;
      return nonNegative && !isBias(index) ? Math.max(0, next) : next;
    });
  const mapping = (from: Float64Array, to: Float64Array): number => {
    let sum = 0;
    for (let index = 0; index < from.length; index++) sum += (from[index]! - to[index]!) ** 2;
    return Math.sqrt(sum) / step;
  };

  const origin = new Float64Array(classCount * columns);
  const atOrigin = await evaluate(origin);
  const reference = mapping(origin, descend(origin, atOrigin.gradient)) || 1;

  let current = options.start ? pack(options.start, problem) : origin;
  let extrapolated = current;
  let momentum = 1;
  let iteration = 0;
  let state = await evaluate(current);
  let residual = mapping(current, descend(current, state.gradient)) / reference;
  while (residual > tolerance && iteration < iterationLimit) {
    iteration++;
    if (iteration % 50 === 0) options.onIteration?.(iteration);
    state = await evaluate(extrapolated);
    const next = descend(extrapolated, state.gradient);
    residual = mapping(extrapolated, next) / reference;
    // Restart when the step turns against the momentum.
    let against = 0;
    for (let index = 0; index < next.length; index++) {
      against += (extrapolated[index]! - next[index]!) * (next[index]! - current[index]!);
    }
    const following = against > 0 ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const push = against > 0 ? 0 : (momentum - 1) / following;
    extrapolated = next.map((value, index) => value + push * (value - current[index]!));
    current = next;
    momentum = following;
  }

  const { loss } = await evaluate(current);
  const { weights, bias } = unpack(current, wordCount, classCount);
  for (let row = 0; row < classCount; row++) {
    for (let column = 0; column < wordCount; column++) weights.data[row * wordCount + column]! *= scale[column]!;
  }
  return { weights, bias, crossEntropy: loss, residual, iterations: iteration };
}

/** logits = scores W^T + b; mean cross-entropy; its gradient (softmax - targets)^T scores / rows. */
function regressionGraph(rowCount: number, wordCount: number, classCount: number): Graph {
  const b = new GraphBuilder({ name: 'regression' });
  const scores = b.input('scores', 'float32', [rowCount, wordCount]);
  const targets = b.input('targets', 'float32', [rowCount, classCount]);
  const weights = b.input('weights', 'float32', [classCount, wordCount]);
  const bias = b.input('bias', 'float32', [classCount]);
  const logits = add(b, matmul(b, scores, transpose(b, weights, [1, 0])), bias);
  const logProbabilities = logSoftmax(b, logits, 1);
  const perRow = reduceSum(b, mul(b, targets, logProbabilities), [1]);
  b.output(neg(b, reduceMean(b, perRow, [0])), 'loss');
  const error = scale(b, sub(b, exp(b, logProbabilities), targets), 1 / rowCount);
  b.output(matmul(b, transpose(b, error, [1, 0]), scores), 'weightGradient');
  b.output(reduceSum(b, error, [0]), 'biasGradient');
  return b.build();
}

/** Columns divided by their root mean square; scale[j] = 1 / rms, 0 for a column of zeros. */
function unitColumns(scores: Tensor<'float32'>): { scale: Float64Array; scaled: Tensor<'float32'> } {
  const [rowCount, columns] = scores.shape as [number, number];
  const squares = new Float64Array(columns);
  scores.data.forEach((value, index) => (squares[index % columns]! += value * value));
  const scale = squares.map((sum) => (sum > 0 ? 1 / Math.sqrt(sum / rowCount) : 0));
  return {
    scale,
    scaled: float32(
      scores.data.map((value, index) => value * scale[index % columns]!),
      scores.shape,
    ),
  };
}

/** a^T a / rows, [columns, columns]. */
function gramOf(scores: Tensor<'float32'>): Float64Array {
  const [rowCount, columns] = scores.shape as [number, number];
  const gram = new Float64Array(columns * columns);
  for (let start = 0; start < scores.data.length; start += columns) {
    for (let row = 0; row < columns; row++) {
      const value = scores.data[start + row]!;
      if (value === 0) continue;
      for (let column = 0; column < columns; column++)
        gram[row * columns + column]! += value * scores.data[start + column]!;
    }
  }
  return gram.map((sum) => sum / rowCount);
}

function largestEigenvalue(matrix: Float64Array, size: number): number {
  let vector = new Float64Array(size).fill(1);
  let value = 0;
  for (let iteration = 0; iteration < POWER_ITERATIONS; iteration++) {
    const next = new Float64Array(size);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) next[row]! += matrix[row * size + column]! * vector[column]!;
    }
    value = Math.sqrt(next.reduce((sum, entry) => sum + entry * entry, 0));
    if (value === 0) return 0;
    vector = next.map((entry) => entry / value);
  }
  return value;
}

function unpack(point: Float64Array, wordCount: number, classCount: number) {
  const weights = new Float32Array(classCount * wordCount);
  const bias = new Float32Array(classCount);
  for (let row = 0; row < classCount; row++) {
    const start = row * (wordCount + 1);
    for (let column = 0; column < wordCount; column++) weights[row * wordCount + column] = point[start + column]!;
    bias[row] = point[start + wordCount]!;
  }
  return { weights: float32(weights, [classCount, wordCount]), bias: float32(bias, [classCount]) };
}

function pack(result: RegressionResult, { scale, wordCount, classCount }: Problem): Float64Array {
  const point = new Float64Array(classCount * (wordCount + 1));
  for (let row = 0; row < classCount; row++) {
    for (let column = 0; column < wordCount; column++) {
      const factor = scale[column]!;
      point[row * (wordCount + 1) + column] = factor > 0 ? result.weights.data[row * wordCount + column]! / factor : 0;
    }
    point[row * (wordCount + 1) + wordCount] = result.bias.data[row]!;
  }
  return point;
}
