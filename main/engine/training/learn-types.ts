/** What learning takes, reports and gives; see learn.ts. */
import type { GraphRunner } from '../runner.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { PushedPatch } from '../words/patch.ts';
import type { WordModel } from '../words/word-model.ts';
import type { CancelSignal } from './cancel.ts';
import type { FeatureSource } from './feature-source.ts';
import type { Preset } from './preset.ts';
import type { Phase } from './schedule.ts';

/**
 * What the word model is fitted to: the base model's softmax distribution (`base`), its top class (`top`) or the
 * ground-truth labels (`labels`, the published method's actual behaviour).
 */
export type LearnTarget = 'base' | 'top' | 'labels';

/** Loss terms of one step or the mean of one epoch, by name; `total` is their weighted sum. */
export type LossValues = Readonly<Record<string, number>>;

/** A sign of life. */
export interface LearnProgress {
  readonly phase: Phase;
  /** What is being done, for people: "principal directions", "clustering", "epoch 3 of 8". */
  readonly activity: string;
  /** Epochs done in all phases together. */
  readonly epoch: number;
  /** Steps done in all phases together. */
  readonly step: number;
  /** Share of the whole job that is done, 0..1, never falling. */
  readonly fraction: number;
  readonly losses: LossValues;
  /** Images per second of the last step; undefined without a clock or outside the phases. */
  readonly imagesPerSecond: number | undefined;
}

/** One epoch of the loss history. */
export interface HistoryEntry {
  readonly phase: Phase;
  /** 1-based over all phases. */
  readonly epoch: number;
  /** Mean over the steps of the epoch. */
  readonly train: LossValues;
  /** Losses over the validation images, and both fidelities on some of them; empty when there are none. */
  readonly validation: LossValues;
}

/** What to learn and from what. */
export interface LearnOptions {
  readonly preset: Preset;
  /** Any integer; same seed, same machine, same result. */
  readonly seed: number;
  /** Number of words, >= 2; undefined takes the preset's. */
  readonly wordCount?: number | undefined;
  /** Default 'base'. */
  readonly target?: LearnTarget;
  /** Indices into the source. The split that will be reported never enters here. */
  readonly splits: { readonly train: readonly number[]; readonly validation: readonly number[] };
  /** Label of every image of the source, null when unknown; needed for target 'labels' only. */
  readonly labels?: readonly (number | null)[] | undefined;
  /**
   * Direction in feature space that raises each class, [classes, channels]: the weights of a linear head after global
   * average pooling, or the mean gradient of each logit for any other head. Centred over classes here.
   * Needed by presets with evidence rows.
   */
  readonly classDirections?: Tensor<'float32'> | undefined;
  readonly source: FeatureSource;
  readonly runner: GraphRunner;
  readonly signal?: CancelSignal | undefined;
  /** Bytes given to `onCheckpoint` by an interrupted run with the same options. */
  readonly resumeFrom?: Uint8Array | undefined;
  readonly onProgress?: ((progress: LearnProgress) => void) | undefined;
  /** Called after every epoch; first for those that a resumed run did before. */
  readonly onEpoch?: ((entry: HistoryEntry) => void) | undefined;
  /** Called with the patch of every word, in the order of the words, whenever all words are patches. */
  readonly onPush?: ((patches: readonly PushedPatch[]) => void) | undefined;
  /** Called after the start and after every epoch; awaited, so that the bytes are safe before training goes on. */
  readonly onCheckpoint?: ((bytes: Uint8Array) => void | Promise<void>) | undefined;
  /** Milliseconds, for rates only; the engine has no clock of its own. */
  readonly now?: (() => number) | undefined;
}

/** What was learned. */
export interface LearnResult {
  readonly model: WordModel;
  /** One per word, in the order of the words; every word equals z at its patch. */
  readonly patches: readonly PushedPatch[];
  readonly history: readonly HistoryEntry[];
  /** Choices made on validation images. */
  readonly chosen: {
    /** Strength of L2 of the last layer; undefined when it was not fitted as a convex problem. */
    readonly l2: number | undefined;
    /** Epoch whose parameters were kept, 0 for the start. */
    readonly epoch: number;
  };
  /** Facts a reader of the result should know, in sentences. */
  readonly notes: readonly string[];
}
