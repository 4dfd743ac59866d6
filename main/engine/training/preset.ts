/** Training presets: everything that decides how words are learned, as data (resources/presets). */
import type { Pooling, Similarity } from '../words/word-model.ts';
import type { PhasePlan } from './schedule.ts';

/** How many words to learn when the caller does not say; independent of the classes unless it is `perClass`. */
export type WordCount =
  { readonly kind: 'fixed'; readonly count: number } | { readonly kind: 'perClass'; readonly count: number };

/**
 * Where the add-on layers start.
 * - `structured`: one layer of class directions beside principal directions (reference.md, "A recipe that wins both
 *   fidelities"); every direction has unit length before it is multiplied by its scale, a scale of 0 leaves it out;
 * - `random`: 1x1 convolutions with Kaiming normal fan-out weights (the published method);
 * - `none`: words live in the feature space itself.
 */
export type AddOnPlan =
  | {
      readonly kind: 'structured';
      /** Scale of the class directions. */
      readonly evidenceScale: number;
      /** Scale of the principal directions. */
      readonly principalScale: number;
      /** Number of principal directions; capped at the channels of the features. */
      readonly principalCount: number;
      readonly activation: 'relu' | 'none';
    }
  | {
      readonly kind: 'random';
      readonly layers: readonly { readonly size: number; readonly activation: 'relu' | 'sigmoid' | 'none' }[];
    }
  | { readonly kind: 'none' };

/** Where the words start: cluster centres of training patches, training patches drawn at random, or uniform(0, 1). */
export type WordStart = 'kmeans' | 'sphericalKmeans' | 'randomPatches' | 'uniform';

/** The last layer: where it starts and how it is fitted. */
export interface LastLayerPlan {
  /**
   * `neutral`: zeros, no word belongs to a class; `classSpecific`: +1 for a word's own class and -0.5 elsewhere
   * (ProtoPNet; words are dealt to classes in turn).
   */
  readonly start: 'neutral' | 'classSpecific';
  /** `convex`: the global optimum of the L2-regularised softmax loss (FISTA); `phases`: only what the phases do. */
  readonly fit: 'convex' | 'phases';
  /** Weights kept at or above 0, so that words can only speak for a class. */
  readonly nonNegative: boolean;
  /** A bias per class beside the words; only `convex` fits it. The published method has none. */
  readonly bias: boolean;
  /** Strengths of L2 to try, chosen by cross-entropy on validation images. Used by `convex`. */
  readonly l2: readonly number[];
}

/** A complete recipe. */
export interface Preset {
  /** Identifier, equal to the file name without `.json`. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** What it is for and what it gives up. */
  readonly description: string;
  readonly wordCount: WordCount;
  readonly addOn: AddOnPlan;
  readonly similarity: Similarity;
  readonly pooling: Pooling;
  readonly wordStart: WordStart;
  /** True: every word stays equal to a training patch throughout; false: words are free between pushes. */
  readonly tiedWords: boolean;
  readonly lastLayer: LastLayerPlan;
  /** Images per training step; lowered to the number of training images when there are fewer. */
  readonly batchSize: number;
  /** Trained in order; empty means that nothing is trained beyond the start and the last layer. */
  readonly phases: readonly PhasePlan[];
}

/** Number of words a preset asks for with `classCount` classes. */
export function defaultWordCount(preset: Preset, classCount: number): number {
  return preset.wordCount.kind === 'fixed' ? preset.wordCount.count : preset.wordCount.count * classCount;
}
