/** Reads one image file: regular, not too large, with the hash of what was read. */
import { open } from 'node:fs/promises';
import { EngineError } from '../../engine/errors.ts';
import { MAXIMUM_IMAGE_FILE_BYTES } from '../../engine/runtime/decode-image.ts';
import { fileError } from '../../platform/files.ts';
import { sha256 } from '../../platform/hash.ts';

/** A file's content and its name by content. */
export interface ImageFile {
  readonly bytes: Uint8Array;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a file whole.
 * @throws EngineError 'image-unreadable' (missing, no permission, a device or pipe) or 'image-refused' (too large)
 */
export async function readImageFile(path: string): Promise<ImageFile> {
  const file = JSON.stringify(path);
  let handle;
  try {
    handle = await open(path, 'r');
    const facts = await handle.stat();
    if (!facts.isFile()) {
      throw new EngineError('image-unreadable', `${file} is not a regular file.`, { file: path });
    }
    if (facts.size > MAXIMUM_IMAGE_FILE_BYTES) {
      const found = `${(facts.size / 2 ** 20).toFixed(0)} MiB`;
      const expected = `at most ${MAXIMUM_IMAGE_FILE_BYTES / 2 ** 20} MiB`;
      throw new EngineError('image-refused', `The image ${file} is too large: ${found}; accepted are ${expected}.`, {
        file: path,
        expected,
        found,
      });
    }
    const bytes = await handle.readFile();
    return { bytes, sha256: sha256(bytes) };
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const cause = fileError(error, path);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('image-unreadable', reason, { file: path }, { cause });
  } finally {
    await handle?.close();
  }
}
