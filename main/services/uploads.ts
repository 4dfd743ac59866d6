/** Images dropped into a window: kept in memory, the newest few, under short names. */
import type { ProjectKey } from '../../preload/contract/index.ts';
import { StoreError } from '../store/index.ts';

/** Uploads kept at a time; going back further means dropping the image again. */
const KEPT_UPLOADS = 8;

/** Bytes kept at a time; the newest upload stays whatever its size. */
const KEPT_BYTES = 160 * 1024 * 1024;

/** A dropped image. */
export interface Upload {
  /** 'u1', 'u2', ... */
  readonly uploadId: string;
  readonly project: ProjectKey;
  /** File name as the person knows it; for messages and titles only, never a path to open. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Of the bytes, lower-case hexadecimal. */
  readonly sha256: string;
}

/** The uploads of all windows. */
export interface Uploads {
  /** Keeps an image that was found sound, and lets go of the oldest beyond the limits. */
  add(upload: Omit<Upload, 'uploadId'>): Upload;
  /** undefined when there is none, or it belongs to another project. */
  find(project: ProjectKey, uploadId: string): Upload | undefined;
  /** @throws StoreError 'not-found' saying to drop the image again */
  get(project: ProjectKey, uploadId: string): Upload;
}

/** No uploads yet. */
export function createUploads(): Uploads {
  // Insertion order is age.
  const uploads = new Map<string, Upload>();
  let count = 0;

  function letGo(): void {
    let bytes = [...uploads.values()].reduce((sum, upload) => sum + upload.bytes.byteLength, 0);
    for (const [uploadId, upload] of uploads) {
      if (uploads.size === 1 || (uploads.size <= KEPT_UPLOADS && bytes <= KEPT_BYTES)) return;
      uploads.delete(uploadId);
      bytes -= upload.bytes.byteLength;
    }
  }

  function find(project: ProjectKey, uploadId: string): Upload | undefined {
    const upload = uploads.get(uploadId);
    return upload?.project === project ? upload : undefined;
  }

  return {
    add: (facts) => {
      const upload = { ...facts, uploadId: `u${++count}` };
      uploads.set(upload.uploadId, upload);
      letGo();
      return upload;
    },
    find,
    get: (project, uploadId) => {
      const upload = find(project, uploadId);
      if (upload) return upload;
      throw new StoreError('not-found', 'This dropped image is not in memory any more. Drop it again.', {
        row: uploadId,
      });
    },
  };
}
