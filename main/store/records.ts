/** The rows of a project as plain readonly values: what the store takes and gives. */

/** A value that survives a round trip through JSON; journal payloads, settings and configurations are made of it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = Readonly<Record<string, Json>>;

/** Which part of the data an image belongs to; the reported split is never used for selection. */
export type Split = 'train' | 'validation' | 'test';

/** The project itself: one row, written when the file is made. */
export interface ProjectRecord {
  /** Random identifier (UUID), the same in every copy and backup of the project. */
  readonly projectId: string;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Version of Vislex that made the file. */
  readonly appVersion: string;
}

/** A file beside the model that holds some of its weights. */
export interface ExternalDataFile {
  /** Relative to the model's folder, '/' between parts. */
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The base model of a project, by path and hash: the file itself is never copied. */
export interface NewModel {
  /** Absolute path of the ONNX file at import. */
  readonly path: string;
  /** Lower-case hexadecimal SHA-256 of the file. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Opset of the standard domain. */
  readonly opset: number;
  readonly inputName: string;
  readonly inputLayout: 'nchw' | 'nhwc';
  /** px. */
  readonly inputHeight: number;
  /** px. */
  readonly inputWidth: number;
  /** Name of the output that holds the class scores. */
  readonly outputName: string;
  /** What the output holds: 'logits', 'softmax' or 'sigmoid'. */
  readonly outputKind: string;
  /** How pixels become the input tensor; enough to do it again bit by bit. */
  readonly preprocessing: JsonObject;
  /** One label per class, in the order of the output. */
  readonly classLabels: readonly string[];
  /** Tensor where the base model is divided. */
  readonly cutPoint: string;
  /** What follows the cut point, such as 'gapLinear' (pool + one linear layer) or 'other'. */
  readonly headKind: string;
  /** How the attention is computed: 'closedForm', 'differentiated' or 'gradientFree'; every report states it. */
  readonly attentionSource: string;
  readonly externalData: readonly ExternalDataFile[];
  /** Anything more that import found out: feature shape, producer, alternatives of the cut point. */
  readonly details: JsonObject;
}

/** A stored base model. The newest one of a project is its present one; runs keep the one they were made with. */
export interface ModelRecord extends NewModel {
  readonly modelId: number;
  readonly addedAt: string;
}

/** 'duplicate' images (same content as another) and 'unreadable' ones stay listed, with the reason, and are not used. */
export type ImageStatus = 'ok' | 'unreadable' | 'duplicate';

/** An image to add: found by path and content hash, never copied or changed. */
export interface NewImage {
  /** Relative to the project's image folder (setting 'imageFolder'), '/' between parts; unique in the project. */
  readonly path: string;
  /** Lower-case hexadecimal SHA-256 of the file; null only when the file could not be read. */
  readonly sha256: string | null;
  readonly sizeBytes: number;
  /** px, after EXIF orientation; null when unreadable. */
  readonly width: number | null;
  /** px, after EXIF orientation; null when unreadable. */
  readonly height: number | null;
  /** Default: null, not assigned yet. */
  readonly split?: Split | null;
  /** Index into the model's class labels; null (default) for unlabelled. */
  readonly labelIndex?: number | null;
  /** Folder name that stood for the class on disk; null (default) for none. */
  readonly classFolder?: string | null;
  /** Default: 'ok'. */
  readonly status?: ImageStatus;
  /** Why the status is not 'ok'; null otherwise. */
  readonly reason?: string | null;
  /** For status 'duplicate': the path (same batch or earlier) of the image with the same content. */
  readonly duplicateOfPath?: string | null;
  /** Object or part mask, relative to the project's image folder; null (default) for none. */
  readonly maskPath?: string | null;
  /** Small JPEG for galleries; may be added later with `addThumbnails`. */
  readonly thumbnail?: NewThumbnail | null;
}

/** A small JPEG of one image. */
export interface NewThumbnail {
  readonly jpeg: Uint8Array;
  /** px. */
  readonly width: number;
  /** px. */
  readonly height: number;
}

/** A stored image. */
export interface ImageRecord {
  readonly imageId: number;
  readonly path: string;
  readonly sha256: string | null;
  readonly sizeBytes: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly split: Split | null;
  readonly labelIndex: number | null;
  readonly classFolder: string | null;
  readonly status: ImageStatus;
  readonly reason: string | null;
  /** Identifier of the image with the same content; null unless status is 'duplicate'. */
  readonly duplicateOf: number | null;
  readonly maskPath: string | null;
}

/** Which images to list; every field that is given must hold. */
export interface ImageFilter {
  readonly split?: Split | null;
  readonly labelIndex?: number | null;
  readonly status?: ImageStatus;
}

/** Counts of images per split, class and status. */
export interface ImageCount {
  readonly split: Split | null;
  readonly labelIndex: number | null;
  readonly status: ImageStatus;
  readonly count: number;
}

/** Where a run stands; only 'planned' and 'running' may still change, 'cancelled' and 'failed' may be resumed. */
export type RunStatus = 'planned' | 'running' | 'done' | 'failed' | 'cancelled';

/** A training to plan. */
export interface NewRun {
  readonly modelId: number;
  /** Name of the preset in resources/presets, or 'custom'. */
  readonly preset: string;
  /** The whole configuration, presets resolved: enough to run it again. */
  readonly config: JsonObject;
  /** Integer seed of every random choice. */
  readonly seed: number;
  /** What the word model learns to reproduce. */
  readonly target: 'base' | 'top' | 'labels';
  /** Execution provider that was chosen. */
  readonly device: string;
  readonly wordCount: number;
  readonly notes?: string;
}

/** A stored run. Times are ISO 8601, UTC. */
export interface RunRecord extends Required<NewRun> {
  readonly runId: number;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Sentence of the failure; null unless status is 'failed'. */
  readonly error: string | null;
  /** Fingerprint of the learned parameters; null until done. */
  readonly parameterHash: string | null;
}

/** One value of a loss part at one step. */
export interface LossPoint {
  /** 'warmUp', 'joint', 'push' or 'lastLayer'. */
  readonly phase: string;
  readonly epoch: number;
  /** Steps since the start of the run. */
  readonly step: number;
  /** Loss part: 'crossEntropy', 'clusterCost', ..., or 'total'; a validation value carries the prefix 'validation.'. */
  readonly name: string;
  /** Finite. */
  readonly value: number;
}

/** The state to resume a run from; only the newest of a run is kept. */
export interface CheckpointRecord {
  readonly step: number;
  readonly createdAt: string;
  /** The engine's own encoding (engine/training/checkpoint.ts). */
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** The learned parameters of a run. */
export interface WordModelRecord {
  /** The engine's own encoding of add-on layers, words and last layer. */
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** The auditor's sorting of a word. */
export type WordStatus = 'meaningful' | 'mixed' | 'artefact' | 'unknown';

/** A learned word to store: facts of the run, no names yet. */
export interface NewWord {
  /** 0-based, the word's place in the word model. */
  readonly wordIndex: number;
  /** The word's column of the last layer, [classes]. */
  readonly classWeights: Float32Array;
  /** Measures of the word: score mean, sharedness, redundancy, ... */
  readonly summary: JsonObject;
}

/** A stored word with what people said about it. */
export interface WordRecord extends NewWord {
  readonly runId: number;
  readonly status: WordStatus;
  /** null until somebody names it. */
  readonly name: string | null;
  readonly note: string;
  readonly tags: readonly string[];
  /** Left out of the word model's decisions on purpose. */
  readonly isExcluded: boolean;
  /** The word this one is shown and counted inside; null when it stands alone. */
  readonly mergedInto: number | null;
  /** True when its children stand in its place. */
  readonly isSplit: boolean;
  /** For a child: the word it was split from. */
  readonly splitFrom: number | null;
}

/** A word without its facts: what people said about it, and its family. */
export type WordRemarks = Omit<WordRecord, 'classWeights' | 'summary'>;

/** A word divided into two: every image belongs to one of the children. */
export interface WordSplitRecord {
  /** The divided word. */
  readonly wordIndex: number;
  /** Indices of the children. */
  readonly children: readonly [number, number];
  /** Ascending. */
  readonly imageIds: Uint32Array;
  /** Which child each image belongs to, 0 or 1, in the order of `imageIds`. */
  readonly childOfImage: Uint8Array;
  /** Mean looks of the children's patches in word space, [2, D]. */
  readonly centres: Float32Array;
}

/** A division to store; the children get the next free indices. */
export interface NewWordSplit extends Omit<WordSplitRecord, 'children'> {
  /** Facts of the two children. */
  readonly words: readonly [Omit<NewWord, 'wordIndex'>, Omit<NewWord, 'wordIndex'>];
  /** Patches of the two children. */
  readonly patches: readonly [readonly Omit<PatchRecord, 'wordIndex'>[], readonly Omit<PatchRecord, 'wordIndex'>[]];
}

/** Word scores over all images in equal bins. */
export interface HistogramRecord {
  readonly imageCount: number;
  /** Lowest and highest score of each word, [words, 2]. */
  readonly ranges: Float32Array;
  /** Images per bin, [words, bins]. */
  readonly counts: Uint32Array;
}

/** Why a patch is kept: the pushed one; the highest scores; a seeded draw of activating ones; high score but another class. */
export type PatchKind = 'pushed' | 'top' | 'random' | 'counter';

/** A rectangle in the image, px after EXIF orientation. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A spatial position of the feature map of one image, and the pixels it stands for. */
export interface PatchRecord {
  readonly wordIndex: number;
  readonly kind: PatchKind;
  /** 0-based order within the kind. */
  readonly rank: number;
  readonly imageId: number;
  /** Position in the feature map. */
  readonly row: number;
  readonly column: number;
  /** Word score of the image at this position. */
  readonly score: number;
  /** Squared L2 between the patch's features and the word; null where the similarity is not a distance. */
  readonly distance: number | null;
  /** Pixels that can influence the patch. */
  readonly receptiveBox: Box;
  /** Box around the strong part of the upsampled activation map. */
  readonly activationCrop: Box;
}

/** Word scores and logits of the word model for one image. */
export interface ScoreRecord {
  readonly imageId: number;
  /** [words]. */
  readonly wordScores: Float32Array;
  /** [classes]. */
  readonly logits: Float32Array;
}

/** Logits of the base model for one image. */
export interface BaseOutputRecord {
  readonly imageId: number;
  /** [classes]. */
  readonly logits: Float32Array;
}

/** The strongest activation maps of one image. Stored with 8 bits per position between each map's own minimum and maximum: error at most (maximum - minimum) / 510. */
export interface ActivationRecord {
  readonly imageId: number;
  /** Which words, strongest first, [kept]. */
  readonly wordIndices: readonly number[];
  /** Feature resolution. */
  readonly height: number;
  readonly width: number;
  /** [kept, height, width]. */
  readonly maps: Float32Array;
}

/** The same maps as they are stored: 8 bits per position. */
export interface CompactActivationRecord {
  /** Which words, strongest first, [kept]. */
  readonly wordIndices: Uint16Array;
  readonly height: number;
  readonly width: number;
  /** Values of level 0 and level 255 of each map, [kept]. */
  readonly minima: Float32Array;
  readonly maxima: Float32Array;
  /** [kept, height, width]; 0 is the map's minimum, 255 its maximum. */
  readonly levels: Uint8Array;
}

/** Something of many images, in the order of imageId. */
export interface ImageColumn<Values> {
  readonly imageIds: readonly number[];
  readonly values: Values;
}

/** Measures of a run on a split, to store. */
export interface NewEvaluation {
  readonly runId: number;
  readonly split: Split;
  readonly imageCount: number;
  /** The stable JSON of `vislex evaluate`. */
  readonly measures: JsonObject;
  /** Fingerprint of the parameters before and after: evaluation is read-only, so they are equal. */
  readonly parameterHashBefore: string;
  readonly parameterHashAfter: string;
}

/** Stored measures. */
export interface EvaluationRecord extends NewEvaluation {
  readonly evaluationId: number;
  readonly createdAt: string;
}
