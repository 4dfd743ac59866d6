/** Reads meaning from folders: splits, classes, masks. */
import type { Split } from '../store/index.ts';

/** Folder names that stand for a split; `test_...` and `test-...` are tests as well. */
const SPLIT_FOLDERS: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
};

/** Folder of masks beside the splits or classes. */
export const MASK_FOLDER = 'masks';

/** Shares of the images by content hash when the folders name no splits. */
const HASH_SHARES = { train: 0.6, validation: 0.2 } as const;

/** Where an image belongs by its place. */
export interface Place {
  /** Null when the folders name no splits. */
  readonly split: Split | null;
  /** Null for an image that lies in no class folder. */
  readonly classFolder: string | null;
}

/** The split a folder's name stands for, if any. */
function splitOf(folder: string): Split | undefined {
  const name = folder.toLowerCase();
  return SPLIT_FOLDERS[name] ?? (/^test[_-]/.test(name) ? 'test' : undefined);
}

/**
 * Decides what the top folders mean: they are splits only when every one of them is.
 * @param paths relative, with '/' between parts
 */
export function placesOf(paths: readonly string[]): Place[] {
  const parts = paths.map((path) => path.split('/'));
  const hasSplits = parts.length > 0 && parts.every((part) => part.length > 1 && splitOf(part[0]!) !== undefined);
  return parts.map((part) => {
    const folders = part.slice(hasSplits ? 1 : 0, -1);
    return { split: hasSplits ? splitOf(part[0]!)! : null, classFolder: folders[0] ?? null };
  });
}

/** True for a file below a mask folder at the top. */
export function isMask(path: string): boolean {
  return path.split('/')[0]!.toLowerCase() === MASK_FOLDER;
}

/** What an image's mask may be called: the same relative path as PNG, or with its own extension. */
export function maskNames(path: string): string[] {
  return [path.replace(/\.[^./]+$/, '.png'), path];
}

/** An image to assign. */
export interface ToSplit {
  /** Lower-case hexadecimal SHA-256. */
  readonly sha256: string;
  readonly split: Split | null;
}

/**
 * The split of every image: the folder's, or one made from the content hash, so that the same image is always in the
 * same split, whatever it is called. Folders without a validation (test) part lend it a share of train
 * (validation, else train).
 */
export function assignSplits(images: readonly ToSplit[]): { splits: Split[]; notes: string[] } {
  const given = new Set(images.map(({ split }) => split));
  if (given.has(null)) {
    return {
      splits: images.map(({ sha256 }) => {
        const place = placeOfHash(sha256);
        if (place < HASH_SHARES.train) return 'train';
        return place < HASH_SHARES.train + HASH_SHARES.validation ? 'validation' : 'test';
      }),
      notes: ['The folders name no splits: 60 % train, 20 % validation and 20 % test were made by content hash.'],
    };
  }
  const notes: string[] = [];
  let splits = images.map(({ split }) => split!);
  const lend = (missing: Split, lender: Split): void => {
    if (splits.includes(missing) || !splits.includes(lender)) return;
    splits = splits.map((split, index) =>
      split === lender && placeOfHash(images[index]!.sha256) < HASH_SHARES.validation ? missing : split,
    );
    notes.push(`There is no ${missing} folder: a fifth of ${lender}, chosen by content hash, is used as ${missing}.`);
  };
  lend('train', 'validation');
  lend('train', 'test');
  lend('validation', 'train');
  lend('test', given.has('validation') ? 'validation' : 'train');
  return { splits, notes };
}

/** A hash as a number in [0, 1). */
function placeOfHash(sha256: string): number {
  return Number.parseInt(sha256.slice(0, 8), 16) / 2 ** 32;
}

/** How many images each split will have: exact where folders name all three, otherwise the expected shares. */
export function expectedSplits(splits: readonly (Split | null)[]): Record<Split, number> {
  const count = (wanted: Split) => splits.filter((split) => split === wanted).length;
  if (splits.includes(null)) {
    const train = Math.round(HASH_SHARES.train * splits.length);
    const validation = Math.round(HASH_SHARES.validation * splits.length);
    return { train, validation, test: splits.length - train - validation };
  }
  const counts = { train: count('train'), validation: count('validation'), test: count('test') };
  const hadValidation = counts.validation > 0;
  const lend = (missing: Split, lender: Split): void => {
    if (counts[missing] > 0) return;
    const lent = Math.round(HASH_SHARES.validation * counts[lender]);
    counts[missing] += lent;
    counts[lender] -= lent;
  };
  // The order of `assignSplits`.
  lend('train', 'validation');
  lend('train', 'test');
  lend('validation', 'train');
  lend('test', hadValidation ? 'validation' : 'train');
  return counts;
}
