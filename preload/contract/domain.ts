/** Read-only data both sides speak: projects, runs, words, explanations. */
import type { Assessment, AttentionSource, EvaluationReport, Split } from './measures.ts';

/** A rectangle in pixels of the model's input view. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A small map over the feature grid, 0..255 row-major; `low` and `high` are the values of 0 and 255. */
export interface CompactMap {
  readonly width: number;
  readonly height: number;
  readonly low: number;
  readonly high: number;
  readonly values: Uint8Array;
}

/** What is known about the base model. */
export interface BaseModelSummary {
  readonly fileName: string;
  readonly path: string;
  readonly sha256: string;
  readonly opset: number;
  readonly classes: readonly string[];
  readonly inputHeightPx: number;
  readonly inputWidthPx: number;
  readonly inputLayout: 'NCHW' | 'NHWC';
  readonly output: 'logits' | 'softmax' | 'sigmoid';
  readonly cutPoint: string;
  /** [channels, height, width] of the features. */
  readonly featureShape: readonly [number, number, number];
  readonly cutAlternatives: readonly string[];
  readonly attentionSource: AttentionSource;
  readonly preprocessing: string;
}

/** How many images of each kind a project has. */
export interface ImageCounts {
  readonly total: number;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly unreadable: number;
  readonly duplicate: number;
  readonly labelled: number;
}

/** A project at a glance. */
export interface ProjectSummary {
  readonly path: string;
  readonly createdAt: string;
  readonly model: BaseModelSummary;
  readonly images: ImageCounts;
  /** Base model's accuracy on the labelled images of all splits. */
  readonly baseAccuracy: Assessment;
  readonly runs: readonly RunSummary[];
  /** Images that are not used, with the reason; the first 100. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  /** Things the user should know: near-chance accuracy, unreadable files, duplicates, missing labels. */
  readonly warnings: readonly string[];
}

/** One training from plan to result. */
export interface RunSummary {
  readonly id: number;
  readonly preset: string;
  readonly seed: number;
  readonly wordCount: number;
  readonly target: 'base' | 'top' | 'labels';
  readonly status: 'planned' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly seconds: number | null;
  /** Agreement on validation when learning ended. */
  readonly validationAgreement: Assessment;
  readonly notes: readonly string[];
  readonly error: string | null;
}

/** Status an annotator gives a word. */
export type WordStatus = 'meaningful' | 'mixed' | 'artefact' | 'unknown';

/** How strongly a word pushes one class. */
export interface ClassPush {
  readonly classIndex: number;
  readonly className: string;
  readonly weight: number;
  /** Share of the word's total positive contribution that goes to images predicted as this class, 0..1. */
  readonly share: number;
}

/** Why a patch is shown. */
export type PatchKind = 'pushed' | 'top' | 'random' | 'counter';

/** One patch of one image as evidence for a word. */
export interface PatchEvidence {
  readonly kind: PatchKind;
  readonly imageId: number;
  readonly imagePath: string;
  readonly label: string | null;
  readonly predicted: string;
  readonly row: number;
  readonly column: number;
  /** Similarity at this position. */
  readonly similarity: number;
  readonly receptiveBox: Box;
  readonly activationCrop: Box;
  readonly map: CompactMap;
}

/** A visual word with its evidence; of a group of merged words the leader, whose own figures these are. */
export interface WordSummary {
  readonly id: number;
  /** 0-based position in the word model; shown to people as "word 12". */
  readonly index: number;
  readonly name: string | null;
  readonly status: WordStatus;
  readonly note: string;
  readonly tags: readonly string[];
  /** Left out of the word model's decisions on purpose. */
  readonly isExcluded: boolean;
  /** Words merged into this one, ascending; they have no summary of their own. */
  readonly members: readonly number[];
  /** The word this one is a part of since that was split; the split word has no summary of its own. */
  readonly splitFrom: number | null;
  /** Share of images in which the word holds a place among the strongest ten, 0..1. */
  readonly frequency: number;
  /** Mean absolute contribution to the predicted class, logits. */
  readonly importance: number;
  /** Entropy of the word's positive weights over classes / ln(classes), 0..1; null for a word that never pushes. */
  readonly sharedness: number | null;
  /** IoU@50 of this word's map with Grad-CAM where the word is among the strongest ten. */
  readonly attentionFidelity: Assessment;
  readonly pushesUp: readonly ClassPush[];
  readonly pushesDown: readonly ClassPush[];
  readonly patches: readonly PatchEvidence[];
}

/** The words of a run as people arranged them, most important first. */
export interface WordSheet {
  readonly projectName: string;
  readonly model: BaseModelSummary;
  readonly run: RunSummary;
  readonly words: readonly WordSummary[];
  readonly evaluation: EvaluationReport | null;
}

/** One word's share of a decision. */
export interface ContributionRow {
  readonly wordIndex: number;
  readonly name: string | null;
  readonly score: number;
  readonly weight: number;
  /** score x weight, logits. */
  readonly contribution: number;
  readonly map: CompactMap;
  readonly pushedImageId: number;
  readonly pushedCrop: Box;
}

/** A class with its probability. */
export interface ClassProbability {
  readonly classIndex: number;
  readonly className: string;
  readonly logit: number;
  readonly probability: number;
}

/** Why the base model says what it says about one image. */
export interface Explanation {
  readonly imagePath: string;
  readonly sha256: string;
  readonly label: string | null;
  readonly split: Split | null;
  readonly base: readonly ClassProbability[];
  readonly wordModel: readonly ClassProbability[];
  /** The class that is explained: the base model's top class unless asked otherwise. */
  readonly classIndex: number;
  readonly className: string;
  readonly baseLogit: number;
  /** Contributions, largest absolute value first; with `bias` and `residual` they add up to `baseLogit`. */
  readonly contributions: readonly ContributionRow[];
  readonly bias: number;
  readonly residual: number;
  /** Share of the base logit that the words account for, 0..1; null where the logit is a sum of nothing. */
  readonly explainedShare: number | null;
  readonly gradCam: CompactMap;
  readonly attentionSource: AttentionSource;
  /** Maximum of the ten strongest words' maps. */
  readonly wordAttention: CompactMap;
  /** Overlap of wordAttention and gradCam at each percentile; null where Grad-CAM is flat and says nothing. */
  readonly attentionIou: { readonly '50': number | null; readonly '75': number | null; readonly '90': number | null };
}

/** One line of the journal. */
export interface HistoryLine {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly detail: string;
}
