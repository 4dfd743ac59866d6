/** Files on disk: atomic writes that survive a power cut, streamed hashes, and sentences for what may go wrong. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { runningSha256 } from './hash.ts';

/** Codes of file failures, one per kind. */
export type FileErrorCode =
  'missing' | 'disk-full' | 'read-only' | 'no-permission' | 'is-a-folder' | 'exists' | 'input-output';

/** A failure of the file system that the user can act on. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: FileErrorCode;
  readonly file: string;

  constructor(code: FileErrorCode, message: string, file: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.file = file;
  }
}

/** What an operating system's error code means to a person: kind and sentence, `$` standing for the quoted file. */
const MEANINGS: Readonly<Record<string, readonly [FileErrorCode, string]>> = {
  ENOENT: ['missing', 'There is no file or folder at $. Check the path.'],
  ENOTDIR: ['missing', 'A part of the path $ is a file, not a folder. Check the path.'],
  ENOSPC: ['disk-full', 'The disk that holds $ is full: nothing was changed. Free some space and try again.'],
  EDQUOT: [
    'disk-full',
    'Your quota on the disk that holds $ is used up: nothing was changed. Free some space and try again.',
  ],
  EROFS: ['read-only', 'The disk that holds $ is read-only. Choose another folder.'],
  EACCES: ['no-permission', 'You may not read or write $. Change its permissions or choose another place.'],
  EPERM: ['no-permission', 'You may not read or write $. Change its permissions or choose another place.'],
  EEXIST: ['exists', 'There is a file at $ already. Choose another name.'],
  EISDIR: ['is-a-folder', '$ is a folder where a file was expected. Check the path.'],
};

/** The operating system's code of an error, or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The same failure as a FileError with a sentence for the user. Anything that is no system error is given back as it is. */
export function fileError(error: unknown, file: string): unknown {
  const code = systemCode(error);
  if (error instanceof FileError || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const [kind, sentence] = MEANINGS[code] ?? ['input-output', `The disk reported ${code} at $. Check the disk.`];
  return new FileError(
    kind,
    sentence.replace('$', () => JSON.stringify(file)),
    file,
    { cause: error },
  );
}

/** Device and inode: which file lies at a path, whatever it is called. undefined where there is none, or none to be reached. */
export function fileIdentity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Asks the operating system to put a file, or the entries of a folder, on the disk now. */
export function syncToDisk(path: string, kind: 'file' | 'folder'): void {
  // Windows can neither open a folder nor sync a file that is open for reading; its renames are journalled by NTFS.
  if (kind === 'folder' && process.platform === 'win32') return;
  const descriptor = openSync(path, kind === 'file' ? 'r+' : 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Puts a finished temporary file in its place: sync, rename, sync the folder. On failure `path` is as it was. */
export function replaceFile(temporaryPath: string, path: string): void {
  syncToDisk(temporaryPath, 'file');
  renameSync(temporaryPath, path);
  syncToDisk(dirname(path), 'folder');
}

/** System codes of disks that have no hard links (exFAT, some network disks). */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/**
 * Puts a finished temporary file in a place that must be free, in one step.
 * @throws FileError 'exists' | 'disk-full' | 'read-only' | 'no-permission'; the temporary file stays
 */
export function placeNewFile(temporaryPath: string, path: string): void {
  try {
    syncToDisk(temporaryPath, 'file');
    try {
      // Unlike a rename, a link never replaces a file that somebody put there meanwhile.
      linkSync(temporaryPath, path);
      rmSync(temporaryPath);
    } catch (error) {
      if (!NO_LINKS.includes(systemCode(error) ?? '')) throw error;
      closeSync(openSync(path, 'wx'));
      renameSync(temporaryPath, path);
    }
    syncToDisk(dirname(path), 'folder');
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Removes a file; no complaint when it, or the folder it would be in, is not there. */
export function removeIfThere(path: string): void {
  // rmSync with `force` still complains when a part of the path is a file.
  if (existsSync(path)) rmSync(path);
}

/** A name beside `path` that nobody else uses; on the same disk, so that a rename is atomic. */
export function temporaryPathFor(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

/**
 * Writes a whole file so that at any moment, power cuts included, `path` holds either the old content or the new.
 * @throws FileError 'disk-full' | 'read-only' | 'no-permission' | 'missing' (no such folder); nothing is left behind
 */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const temporaryPath = temporaryPathFor(path);
  try {
    const descriptor = openSync(temporaryPath, 'wx');
    try {
      // One call may write less than it was given, for example on an almost full disk.
      for (let offset = 0; offset < bytes.length;) offset += writeSync(descriptor, bytes, offset);
    } finally {
      closeSync(descriptor);
    }
    replaceFile(temporaryPath, path);
  } catch (error) {
    removeIfThere(temporaryPath);
    throw fileError(error, path);
  }
}

/**
 * Lower-case hexadecimal SHA-256 of a file, read in pieces.
 * @throws FileError 'missing' | 'no-permission' | 'is-a-folder' | 'input-output'
 */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = runningSha256();
  try {
    for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  } catch (error) {
    throw fileError(error, path);
  }
  return hash.digest();
}
