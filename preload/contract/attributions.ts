/** Attributions of one image: which parts spoke for a class, by several methods, and how far they agree. */
import type { CompactMap } from './domain.ts';
import type { AttentionSource } from './measures.ts';

/** The methods, in the order in which they are shown. */
export const ATTRIBUTION_METHODS = [
  'grad-cam',
  'lime',
  'kernel-shap',
  'linear-shap',
  'integrated-gradients',
  'occlusion',
] as const;

/** Name of a method. */
export type AttributionMethod = (typeof ATTRIBUTION_METHODS)[number];

/** How a method was used; what it does not have is left out. */
export interface AttributionSettings {
  readonly attentionSource?: AttentionSource;
  /** Superpixels of the image. */
  readonly segmentCount?: number;
  /** Sets of superpixels that were tried. */
  readonly sampleCount?: number;
  /** Every set was tried: the Shapley values are exact. */
  readonly isExact?: boolean;
  /** Points between the baseline and the image. */
  readonly steps?: number;
  /** Places of the patch. */
  readonly placeCount?: number;
  readonly wordCount?: number;
  /** Images of the background, training images as far as there are any. */
  readonly backgroundCount?: number;
}

/** What one method said. */
export interface Attribution {
  readonly method: AttributionMethod;
  /** Evidence for the class, in logits over cells of the model's view; negative against it. Grad-CAM is 0..1. */
  readonly map: CompactMap;
  readonly settings: AttributionSettings;
  /** R^2 of the additive model of superpixels, at most 1; null where there is none or the answer never changed. */
  readonly fit: number | null;
  /** Sum of the attributions minus (logit - baseline logit); null for a method that promises nothing. */
  readonly gap: number | null;
  /** Logit that the attributions start from; null for a method without one. */
  readonly baselineLogit: number | null;
  /** Areas under the curves on the base model, 0..1: insertion high, deletion low is good. */
  readonly insertion: number;
  readonly deletion: number;
  /** Images asked of the base model, without insertion and deletion. */
  readonly evaluationCount: number;
  readonly seconds: number;
}

/** What a word adds to the logit compared with the mean training image. */
export interface AttributedWord {
  /** As people arranged the words: merged ones as their leader. */
  readonly wordIndex: number;
  readonly name: string | null;
  readonly contribution: number;
}

/** How far the maps agree, over cells of equal area; symmetric, in the order of the attributions, null where a map is flat. */
export interface AttributionAgreement {
  /** Spearman's rank correlation, -1..1. */
  readonly rankCorrelation: readonly (readonly (number | null)[])[];
  /** IoU of the strongest halves, 0..1. */
  readonly halfIou: readonly (readonly (number | null)[])[];
  /** What maps that know nothing of each other have on average. */
  readonly chance: { readonly rankCorrelation: number; readonly halfIou: number };
}

/** All attributions of one image. */
export interface AttributionReport {
  readonly imagePath: string;
  readonly sha256: string;
  /** The class that is explained, and its logit in the base model. */
  readonly classIndex: number;
  readonly className: string;
  readonly baseLogit: number;
  /** The class the base model answers. */
  readonly baseClassName: string;
  readonly seed: number;
  readonly attributions: readonly Attribution[];
  /** Methods that this model does not allow, and why. */
  readonly refused: readonly { readonly method: AttributionMethod; readonly reason: string }[];
  /** SHAP over word scores, strongest first; empty where it was not asked for. */
  readonly words: readonly AttributedWord[];
  readonly agreement: AttributionAgreement;
  /** Insertion and deletion in a random order, the mean of three: what a map must beat. */
  readonly random: { readonly insertion: number; readonly deletion: number };
}
