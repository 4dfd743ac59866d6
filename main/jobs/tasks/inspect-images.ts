/** Task: looks at image files one by one: hash, size, thumbnail, or the reason it cannot be used. */
import type { Task } from '../task.ts';

/** Files to look at. */
export interface InspectImagesInput {
  /** Absolute paths of regular files. */
  readonly paths: readonly string[];
  /** Longer side of the thumbnail in px. Default 160. */
  readonly thumbnailPx?: number;
}

/** What one file is. Emitted in the order of the input, in chunks. */
export type ImageInspection =
  | {
      readonly status: 'ok';
      readonly path: string;
      /** SHA-256 of the file's bytes, lower-case hexadecimal. */
      readonly sha256: string;
      /** Size of the file in bytes. */
      readonly bytes: number;
      /** Size in px after the EXIF orientation. */
      readonly width: number;
      readonly height: number;
      /** 'jpeg', 'png', 'webp', 'gif', 'tiff' or 'avif'. */
      readonly format: string;
      /** JPEG, longer side at most `thumbnailPx`. */
      readonly thumbnail: Uint8Array;
      /** What was done beyond plain decoding, in plain words ('first of 12 frames', 'transparent parts over grey'). */
      readonly notes: readonly string[];
    }
  | {
      /** 'unreadable': damaged or not accessible; 'refused': sound, but not accepted (format, size). */
      readonly status: 'unreadable' | 'refused';
      readonly path: string;
      readonly reason: string;
    };

/** Counts over all files. */
export interface InspectImagesOutput {
  readonly okCount: number;
  readonly unreadableCount: number;
  readonly refusedCount: number;
}

/** Emits arrays of ImageInspection, one per file, in order. */
export const inspectImages: Task<InspectImagesInput, InspectImagesOutput, readonly ImageInspection[]> = () =>
  Promise.reject(new Error('inspectImages is being written'));
