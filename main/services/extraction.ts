/** Brings the feature cache up to date and says which images can be used. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EngineError } from '../engine/errors.ts';
import type { ProviderName } from '../engine/runtime/session.ts';
import type { ExtractOutput, ImageReference, LearnInput } from '../jobs/index.ts';
import { featureCacheFolder } from '../platform/paths.ts';
import type { ImageRecord, ProjectReader, ReadonlyProject, Split } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { currentModel, imageFolder, imageReference, modelReference } from './project-access.ts';

/** The project's images as jobs number them. */
export interface ExtractedImages {
  readonly extraction: ExtractOutput;
  /** Image 0, 1, ... of every job. */
  readonly records: readonly ImageRecord[];
  readonly references: readonly ImageReference[];
  readonly labels: readonly (number | null)[];
  /** Sentences about images that could not be used. */
  readonly notes: readonly string[];
}

/** Skipped images named in a note. */
const NAMED = 3;

/**
 * Extracts what is missing.
 * @throws EngineError 'image-unreadable' when every image is gone or changed, with where they were looked for
 */
export async function extractFeatures(
  context: ServiceContext,
  project: ReadonlyProject,
  device: ProviderName,
  hooks: Hooks,
): Promise<ExtractedImages> {
  const { read } = project;
  const model = currentModel(read);
  const folder = imageFolder(read);
  const all = await usableImages(read);
  const skipped = new Map<string, string>();
  const extraction = await context.jobs.run(
    'extract',
    {
      ...modelReference(model),
      images: all.map((image) => imageReference(folder, image)),
      cut: model.cutPoint,
      cachesFolder: featureCacheFolder(project.path),
      device,
    },
    {
      ...hooks,
      onEvent: (images) => {
        for (const image of images) skipped.set(image.sha256, `${image.path}: ${image.reason}`);
      },
    },
  );
  const records = all.filter(({ sha256 }) => !skipped.has(sha256!));
  const first = [...skipped.values()].slice(0, NAMED).join(' ');
  if (records.length === 0) {
    throw new EngineError(
      'image-unreadable',
      `None of the ${all.length} images can be used any more. They were imported from ${JSON.stringify(folder)}; put the folder back there. ${first}`,
      {
        file: folder,
      },
    );
  }
  return {
    extraction,
    records,
    references: records.map((image) => imageReference(folder, image)),
    labels: records.map(({ labelIndex }) => labelIndex),
    notes:
      skipped.size === 0
        ? []
        : [`${skipped.size} images were left out because they are gone, changed or unreadable: ${first}`],
  };
}

/** Rows read at a time: a few milliseconds. */
const PAGE_ROWS = 5_000;

/** All usable images; others get their turn between two pages. */
async function usableImages(read: ProjectReader): Promise<ImageRecord[]> {
  const all: ImageRecord[] = [];
  for (;;) {
    const page = read.images.list({ status: 'ok' }, { offset: all.length, limit: PAGE_ROWS });
    all.push(...page);
    if (page.length < PAGE_ROWS) return all;
    await nextTurn();
  }
}

/** Indices of the images of one split. */
export function indicesOf(records: readonly ImageRecord[], split: Split): number[] {
  return records.flatMap((record, index) => (record.split === split ? [index] : []));
}

/** What learning reads, whatever is learned: the images with their labels and splits, and where their features lie. */
export function learnSource(
  read: ProjectReader,
  { extraction, records, references, labels }: ExtractedImages,
): Pick<LearnInput, 'splits' | 'labels' | 'model' | 'cut' | 'cacheFolder' | 'images'> {
  return {
    splits: { train: indicesOf(records, 'train'), validation: indicesOf(records, 'validation') },
    labels,
    model: modelReference(currentModel(read)),
    cut: extraction.cut,
    cacheFolder: extraction.cacheFolder,
    images: references.map(({ sha256 }) => sha256),
  };
}

/** Masks by image index, as absolute paths; undefined when the project has none. */
export function masksOf(read: ProjectReader, records: readonly ImageRecord[]): ReadonlyMap<number, string> | undefined {
  const folder = imageFolder(read);
  const entries = records.flatMap(({ maskPath }, index) =>
    maskPath === null ? [] : [[index, `${folder}/${maskPath}`] as const],
  );
  return entries.length === 0 ? undefined : new Map(entries);
}
