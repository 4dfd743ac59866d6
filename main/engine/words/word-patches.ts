/** The patches that stand for a word, with the pixels they mean. */
import type { WordActivations } from './activation.ts';
import { activationCrop } from './activation-crop.ts';
import type { Patch, PushedPatch } from './patch.ts';
import { receptiveBox } from './receptive-field.ts';
import type { PixelBox, ReceptiveField } from './receptive-field.ts';
import type { Similarity } from './word-model.ts';

/**
 * Why a patch is shown: the word was pushed onto it, it is among the strongest, it was drawn at random among those that
 * answer, or it is strong in a class that is not the word's own.
 */
export type WordPatchKind = 'pushed' | 'top' | 'random' | 'counter';

/** A patch of a word before its pixels are known. */
export interface WordPatch extends Patch {
  readonly word: number;
  readonly kind: WordPatchKind;
  /** Place within the kind, 0 first. */
  readonly rank: number;
}

/** A patch with its similarity and its pixels. */
export interface LocatedPatch extends WordPatch {
  /** The word's activation map at this position. */
  readonly similarity: number;
  /** Squared L2 distance of the patch from the word; null where the similarity is no distance. */
  readonly distance: number | null;
  /** Pixels of the input view that the position can depend on. */
  readonly receptiveBox: PixelBox;
  /** Box around the strong part of the word's map in this image, pixels of the input view. */
  readonly activationCrop: PixelBox;
}

/** How positions become pixels. */
export interface PatchPixels {
  /** Undefined when positions cannot be traced back to pixels: every patch then sees the whole view. */
  readonly field: ReceptiveField | undefined;
  /** px of the model's input view. */
  readonly imageHeight: number;
  /** px of the model's input view. */
  readonly imageWidth: number;
}

/** Names every patch of a word; those a cosine word does not answer to at all are left out. */
export function patchesOfWord(
  word: number,
  { top, random, counter }: WordActivations,
  pushed: Patch | PushedPatch | undefined,
  similarity: Similarity,
): WordPatch[] {
  const threshold = similarity.kind === 'cosinePower' ? 0 : -Infinity;
  const named = (kind: WordPatchKind, patches: readonly Patch[]): WordPatch[] =>
    patches.map(({ imageIndex, row, column }, rank) => ({ word, kind, rank, imageIndex, row, column }));
  const answered = (patches: WordActivations['top']) => patches.filter((patch) => patch.similarity > threshold);
  return [
    ...named('pushed', pushed ? [pushed] : []),
    ...named('top', answered(top)),
    ...named('random', answered(random)),
    ...named('counter', answered(counter)),
  ];
}

/** What `locatePatches` needs beside the maps. */
export interface LocateOptions {
  readonly similarity: Similarity;
  /** Rows of the feature map. */
  readonly height: number;
  /** Columns of the feature map. */
  readonly width: number;
  readonly pixels: PatchPixels;
}

/**
 * Finds similarity and pixels of patches of one image; a word's map is upsampled once, whatever kinds its patches have.
 * @param maps all activation maps of the image, [words, height * width]
 */
export function locatePatches(
  patches: readonly WordPatch[],
  maps: Float32Array,
  { similarity, height, width, pixels }: LocateOptions,
): LocatedPatch[] {
  const { field, imageHeight, imageWidth } = pixels;
  const whole: PixelBox = { left: 0, top: 0, width: imageWidth, height: imageHeight };
  const crops = new Map<number, PixelBox>();
  return patches.map((patch) => {
    const { word, row, column } = patch;
    const map = maps.subarray(word * height * width, (word + 1) * height * width);
    const value = map[row * width + column]!;
    const crop = crops.get(word) ?? activationCrop(map, height, width, imageHeight, imageWidth);
    crops.set(word, crop);
    return {
      ...patch,
      similarity: value,
      distance: distanceOf(similarity, value),
      receptiveBox: field ? receptiveBox(field, row, column, imageHeight, imageWidth) : whole,
      activationCrop: crop,
    };
  });
}

/** The 1e-4 of the log similarity (Chen et al. 2019). */
const EPSILON = 1e-4;

/** The squared distance behind a similarity; rounding must not make it negative. */
function distanceOf(similarity: Similarity, value: number): number | null {
  switch (similarity.kind) {
    case 'linear':
      return Math.max(0, -value);
    case 'log': {
      // value = ln((d + 1) / (d + epsilon)), solved for d.
      const ratio = Math.exp(value);
      return Math.max(0, (1 - EPSILON * ratio) / (ratio - 1));
    }
    case 'cosinePower':
      return null;
  }
}
