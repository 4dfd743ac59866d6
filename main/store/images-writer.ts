/** Images: adding them in short transactions, thumbnails, splits. */
import type { Clock } from '../platform/clock.ts';
import { checksum } from './blobs.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { quoted } from './failures.ts';
import { imagesDigest } from './images.ts';
import { appendEntry } from './journal.ts';
import type { ImagesWriter } from './project.ts';
import type { NewImage, NewThumbnail } from './records.ts';
import { splitRanges } from './splits.ts';
import type { SplitAssignment } from './splits.ts';
import { sql } from './sql.ts';

/** Rows per transaction: a few megabytes with thumbnails, so that naming never waits long for an import. */
const BATCH_SIZE = 1000;

function* batches<Item>(items: readonly Item[]): IterableIterator<readonly Item[]> {
  for (let start = 0; start < items.length; start += BATCH_SIZE) yield items.slice(start, start + BATCH_SIZE);
}

interface KnownImage {
  readonly imageId: number;
  readonly sha256: string | null;
}

function knownImage(database: Database, path: string): KnownImage | undefined {
  return database.get<KnownImage>(sql`SELECT image_id AS imageId, sha256 FROM images WHERE path = ${path}`);
}

function insertThumbnail(database: Database, imageId: number, { jpeg, width, height }: NewThumbnail): void {
  database.run(sql`INSERT INTO thumbnails (image_id, width, height, jpeg, checksum)
    VALUES (${imageId}, ${width}, ${height}, ${jpeg}, ${checksum(jpeg)})
    ON CONFLICT (image_id) DO UPDATE
    SET width = excluded.width, height = excluded.height, jpeg = excluded.jpeg, checksum = excluded.checksum`);
}

function originalOf(database: Database, image: NewImage): number | null {
  if (image.duplicateOfPath === undefined || image.duplicateOfPath === null) return null;
  const original = knownImage(database, image.duplicateOfPath);
  if (original) return original.imageId;
  throw new StoreError(
    'not-found',
    `${quoted(image.path)} is called a duplicate of ${quoted(image.duplicateOfPath)}, which is not in ${quoted(database.file)}.`,
    { file: database.file, table: 'images', column: 'duplicateOfPath', row: image.path },
  );
}

function insertImage(database: Database, image: NewImage): number {
  const { insertedId } =
    database.run(sql`INSERT INTO images (path, sha256, size_bytes, width, height, split, label_index,
      class_folder, status, reason, duplicate_of, mask_path)
    VALUES (${image.path}, ${image.sha256}, ${image.sizeBytes}, ${image.width}, ${image.height}, ${image.split ?? null},
      ${image.labelIndex ?? null}, ${image.classFolder ?? null}, ${image.status ?? 'ok'}, ${image.reason ?? null},
      ${originalOf(database, image)}, ${image.maskPath ?? null})`);
  if (image.thumbnail) insertThumbnail(database, insertedId, image.thumbnail);
  return insertedId;
}

/** Adds one batch; gives the identifiers of all its images, new or known. */
function addBatch(database: Database, clock: Clock, actor: string, images: readonly NewImage[]): readonly number[] {
  const added: SplitAssignment[] = [];
  const imageIds = images.map((image) => {
    const known = knownImage(database, image.path);
    if (!known) {
      const imageId = insertImage(database, image);
      added.push({ imageId, split: image.split ?? null });
      return imageId;
    }
    if (known.sha256 === image.sha256) return known.imageId;
    throw new StoreError(
      'duplicate',
      `${quoted(image.path)} is in ${quoted(database.file)} already with other content: an imported image may not change. ` +
        'Put the old file back, or make a new project.',
      {
        file: database.file,
        table: 'images',
        row: image.path,
        expected: known.sha256 ?? 'unreadable',
        found: image.sha256 ?? 'unreadable',
      },
    );
  });
  const [first, last] = [added[0]?.imageId, added.at(-1)?.imageId];
  if (first !== undefined && last !== undefined) {
    const splits = splitRanges(added);
    const payload = { first, last, ...imagesDigest(database, first, last), splits };
    appendEntry(database, clock, { actor, action: 'images.add', kind: 'record', target: null, payload });
  }
  return imageIds;
}

/** Writing half. */
export function createImagesWriter(database: Database, clock: Clock): ImagesWriter {
  return {
    add: (actor, images) =>
      [...batches(images)].flatMap((batch) => database.transaction(() => addBatch(database, clock, actor, batch))),
    addThumbnails: (thumbnails) => {
      for (const batch of batches(thumbnails)) {
        database.transaction(() => {
          for (const thumbnail of batch) insertThumbnail(database, thumbnail.imageId, thumbnail);
        });
      }
    },
    assignSplits: (actor, assignments) => {
      for (const batch of batches(assignments)) {
        database.transaction(() => {
          const counts: Record<string, number> = {};
          for (const { imageId, split } of batch) {
            const { changes } = database.run(sql`UPDATE images SET split = ${split} WHERE image_id = ${imageId}`);
            if (changes !== 1) {
              throw new StoreError('not-found', `There is no image ${imageId} in ${quoted(database.file)}.`, {
                file: database.file,
                table: 'images',
                row: String(imageId),
              });
            }
            counts[split] = (counts[split] ?? 0) + 1;
          }
          const payload = { counts, splits: splitRanges(batch) };
          appendEntry(database, clock, { actor, action: 'images.split', kind: 'record', target: null, payload });
        });
      }
    },
  };
}
