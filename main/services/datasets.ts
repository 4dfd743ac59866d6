/** Imports a folder of images: hashes, thumbnails, labels, splits, duplicates; the files are never copied or changed. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EngineError } from '../engine/errors.ts';
import type { ImageInspection } from '../jobs/index.ts';
import { fileError } from '../platform/files.ts';
import { portablePath } from '../platform/paths.ts';
import { listImageFiles } from '../platform/walk.ts';
import type { NewImage, Project, Split } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { assignSplits, isMask, maskNames, MASK_FOLDER, placesOf } from './image-layout.ts';
import type { Place } from './image-layout.ts';

/** A folder's images before they are looked at. */
export interface ImageFolder {
  /** Absolute. */
  readonly folder: string;
  /** Relative paths, sorted. */
  readonly paths: readonly string[];
  readonly places: readonly Place[];
  /** Files that cannot be images of the project, with the reason. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** Relative mask path by relative image path. */
  readonly masks: ReadonlyMap<string, string>;
}

/** Looks at a folder without opening any image. */
export async function listFolder(folder: string, masksFolder: string | undefined): Promise<ImageFolder> {
  const root = resolve(folder);
  await checkFolder(root);
  const found = await listImageFiles(root);
  const masksRoot = masksFolder === undefined ? resolve(root, MASK_FOLDER) : resolve(masksFolder);
  const maskPrefix = `${portablePath(root, masksRoot)}/`;
  const isImage = (path: string) => !isMask(path) && !path.startsWith(maskPrefix);
  const paths = found.files.map(({ relativePath }) => relativePath).filter(isImage);
  if (paths.length === 0) {
    throw new EngineError(
      'too-few-images',
      `No images were found in ${JSON.stringify(root)}. It should hold JPEG, PNG, WebP, GIF, TIFF or AVIF files, one folder a class.`,
      { file: root },
    );
  }
  const maskFiles = new Set(
    masksFolder === undefined
      ? found.files.map(({ relativePath }) => relativePath).filter(isMask)
      : (await listMasks(masksRoot)).map((path) => maskPrefix + path),
  );
  const masks = new Map<string, string>();
  for (const path of paths) {
    const mask = maskNames(path)
      .map((name) => maskPrefix + name)
      .find((name) => maskFiles.has(name));
    if (mask !== undefined) masks.set(path, mask);
  }
  const skipped = found.skipped.map(({ relativePath, reason }) => ({ path: relativePath, reason }));
  return { folder: root, paths, places: placesOf(paths), skipped, masks };
}

async function listMasks(folder: string): Promise<string[]> {
  await checkFolder(folder);
  return (await listImageFiles(folder)).files.map(({ relativePath }) => relativePath);
}

async function checkFolder(folder: string): Promise<void> {
  try {
    if ((await stat(folder)).isDirectory()) return;
  } catch (error) {
    throw fileError(error, folder);
  }
  throw new EngineError('configuration', `${JSON.stringify(folder)} is a file, not a folder of images.`, {
    file: folder,
  });
}

/** What an import found. */
export interface ImportReport {
  readonly okCount: number;
  readonly notes: readonly string[];
}

/**
 * Inspects every image and stores it. Rows are written in the order of the paths once all are known, because splits
 * and duplicates need all hashes; until then the thumbnails (about 4 kB an image) are held in memory.
 */
export async function importImages(
  context: ServiceContext,
  project: Project,
  images: ImageFolder,
  labelOf: (folder: string) => number | null,
  hooks: Hooks,
): Promise<ImportReport> {
  const inspections: ImageInspection[] = [];
  await context.jobs.run(
    'inspectImages',
    { paths: images.paths.map((path) => resolve(images.folder, path)), thumbnailPx: THUMBNAIL_PX },
    { ...hooks, onEvent: (chunk) => inspections.push(...chunk) },
  );
  const firstOf = new Map<string, string>();
  const rows: NewImage[] = inspections.map((inspection, index) => {
    const path = images.paths[index]!;
    const { classFolder } = images.places[index]!;
    if (inspection.status !== 'ok') return unusable(path, classFolder, inspection.reason);
    const original = firstOf.get(inspection.sha256);
    if (original === undefined) firstOf.set(inspection.sha256, path);
    return {
      path,
      sha256: inspection.sha256,
      sizeBytes: inspection.bytes,
      width: inspection.width,
      height: inspection.height,
      classFolder,
      labelIndex: classFolder === null ? null : labelOf(classFolder),
      maskPath: images.masks.get(path) ?? null,
      ...(original === undefined
        ? { thumbnail: thumbnailOf(inspection) }
        : { status: 'duplicate' as const, reason: `Same content as ${original}.`, duplicateOfPath: original }),
    };
  });
  const { rows: assigned, notes } = withSplits(rows, images.places);
  const skipped = images.skipped.map(({ path, reason }) => unusable(path, null, reason));
  project.write.images.add(context.actor, [...assigned, ...skipped]);
  const okRows = assigned.filter(({ status }) => status === undefined);
  return {
    okCount: okRows.length,
    notes: [...notes, ...labelNotes(okRows)],
  };
}

/** Longer side of the thumbnails, px. */
const THUMBNAIL_PX = 160;

function thumbnailOf(image: Extract<ImageInspection, { status: 'ok' }>): NonNullable<NewImage['thumbnail']> {
  const scale = Math.min(1, THUMBNAIL_PX / Math.max(image.width, image.height));
  return {
    jpeg: image.thumbnail,
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
}

function unusable(path: string, classFolder: string | null, reason: string): NewImage {
  return { path, sha256: null, sizeBytes: 0, width: null, height: null, classFolder, status: 'unreadable', reason };
}

/** Gives every usable image its split. */
function withSplits(rows: readonly NewImage[], places: readonly Place[]): { rows: NewImage[]; notes: string[] } {
  const usable = rows.flatMap((row, index) =>
    row.status === undefined && row.sha256 ? [{ index, sha256: row.sha256, split: places[index]!.split }] : [],
  );
  const { splits, notes } = assignSplits(usable);
  const splitOfRow = new Map<number, Split>(usable.map(({ index }, at) => [index, splits[at]!]));
  return { rows: rows.map((row, index) => ({ ...row, split: splitOfRow.get(index) ?? null })), notes };
}

/** Says which folders are no classes of the model. */
function labelNotes(rows: readonly NewImage[]): string[] {
  const labelled = rows.filter(({ labelIndex }) => labelIndex !== null).length;
  if (labelled === rows.length) return [];
  const strangers = [
    ...new Set(rows.filter(({ labelIndex }) => labelIndex === null).map(({ classFolder }) => classFolder)),
  ];
  const shown = strangers.slice(0, 3).map((name) => (name === null ? 'the folder itself' : JSON.stringify(name)));
  const more = strangers.length > 3 ? ` and ${strangers.length - 3} more` : '';
  const sentence =
    `${rows.length - labelled} of ${rows.length} images are unlabelled: ${shown.join(', ')}${more} ` +
    `${strangers.length === 1 ? 'is' : 'are'} not among the model's class names.`;
  return labelled === 0 ? [`${sentence} Accuracy is not assessed; both fidelities still are.`] : [sentence];
}
