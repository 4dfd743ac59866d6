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

/** Null: not assessed (no labels, no errors, fewer observations than a claim needs); `notes` say why. */
export type Assessed = Measure | null;

/** Top-part IoU with Grad-CAM at three percentiles; 90 keeps the strongest tenth of the pixels. */
export interface AttentionFidelity {
  readonly '50': Measure;
  readonly '75': Measure;
  readonly '90': Measure;
}

/** A control word model measured like the real one, or a control map that has no words at all. */
export interface ControlMeasures {
  readonly attentionFidelity: AttentionFidelity;
  readonly predictionFidelity?: Measure;
  readonly accuracy?: Assessed;
}

/** Which part of the project's images. */
export type Split = 'train' | 'validation' | 'test';

/** Everything that is measured of one run on one split (method.md section 6). */
export interface EvaluationReport {
  readonly schemaVersion: 1;
  readonly runId: number;
  readonly preset: string;
  readonly split: Split;
  readonly imageCount: number;
  /** Base model against the labels. */
  readonly baseAccuracy: Assessed;
  /** Word model against the labels. */
  readonly accuracy: Assessed;
  /** accuracy - baseAccuracy, paired. */
  readonly accuracyGap: Assessed;
  /** Share of images with the base model's top class. */
  readonly predictionFidelity: Measure;
  readonly predictionFidelityOnBaseErrors: Assessed;
  /** Agreement beyond chance (Cohen). */
  readonly kappa: Measure;
  /** Mean KL divergence of the word model's softmax from the base model's, nats. */
  readonly softFidelity: Measure;
  /** Pearson correlation of all logits. */
  readonly logitCorrelation: Measure;
  readonly attentionFidelity: AttentionFidelity;
  /** IoU@50 minus the same words' IoU@50 with Grad-CAM of another image. */
  readonly attentionMargin: Measure;
  /** attentionFidelity of contribution-weighted maps, beside the published definition. */
  readonly attentionFidelityWeighted: AttentionFidelity;
  /** Area under the base model's probability while the most important pixels are added; null when not run. */
  readonly insertion: Assessed;
  /** The same while they are removed; lower is better. */
  readonly deletion: Assessed;
  /** Words with a weight. */
  readonly wordCount: number;
  readonly wordsPerDecision: Measure;
  readonly sharedness: Measure;
  readonly useSharedness: Measure;
  readonly classes80: Measure;
  readonly partness: Assessed;
  readonly redundancy: Measure;
  readonly explainedShare: Measure;
  /** Share of map energy inside part or object masks; null without masks. */
  readonly energyInMask: Assessed;
  readonly controls: {
    readonly random?: ControlMeasures;
    readonly kmeans?: ControlMeasures;
    readonly shuffled: ControlMeasures;
    readonly centre: ControlMeasures;
    readonly featureNorm: ControlMeasures;
    readonly classEvidence: ControlMeasures;
  };
  /** Where Grad-CAM comes from. */
  readonly attentionSource: 'closed-form' | 'differentiated';
  /** Hash of the word model's parameters before and after; evaluation changes nothing. */
  readonly parameterHash: { readonly before: string; readonly after: string };
  /** Facts a reader should know, in sentences. */
  readonly notes: readonly string[];
}
