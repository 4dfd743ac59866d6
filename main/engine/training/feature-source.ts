/** Where training reads what the base model saw: features, logits and Grad-CAM maps of images, by index. */
import type { Tensor } from '../tensor/tensor.ts';

/** What the base model computed for some images. */
export interface FeatureBatch {
  /** Values at the cut point, [n, channels, height, width]. */
  readonly features: Tensor<'float32'>;
  /** The base model's logits, [n, classes]. */
  readonly logits: Tensor<'float32'>;
  /** Grad-CAM of the base model's top class, [n, height, width], each image in [0, 1] with maximum 1 (or all zero). */
  readonly attention: Tensor<'float32'>;
}

/**
 * Cached outputs of the base model for `count` images, read in any order.
 * Implementations stream from disk: a read holds only the images asked for.
 */
export interface FeatureSource {
  /** Number of images; indices run from 0 to count - 1. */
  readonly count: number;
  readonly channels: number;
  /** Rows of the feature map. */
  readonly height: number;
  /** Columns of the feature map. */
  readonly width: number;
  readonly classCount: number;
  /**
   * Reads images in the order given; an index may occur twice.
   * @throws EngineError 'cache' when an entry is missing or damaged
   */
  read(indices: readonly number[]): Promise<FeatureBatch>;
}

/** Images read at once by passes over the whole set: 64 images of 1280 x 7 x 7 features are 16 MB. */
export const STREAM_BATCH = 64;

/** Cuts indices into batches of at most `size`, in order; the last one may be shorter. */
export function batchesOf(indices: readonly number[], size: number = STREAM_BATCH): number[][] {
  const batches: number[][] = [];
  for (let start = 0; start < indices.length; start += size) batches.push(indices.slice(start, start + size));
  return batches;
}
