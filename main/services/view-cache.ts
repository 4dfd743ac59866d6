/** Keeps drawn views: lately used ones in memory, many on disk beside the feature cache; all can be drawn again. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { fileError, FileError, systemCode, temporaryPathFor } from '../platform/files.ts';
import type { Log } from '../platform/log.ts';

/** How much is kept. */
export interface ViewCacheLimits {
  /** Default 64 MiB: some thousand views of 224 px. */
  readonly memoryBytes?: number;
  /** Per project. Default 512 MiB. */
  readonly diskBytes?: number;
}

/** Views by folder and name. */
export interface ViewCache {
  /**
   * A JPEG, or undefined when it is not there or was damaged.
   * @param folder of the project's views; null: in memory only
   */
  read(folder: string | null, name: string): Promise<Uint8Array | undefined>;
  /** Keeps a JPEG. Never fails: a disk that takes nothing is logged once and views stay in memory. */
  write(folder: string | null, name: string, jpeg: Uint8Array): Promise<void>;
}

/** A view's file is the JPEG and the CRC-32 of it, which readers of JPEG do not look at. */
const TRAILER_BYTES = 4;

/** A full folder is emptied to this share, oldest first, so that not every write has to make room. */
const SHARE_AFTER_CLEANING = 0.8;

/** An empty memory over whatever lies on disk. */
export function createViewCache(log: Log, limits: ViewCacheLimits = {}): ViewCache {
  const { memoryBytes = 64 * 1024 * 1024, diskBytes = 512 * 1024 * 1024 } = limits;
  const memory = createByteLru(memoryBytes);
  /** Bytes on disk by folder, once counted. */
  const sizes = new Map<string, Promise<{ bytes: number }>>();
  const unwritable = new Set<string>();

  async function keepOnDisk(folder: string, name: string, jpeg: Uint8Array): Promise<void> {
    await mkdir(folder, { recursive: true });
    let size = sizes.get(folder);
    if (!size) {
      size = sizeOf(folder);
      sizes.set(folder, size);
    }
    const path = join(folder, name);
    const temporaryPath = temporaryPathFor(path);
    try {
      // Not synced to the disk: what a power cut tears is noticed by its checksum and drawn again.
      await writeFile(temporaryPath, sealed(jpeg));
      await rename(temporaryPath, path);
    } catch (error) {
      await rm(temporaryPath, { force: true });
      throw error;
    }
    const known = await size;
    known.bytes += jpeg.byteLength + TRAILER_BYTES;
    if (known.bytes > diskBytes) {
      // Whoever writes meanwhile counts into the new figure.
      known.bytes = 0;
      known.bytes += await clean(folder, diskBytes * SHARE_AFTER_CLEANING);
    }
  }

  return {
    async read(folder, name) {
      const key = `${folder ?? ''}/${name}`;
      const known = memory.get(key);
      if (known || folder === null) return known;
      const jpeg = await readSealed(join(folder, name));
      if (jpeg) memory.set(key, jpeg);
      return jpeg;
    },
    async write(folder, name, jpeg) {
      memory.set(`${folder ?? ''}/${name}`, jpeg);
      if (folder === null || unwritable.has(folder)) return;
      try {
        await keepOnDisk(folder, name, jpeg);
      } catch (error) {
        const cause = fileError(error, folder);
        if (!(cause instanceof FileError)) throw error;
        unwritable.add(folder);
        sizes.delete(folder);
        log.warn('views are kept in memory only', { folder, reason: cause.message });
      }
    },
  };
}

function sealed(jpeg: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(jpeg.byteLength + TRAILER_BYTES);
  bytes.set(jpeg);
  bytes.writeUInt32LE(crc32(jpeg), jpeg.byteLength);
  return bytes;
}

/** undefined for a file that is missing, unreadable or not as it was written. */
async function readSealed(path: string): Promise<Uint8Array | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
  const length = bytes.byteLength - TRAILER_BYTES;
  if (length <= 0) return undefined;
  const jpeg = bytes.subarray(0, length);
  return crc32(jpeg) === bytes.readUInt32LE(length) ? jpeg : undefined;
}

interface KeptFile {
  readonly path: string;
  readonly bytes: number;
  readonly writtenAtMs: number;
}

async function filesOf(folder: string): Promise<KeptFile[]> {
  const files: KeptFile[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const facts = await stat(path).catch((error: unknown) => {
      // Another process cleans the same folder.
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (facts?.isFile()) files.push({ path, bytes: facts.size, writtenAtMs: facts.mtimeMs });
  }
  return files;
}

async function sizeOf(folder: string): Promise<{ bytes: number }> {
  const files = await filesOf(folder);
  return { bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Removes the oldest files until at most `target` bytes are left; what is left, bytes. */
async function clean(folder: string, target: number): Promise<number> {
  const files = (await filesOf(folder)).sort((a, b) => a.writtenAtMs - b.writtenAtMs);
  let left = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of files) {
    if (left <= target) break;
    await rm(path, { force: true });
    left -= bytes;
  }
  return left;
}

/** Values by key up to a number of bytes; the one not used for longest goes first. */
function createByteLru(limit: number) {
  const values = new Map<string, Uint8Array>();
  let size = 0;
  const forget = (key: string): void => {
    size -= values.get(key)?.byteLength ?? 0;
    values.delete(key);
  };
  return {
    get(key: string): Uint8Array | undefined {
      const value = values.get(key);
      if (value) {
        values.delete(key);
        values.set(key, value);
      }
      return value;
    },
    set(key: string, value: Uint8Array): void {
      forget(key);
      values.set(key, value);
      size += value.byteLength;
      for (const oldest of values.keys()) {
        if (size <= limit) break;
        forget(oldest);
      }
    },
  };
}
