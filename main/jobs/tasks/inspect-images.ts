/** Task: looks at image files one by one: hash, size, thumbnail, or the reason it cannot be used. */
import { EngineError } from '../../engine/errors.ts';
import { readImageHeader } from '../../engine/runtime/decode-image.ts';
import { encodeThumbnail } from '../../engine/runtime/encode-image.ts';
import { mapInOrder } from '../images/ordered-pool.ts';
import { readImageFile } from '../images/read-file.ts';
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

/** Longer side of thumbnails unless asked otherwise, px: four to a row of the gallery at twice the density. */
const DEFAULT_THUMBNAIL_PX = 160;

/** Files in one event: about 200 kB of thumbnails, one transaction of the receiver. */
const CHUNK_LENGTH = 32;

/** Files in work at a time: as many as the thread pool of node takes. */
const CONCURRENCY = 4;

/** Emits arrays of ImageInspection, one per file, in order. A bad file is a result, never a failure of the task. */
export const inspectImages: Task<InspectImagesInput, InspectImagesOutput, readonly ImageInspection[]> = async (
  input,
  context,
) => {
  const thumbnailPx = input.thumbnailPx ?? DEFAULT_THUMBNAIL_PX;
  const counts = { ok: 0, unreadable: 0, refused: 0 };
  const total = input.paths.length;
  let done = 0;
  let chunk: ImageInspection[] = [];
  const flush = async () => {
    if (chunk.length > 0) await context.emit(chunk);
    chunk = [];
  };
  context.progress({ phase: 'inspect', done, total, unit: 'images' });
  for await (const inspection of mapInOrder(input.paths, CONCURRENCY, (path) => inspectImage(path, thumbnailPx))) {
    context.signal.throwIfAborted();
    counts[inspection.status]++;
    chunk.push(inspection);
    if (chunk.length === CHUNK_LENGTH) await flush();
    context.progress({ phase: 'inspect', done: ++done, total, unit: 'images' });
  }
  await flush();
  return { okCount: counts.ok, unreadableCount: counts.unreadable, refusedCount: counts.refused };
};

async function inspectImage(path: string, thumbnailPx: number): Promise<ImageInspection> {
  try {
    const file = await readImageFile(path);
    const header = await readImageHeader(file.bytes, path);
    const thumbnail = await encodeThumbnail(file.bytes, path, thumbnailPx);
    return { status: 'ok', path, sha256: file.sha256, bytes: file.bytes.length, ...header, thumbnail };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { status: error.code === 'image-refused' ? 'refused' : 'unreadable', path, reason: error.message };
  }
}
