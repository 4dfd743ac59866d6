/** Lists folders of the machine that computes, for pages that have no native dialogs. */
import { opendir, realpath, stat } from 'node:fs/promises';
import { dirname, extname, join, parse, resolve } from 'node:path';
import type { FileKind, FolderListing } from '../../preload/contract/index.ts';
import { fileError, FileError, systemCode } from '../platform/files.ts';
import { PROJECT_EXTENSION } from '../platform/paths.ts';
import { isImageName } from '../platform/walk.ts';

/** Where browsing starts. */
export interface Places {
  readonly homeFolder: string;
  /** Folder the program was started in. */
  readonly workingFolder: string;
}

/** Entries listed of one folder: more is no choice any more. */
const ENTRY_LIMIT = 2_000;

/** Entries looked at of one folder; a folder of millions of images must not hold up the page. */
const LOOK_LIMIT = 50_000;

/** Files asked for their facts at a time. */
const CONCURRENCY = 32;

/** Which files are worth showing, by their name; kinds that look for a folder show folders alone. */
const SHOWN: Readonly<Record<FileKind, (name: string) => boolean>> = {
  model: (name) => hasEnding(name, ['.onnx']),
  project: (name) => hasEnding(name, [PROJECT_EXTENSION]),
  labels: (name) => hasEnding(name, ['.txt', '.json']),
  image: isImageName,
  imageFolder: () => false,
  // Shown so that nobody chooses a name that is taken.
  newProject: (name) => hasEnding(name, [PROJECT_EXTENSION]),
};

type Entry = FolderListing['entries'][number];

/**
 * Lists a folder: folders first, then the files of a kind, each by name; hidden ones are left out. Links are followed,
 * those that lead nowhere are left out.
 * @param folder null: the home folder; a relative one starts from there
 * @throws FileError 'missing', 'no-permission', 'input-output'
 */
export async function listFolder(folder: string | null, kind: FileKind, places: Places): Promise<FolderListing> {
  const asked = resolve(places.homeFolder, folder ?? '.');
  try {
    if (asked.includes('\0')) throw new FileError('missing', 'A path cannot hold the character NUL.', asked);
    const real = await realpath(asked);
    if (!(await stat(real)).isDirectory()) {
      throw new FileError(
        'missing',
        `${JSON.stringify(real)} is a file, not a folder. Choose the folder it lies in.`,
        real,
      );
    }
    const { entries, isCut } = await entriesOf(real, SHOWN[kind]);
    const parent = dirname(real);
    return {
      folder: real,
      parent: parent === real ? null : parent,
      roots: await rootsOf(real, places),
      entries,
      isCut,
    };
  } catch (error) {
    throw fileError(error, asked);
  }
}

async function entriesOf(
  folder: string,
  isShown: (name: string) => boolean,
): Promise<Pick<FolderListing, 'entries' | 'isCut'>> {
  const candidates: { readonly name: string; readonly isSure: boolean }[] = [];
  let looked = 0;
  for await (const entry of await opendir(folder)) {
    if (++looked > LOOK_LIMIT) break;
    if (entry.name.startsWith('.')) continue;
    const mayBeFolder = entry.isDirectory() || entry.isSymbolicLink();
    if (mayBeFolder || (entry.isFile() && isShown(entry.name))) {
      candidates.push({ name: entry.name, isSure: entry.isDirectory() });
    }
  }
  // Folders first, so that what is cut off is files; links take part among files until they are known.
  candidates.sort((a, b) => Number(b.isSure) - Number(a.isSure) || byName(a, b));
  const entries: Entry[] = [];
  for (let from = 0; from < candidates.length && entries.length <= ENTRY_LIMIT; from += CONCURRENCY) {
    const chunk = candidates.slice(from, from + CONCURRENCY);
    const found = await Promise.all(chunk.map(({ name }) => entryOf(join(folder, name), name, isShown)));
    entries.push(...found.filter((entry) => entry !== undefined));
  }
  const isCut = looked > LOOK_LIMIT || entries.length > ENTRY_LIMIT;
  const sorted = entries.sort((a, b) => Number(b.kind === 'folder') - Number(a.kind === 'folder') || byName(a, b));
  return { entries: sorted.slice(0, ENTRY_LIMIT), isCut };
}

/** undefined for what is gone, leads nowhere, or is of another kind. */
async function entryOf(path: string, name: string, isShown: (name: string) => boolean): Promise<Entry | undefined> {
  try {
    const facts = await stat(path);
    const modifiedAt = facts.mtime.toISOString();
    if (facts.isDirectory()) return { name, path, kind: 'folder', sizeBytes: null, modifiedAt };
    return facts.isFile() && isShown(name)
      ? { name, path, kind: 'file', sizeBytes: facts.size, modifiedAt }
      : undefined;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Home, the working folder and the disks; what cannot be reached is left out. */
async function rootsOf(folder: string, { homeFolder, workingFolder }: Places): Promise<FolderListing['roots']> {
  const disks = process.platform === 'win32' ? windowsDrives(folder) : ['/'];
  const wanted = [
    { name: 'Home', path: homeFolder },
    { name: 'Started in', path: workingFolder },
    ...disks.map((path) => ({ name: path === '/' ? 'Computer' : path, path })),
  ];
  const roots: { name: string; path: string }[] = [];
  for (const { name, path } of wanted) {
    const isKnown = roots.some((root) => root.path === path);
    if (!isKnown && (await isFolder(path))) roots.push({ name, path });
  }
  return roots;
}

function windowsDrives(folder: string): string[] {
  const letters = Array.from({ length: 26 }, (_, index) => `${String.fromCharCode(65 + index)}:\\`);
  return [...new Set([parse(folder).root, ...letters])];
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

function hasEnding(name: string, endings: readonly string[]): boolean {
  return endings.includes(extname(name).toLowerCase());
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return collator.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
}
