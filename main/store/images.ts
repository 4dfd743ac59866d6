/** Images: reading what was imported, its splits and thumbnails. */
import { runningSha256 } from '../platform/hash.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { quoted } from './failures.ts';
import type { ImagesReader } from './project.ts';
import type { ImageCount, ImageFilter, ImageRecord } from './records.ts';
import { allOf, listOf, sql } from './sql.ts';
import type { Sql } from './sql.ts';

const COLUMNS = sql`image_id AS imageId, path, sha256, size_bytes AS sizeBytes, width, height, split,
  label_index AS labelIndex, class_folder AS classFolder, status, reason, duplicate_of AS duplicateOf, mask_path AS maskPath`;

function matching(filter: ImageFilter): Sql {
  const conditions: Sql[] = [];
  // IS, not =: null asks for images without a split or a label.
  if (filter.split !== undefined) conditions.push(sql`split IS ${filter.split}`);
  if (filter.labelIndex !== undefined) conditions.push(sql`label_index IS ${filter.labelIndex}`);
  if (filter.status !== undefined) conditions.push(sql`status = ${filter.status}`);
  return allOf(conditions);
}

/**
 * Digest of the imported facts (all but the split, which may change) of images with identifiers from `first` to `last`,
 * and how many there are; journalled at import and recomputed by `verify`.
 */
export function imagesDigest(
  database: Database,
  first: number,
  last: number,
): { readonly count: number; readonly digest: string } {
  const hash = runningSha256();
  let count = 0;
  const rows = database.iterate<ImageRecord>(
    sql`SELECT ${COLUMNS} FROM images WHERE image_id BETWEEN ${first} AND ${last} ORDER BY image_id`,
  );
  for (const { split: _, ...facts } of rows) {
    hash.update(canonicalJson(facts) + '\n');
    count += 1;
  }
  return { count, digest: hash.digest() };
}

/** Reading half. */
export function createImagesReader(database: Database): ImagesReader {
  return {
    get: (imageId) => {
      const row = database.get<ImageRecord>(sql`SELECT ${COLUMNS} FROM images WHERE image_id = ${imageId}`);
      if (row) return row;
      throw new StoreError('not-found', `There is no image ${imageId} in ${quoted(database.file)}.`, {
        file: database.file,
        table: 'images',
        row: String(imageId),
      });
    },
    byPath: (path) => database.get<ImageRecord>(sql`SELECT ${COLUMNS} FROM images WHERE path = ${path}`),
    bySha256: (sha256) =>
      database.all<ImageRecord>(
        sql`SELECT ${COLUMNS} FROM images WHERE sha256 = ${sha256} ORDER BY duplicate_of IS NOT NULL, image_id`,
      ),
    // LIMIT -1: SQLite's word for all.
    list: (filter = {}, { offset = 0, limit = -1 } = {}) =>
      database.all<ImageRecord>(
        sql`SELECT ${COLUMNS} FROM images WHERE ${matching(filter)} ORDER BY image_id LIMIT ${limit} OFFSET ${offset}`,
      ),
    ids: (filter = {}) =>
      database
        .all<{ readonly imageId: number }>(
          sql`SELECT image_id AS imageId FROM images WHERE ${matching(filter)} ORDER BY image_id`,
        )
        .map((row) => row.imageId),
    counts: () =>
      database.all<ImageCount>(
        sql`SELECT split, label_index AS labelIndex, status, count(*) AS count FROM images
          GROUP BY split, label_index, status ORDER BY split, label_index, status`,
      ),
    thumbnail: (imageId) =>
      database.get<{ readonly jpeg: Uint8Array }>(sql`SELECT jpeg FROM thumbnails WHERE image_id = ${imageId}`)?.jpeg,
    thumbnails: (imageIds) =>
      new Map(
        database
          .all<{ readonly imageId: number; readonly jpeg: Uint8Array }>(
            sql`SELECT image_id AS imageId, jpeg FROM thumbnails
              WHERE image_id IN (SELECT value FROM json_each(${listOf(imageIds)}))`,
          )
          .map(({ imageId, jpeg }) => [imageId, jpeg]),
      ),
    contentRoot: () => {
      const hash = runningSha256();
      const rows = database.iterate<{ readonly sha256: string }>(
        sql`SELECT sha256 FROM images WHERE status = 'ok' ORDER BY sha256`,
      );
      for (const row of rows) hash.update(row.sha256 + '\n');
      return hash.digest();
    },
  };
}
