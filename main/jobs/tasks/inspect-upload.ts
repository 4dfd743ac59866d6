/** Task: whether bytes from outside are an image that can be explained: the header is checked, then all of it decoded. */
import { decodeImage, readImageHeader } from '../../engine/runtime/decode-image.ts';
import { sha256 } from '../../platform/hash.ts';
import type { Task } from '../task.ts';

/** A dropped image. */
export interface InspectUploadInput {
  /** For messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What it is. */
export interface InspectUploadOutput {
  /** Upright, px. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sha256: string;
}

/** @throws EngineError 'image-unreadable' (damaged), 'image-refused' (no image of ours, or too large) */
export const inspectUpload: Task<InspectUploadInput, InspectUploadOutput> = async ({ name, bytes }) => {
  // Too large an image is refused before any pixel of it is decoded.
  const { width, height } = await readImageHeader(bytes, name);
  await decodeImage(bytes, name);
  return { widthPx: width, heightPx: height, sha256: sha256(bytes) };
};
