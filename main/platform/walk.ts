/** Finds the image files below a folder: in a stable order, once each, without falling into loops of links. */
import { opendir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileError, systemCode } from './files.ts';

/** Name endings of the formats that are decoded. */
const READABLE = new Set(['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif']);

/** Name endings of pictures that are not decoded: worth a word to the user, unlike a stray text file. */
const UNREADABLE = new Set([
  '.bmp',
  '.svg',
  '.heic',
  '.heif',
  '.jp2',
  '.psd',
  '.pdf',
  '.dng',
  '.cr2',
  '.nef',
  '.dcm',
  '.ico',
]);

/** True for a file name that ends like an image we decode. */
export function isImageName(name: string): boolean {
  return READABLE.has(extname(name).toLowerCase());
}

/** An image file as the walk met it. */
export interface FoundFile {
  /** Absolute, or relative as the folder was. */
  readonly path: string;
  /** Below the folder, with '/' on every system. */
  readonly relativePath: string;
}

/** What a folder holds. */
export interface FoundFiles {
  /** Sorted by relative path, by code unit: the same on every machine. */
  readonly files: readonly FoundFile[];
  /** Pictures and folders that cannot be used, with the reason. */
  readonly skipped: readonly (FoundFile & { readonly reason: string })[];
  /** Files that are no pictures by their name, hidden ones included. */
  readonly ignoredCount: number;
}

/**
 * Lists the image files of a folder and its sub-folders. Links are followed; a folder reached a second time, by a
 * link to a parent for example, is not entered again.
 * @param folder path
 * @throws FileError when `folder` itself cannot be read
 */
export async function listImageFiles(folder: string): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  const skipped: (FoundFile & { reason: string })[] = [];
  const entered = new Set<string>();
  let ignoredCount = 0;

  async function enter(path: string, relativePath: string): Promise<void> {
    const { dev, ino } = await stat(path, { bigint: true });
    const identity = `${dev}:${ino}`;
    if (entered.has(identity)) {
      skipped.push({ path, relativePath, reason: 'a link to a folder that is listed already' });
      return;
    }
    entered.add(identity);
    const names: string[] = [];
    for await (const entry of await opendir(path)) names.push(entry.name);
    for (const name of names.sort()) {
      const child = { path: join(path, name), relativePath: relativePath === '' ? name : `${relativePath}/${name}` };
      try {
        await visit(child, name);
      } catch (error) {
        const code = systemCode(error);
        if (code === undefined) throw error;
        const reason =
          code === 'ENOENT'
            ? 'a link that leads nowhere'
            : code === 'ELOOP'
              ? 'a link to itself'
              : `not readable (${code})`;
        skipped.push({ ...child, reason });
      }
    }
  }

  async function visit(child: FoundFile, name: string): Promise<void> {
    if (name.startsWith('.')) {
      ignoredCount++;
      return;
    }
    const facts = await stat(child.path);
    if (facts.isDirectory()) {
      await enter(child.path, child.relativePath);
      return;
    }
    const ending = extname(name).toLowerCase();
    if (READABLE.has(ending)) {
      if (facts.isFile()) files.push(child);
      else skipped.push({ ...child, reason: 'not a regular file' });
    } else if (UNREADABLE.has(ending)) {
      skipped.push({
        ...child,
        reason: `${ending.slice(1).toUpperCase()} files are not read; convert it to JPEG or PNG`,
      });
    } else {
      ignoredCount++;
    }
  }

  try {
    await enter(folder, '');
  } catch (error) {
    throw fileError(error, folder);
  }
  const byPath = (a: FoundFile, b: FoundFile) => (a.relativePath < b.relativePath ? -1 : 1);
  return { files: files.sort(byPath), skipped: skipped.sort(byPath), ignoredCount };
}
