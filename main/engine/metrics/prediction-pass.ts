/** Everything that compares answers, image by image: accuracy, agreement, distributions, contributions. */
import type { Random } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { measureAccuracy } from './accuracy.ts';
import type { AccuracyFigures, Predictions } from './accuracy.ts';
import { wordsPerDecision } from './compactness.ts';
import { explainedShare } from './explained-share.ts';
import {
  alikeDecisions,
  cohenKappa,
  correlation,
  pairSums,
  PAIR_SUMS,
  predictionFidelity,
  sigmoidDivergence,
  softmaxDivergence,
} from './fidelity.ts';
import { measureMean } from './interval.ts';
import { withChance } from './measure.ts';
import type { Assessment } from './measure.ts';
import { AnswerShares } from './answer-shares.ts';
import { classCountOf, rowOfClass } from './outcome.ts';
import type { ImageOutcome, OutputKind } from './outcome.ts';

/** What a prediction pass measured. */
export interface PredictionFigures extends AccuracyFigures {
  readonly predictionFidelity: Assessment;
  readonly predictionFidelityOnBaseErrors: Assessment;
  readonly kappa: Assessment;
  readonly softFidelity: Assessment;
  readonly logitCorrelation: Assessment;
  readonly wordsPerDecision: Assessment;
  readonly explainedShare: Assessment;
}

/** Figures kept as one number per image. */
type ValueName = 'divergence' | 'alike' | 'words' | 'explained';

/** Streams images; keeps a few numbers per image. */
export class PredictionPass {
  readonly #lastLayer: Tensor<'float32'>;
  readonly #bias: Tensor<'float32'>;
  readonly #outputs: OutputKind;
  readonly #predictions: Predictions[];
  readonly #values: Record<ValueName, Float64Array>;
  readonly #pairSums: Float64Array;
  readonly #shares: AnswerShares;

  /**
   * @param imageCount images that will be added
   * @param lastLayer [classes, words]
   * @param bias [classes]
   */
  constructor(imageCount: number, lastLayer: Tensor<'float32'>, bias: Tensor<'float32'>, outputs: OutputKind) {
    this.#lastLayer = lastLayer;
    this.#bias = bias;
    this.#outputs = outputs;
    this.#predictions = new Array<Predictions>(imageCount);
    const values = (): Float64Array => new Float64Array(imageCount);
    this.#values = { divergence: values(), alike: values(), words: values(), explained: values() };
    this.#pairSums = new Float64Array(imageCount * PAIR_SUMS);
    this.#shares = new AnswerShares(lastLayer.shape[0]!, outputs);
  }

  /** Adds one image. */
  add(outcome: ImageOutcome): void {
    const { row, label, baseClass, wordClass, baseLogits, wordLogits } = outcome;
    this.#predictions[row] = { label, baseClass, wordClass };
    const isSoftmax = this.#outputs === 'softmax';
    this.#values.divergence[row] = (isSoftmax ? softmaxDivergence : sigmoidDivergence)(baseLogits, wordLogits);
    this.#values.alike[row] = alikeDecisions(baseLogits, wordLogits) / baseLogits.length;
    this.#pairSums.set(pairSums(baseLogits, wordLogits, isSoftmax), row * PAIR_SUMS);
    this.#shares.add(baseLogits, wordLogits);
    this.#values.words[row] = wordsPerDecision(this.#contributions(outcome, wordClass));
    const explained = rowOfClass(baseClass, baseLogits.length);
    this.#values.explained[row] = explainedShare(
      this.#contributions(outcome, baseClass),
      this.#bias.data[explained]!,
      baseLogits[explained]!,
    );
  }

  /** Score x weight of every word for a class, [words]. */
  #contributions({ scores }: ImageOutcome, predicted: number): Float64Array {
    const [classCount, wordCount] = this.#lastLayer.shape as [number, number];
    const start = rowOfClass(predicted, classCount) * wordCount;
    return Float64Array.from(scores, (score, word) => score * this.#lastLayer.data[start + word]!);
  }

  /** Answers by image, in the order of rows. */
  get predictions(): readonly Predictions[] {
    return this.#predictions;
  }

  /** Means and intervals over the images added. */
  result(random: Random): PredictionFigures {
    const predictions = this.#predictions;
    const classCount = classCountOf(this.#lastLayer.shape[0]!);
    const base = predictions.map((image) => image.baseClass);
    const word = predictions.map((image) => image.wordClass);
    const mean = (name: ValueName, reason?: string): Assessment =>
      measureMean(this.#values[name], random.fork(name), reason);
    return {
      ...measureAccuracy(predictions, random.fork('accuracy')),
      predictionFidelity: this.#isMultiLabel
        ? withChance(mean('alike'), this.#shares.decisionChance())
        : predictionFidelity(base, word, classCount),
      predictionFidelityOnBaseErrors: fidelityOnBaseErrors(predictions, classCount),
      kappa: cohenKappa(base, word, classCount, random.fork('kappa')),
      softFidelity: withChance(mean('divergence'), this.#shares.constantDivergence()),
      logitCorrelation: correlation(this.#pairSums, random.fork('correlation')),
      wordsPerDecision: mean('words'),
      explainedShare: mean('explained', 'neither contributions nor logits'),
    };
  }

  /** Several independent yes/no answers: agreement is counted per answer, not by the top class. */
  get #isMultiLabel(): boolean {
    return this.#outputs === 'sigmoid' && this.#lastLayer.shape[0]! > 1;
  }
}

/** Agreement where the base model contradicts the label: does the word model copy its mistakes too? */
function fidelityOnBaseErrors(predictions: readonly Predictions[], classCount: number): Assessment {
  const errors = predictions.filter((image) => image.label !== null && image.label !== image.baseClass);
  const isLabelled = predictions.some((image) => image.label !== null);
  return predictionFidelity(
    errors.map((image) => image.baseClass),
    errors.map((image) => image.wordClass),
    classCount,
    isLabelled ? 'the base model makes no error on these images' : 'no labelled images',
  );
}
