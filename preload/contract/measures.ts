/** The stable JSON of `vislex evaluate`: every number with its interval, its n and, where one exists, its chance level. */

/** A measured number with a 95 % interval. */
export interface Measure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Number of observations (images unless the measure says words). */
  readonly n: number;
  /** What guessing would give. */
  readonly chance?: number;
}

/** A number that could not be measured, with the reason; never reported as zero. */
export interface NotAssessed {
  readonly value: null;
  readonly n: number;
  readonly reason: string;
}

/** A measure, or why there is none. */
export type Assessment = Measure | NotAssessed;

/** One number per percentile: top-part IoU with Grad-CAM; 90 keeps the strongest tenth of the pixels. */
export interface PerPercentile {
  readonly '50': Assessment;
  readonly '75': Assessment;
  readonly '90': Assessment;
}

/** A control that has no words: a map, or another image's Grad-CAM. */
export interface MapControl {
  readonly attentionFidelity: PerPercentile;
  /** attentionFidelity minus that with another image's Grad-CAM; absent where it is 0 by definition. */
  readonly margin?: PerPercentile;
}

/** A control word model (random or k-means words), measured like the real one. */
export interface ModelControl extends MapControl {
  readonly predictionFidelity: Assessment;
  readonly accuracy: Assessment;
  readonly softFidelity: Assessment;
  readonly sharedness: Assessment;
  readonly useSharedness: Assessment;
  readonly classes80: Assessment;
  readonly partness: Assessment;
}

/** Which part of the project's images. */
export type Split = 'train' | 'validation' | 'test';

/** How Grad-CAM is computed. */
export type AttentionSource = 'closedForm' | 'differentiated';

/** Everything that is measured of one run on one split (method.md section 6). */
export interface EvaluationReport {
  readonly schemaVersion: 1;
  readonly runId: number;
  readonly preset: string;
  readonly seed: number;
  readonly split: Split;
  readonly imageCount: number;
  /** Base model against the labels. */
  readonly baseAccuracy: Assessment;
  /** Word model against the labels. */
  readonly accuracy: Assessment;
  /** accuracy - baseAccuracy, paired. */
  readonly accuracyGap: Assessment;
  /** Exact McNemar test of equal accuracy, two-sided; null without labels. */
  readonly accuracyGapPValue: number | null;
  /** Share of images with the base model's top class. */
  readonly predictionFidelity: Assessment;
  readonly predictionFidelityOnBaseErrors: Assessment;
  /** Agreement beyond chance (Cohen). */
  readonly kappa: Assessment;
  /** Mean KL divergence of the word model's distribution from the base model's, nats; lower is better. */
  readonly softFidelity: Assessment;
  /** Pearson correlation of all logits. */
  readonly logitCorrelation: Assessment;
  readonly attentionFidelity: PerPercentile;
  /** attentionFidelity minus the same maps' IoU with another image's Grad-CAM. */
  readonly attentionMargin: PerPercentile;
  /** The same for contribution-weighted maps, beside the published definition. */
  readonly contributionAttention: {
    readonly attentionFidelity: PerPercentile;
    readonly margin: PerPercentile;
  };
  /** Area under the base model's probability while the most important pixels are added. */
  readonly insertion: Assessment;
  /** The same while they are removed; lower is better. */
  readonly deletion: Assessment;
  /** Words with a weight. */
  readonly wordCount: Assessment;
  readonly wordsPerDecision: Assessment;
  readonly wordsPerClass: Assessment;
  readonly sparsity: Assessment;
  readonly sharedness: Assessment;
  readonly useSharedness: Assessment;
  readonly classes80: Assessment;
  readonly partness: Assessment;
  /** Mean pairwise cosine of words. */
  readonly wordCosine: Assessment;
  /** Mean Jaccard overlap of the words' top patches. */
  readonly patchJaccard: Assessment;
  readonly explainedShare: Assessment;
  /** Share of map energy inside part or object masks. */
  readonly energyInMask: Assessment;
  readonly pointing: Assessment;
  readonly controls: {
    readonly random?: ModelControl;
    readonly kmeans?: ModelControl;
    readonly shuffled: MapControl;
    readonly otherImage: MapControl;
    readonly centre: MapControl;
    readonly featureNorm: MapControl;
    readonly classEvidence: MapControl;
  };
  readonly attentionSource: AttentionSource;
  /** Hash of the word model's parameters; the same before and after, or the evaluation is refused. */
  readonly parameterHash: string;
  /** Facts a reader should know, in sentences. */
  readonly notes: readonly string[];
}
