/** What an evaluation reports: the JSON of `evaluate` (the caller adds `split`) with the figures per word and per class. */
import type { Assessment } from './measure.ts';

/** The percentiles the top part of a map is cut at. */
export const PERCENTILES = [50, 75, 90] as const;

/** Keys of the percentiles in JSON. */
export type PercentileKey = '50' | '75' | '90';

/** One number per percentile. */
export type PerPercentile<T = Assessment> = Readonly<Record<PercentileKey, T>>;

/** Overlap of a map with Grad-CAM, its honest chance line and the difference of the two. */
export interface AttentionResult {
  /** Top-part intersection over union with the image's own Grad-CAM; `chance` is nominal, q / (2 - q). */
  readonly attentionFidelity: PerPercentile;
  /** The same maps against the Grad-CAM of another image: what a centred object gives away. */
  readonly shuffled: PerPercentile;
  /** attentionFidelity minus shuffled, paired by image: the part that is specific to the image. */
  readonly margin: PerPercentile;
}

/** A control that holds attention fidelity only. */
export interface AttentionControl {
  readonly attentionFidelity: PerPercentile;
  readonly margin: PerPercentile;
}

/** Controls computed in the same pass as the evaluation; `random` and `kmeans` are whole evaluations made by the caller. */
export interface EvaluationControls {
  /** The word model's own maps against the Grad-CAM of another image (seeded derangement); its margin is 0 by definition. */
  readonly shuffled: Pick<AttentionControl, 'attentionFidelity'>;
  /** Grad-CAM of another image against the image's own: no map of this image at all. */
  readonly otherImage: Pick<AttentionControl, 'attentionFidelity'>;
  /** A disc around the centre, the level set of every centred Gaussian. */
  readonly centre: AttentionControl;
  /** L2 norm of the features per position: no words. */
  readonly featureNorm: AttentionControl;
  /** Largest class evidence per position: no words; needs a GAP + linear head. */
  readonly classEvidence: AttentionControl;
}

/** Figures of one visual word; the word's place in the word model is `word`. */
export interface WordFigures {
  readonly word: number;
  /** Overlap of this word's own map with Grad-CAM, over the images where it is present and among the ten most activated. */
  readonly attentionFidelity: PerPercentile;
  readonly shuffled: PerPercentile;
  readonly margin: PerPercentile;
  /** Share of images where the word is present (its map is not flat) and among the ten most activated, 0..1. */
  readonly frequency: Assessment;
  /** Entropy of the word's positive weights over the classes / ln(classes), 0..1. */
  readonly sharedness: Assessment;
  /** Entropy over predicted classes of its mean positive contribution / ln(classes), 0..1. */
  readonly useSharedness: Assessment;
  /** Fewest classes that hold 80 % of its mean positive contribution. */
  readonly classes80: Assessment;
  /** Share of the word's map energy inside the mask; not assessed without masks. */
  readonly energyInMask: Assessment;
}

/** Figures of one class. `imageCount` counts images the base model assigns to it. */
export interface ClassFigures {
  readonly classIndex: number;
  readonly imageCount: number;
  readonly labelledCount: number;
  /** To labels, over images that carry this label. */
  readonly baseAccuracy: Assessment;
  readonly accuracy: Assessment;
  /** Over images the base model assigns to this class. */
  readonly predictionFidelity: Assessment;
  readonly attentionFidelity: PerPercentile;
  /** Words with a positive weight for this class. */
  readonly wordCount: number;
}

/** Everything one pass over a split measures. Every number is a Measure or says why it was not assessed. */
export interface Evaluation {
  readonly imageCount: number;
  readonly baseAccuracy: Assessment;
  readonly accuracy: Assessment;
  /** Word model minus base model, paired bootstrap. */
  readonly accuracyGap: Assessment;
  /** Exact McNemar test of equal accuracy, two-sided p value; null when no labels. */
  readonly accuracyGapPValue: number | null;
  /** Share of images with the same top class; `chance` = sum over classes of the product of both shares. */
  readonly predictionFidelity: Assessment;
  readonly predictionFidelityOnBaseErrors: Assessment;
  /** Cohen's kappa of the two models' top classes. */
  readonly kappa: Assessment;
  /** Mean KL(base model, word model) of the predicted distributions in nats, 0 is best; `chance`: always answering the base model's mean distribution. */
  readonly softFidelity: Assessment;
  /** Pearson correlation of the logits. */
  readonly logitCorrelation: Assessment;
  readonly attentionFidelity: PerPercentile;
  readonly attentionMargin: PerPercentile;
  /** The same for contribution-weighted maps (sum of relu(weight) x activation for the base model's class), beside the published definition. */
  readonly contributionAttention: AttentionResult;
  readonly insertion: Assessment;
  readonly deletion: Assessment;
  readonly wordCount: Assessment;
  readonly wordsPerDecision: Assessment;
  /** Share of last-layer weights that are zero. */
  readonly sparsity: Assessment;
  readonly sharedness: Assessment;
  readonly useSharedness: Assessment;
  readonly classes80: Assessment;
  /** Mean over classes of the number of words with a positive weight. */
  readonly wordsPerClass: Assessment;
  readonly partness: Assessment;
  readonly wordCosine: Assessment;
  readonly patchJaccard: Assessment;
  readonly explainedShare: Assessment;
  readonly energyInMask: Assessment;
  readonly pointing: Assessment;
  readonly controls: EvaluationControls;
  readonly words: readonly WordFigures[];
  readonly classes: readonly ClassFigures[];
  /** Fingerprint of the word model's parameters, equal before and after. */
  readonly parameterHash: string;
}
