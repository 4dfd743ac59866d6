/** Task: runs the untouched base model over images and keeps features, logits and Grad-CAM in the feature cache. */
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import type { DeviceChoice, Task } from '../task.ts';

/** An image by its file and the content it had when it was imported. */
export interface ImageReference {
  readonly path: string;
  /** SHA-256 of the file's bytes, lower-case hexadecimal; a file that changed since is skipped and listed. */
  readonly sha256: string;
}

/** What to extract, and where to. */
export interface ExtractInput {
  readonly modelPath: string;
  /** Hash of the model and its external data; part of the cache key. */
  readonly modelSha256: string;
  readonly images: readonly ImageReference[];
  readonly preprocessing: Preprocessing;
  /** Name of the tensor at the cut point. Default: the model's own candidate. */
  readonly cut?: string;
  /** The folder that holds all caches of the project: `<project>.vislex.cache`. */
  readonly cacheFolder: string;
  readonly device?: DeviceChoice;
}

/** An image that has no record, and why. */
export interface SkippedImage {
  readonly sha256: string;
  readonly path: string;
  readonly reason: string;
}

/** Skipped images, as they are met. */
export type ExtractEvent = readonly SkippedImage[];

/** What the cache now holds. */
export interface ExtractOutput {
  /** Folder name of this model, preprocessing and cut inside `cacheFolder`. */
  readonly cacheKey: string;
  readonly extractedCount: number;
  /** Images whose record was already there. */
  readonly reusedCount: number;
  readonly skippedCount: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly classCount: number;
  /** How the attention maps were made. */
  readonly attentionSource: 'closed-form' | 'differentiated';
}

/** Resumable: images whose record is in the cache are not run again. */
export const extract: Task<ExtractInput, ExtractOutput, ExtractEvent> = () =>
  Promise.reject(new Error('extract is being written'));
