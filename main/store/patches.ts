/** Patches: where a word lives in real images. */
import { runningSha256 } from '../platform/hash.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Database } from './database.ts';
import type { PatchKind, PatchRecord } from './records.ts';
import { allOf, listOf, sql } from './sql.ts';
import type { Sql } from './sql.ts';

interface PatchRow extends Omit<PatchRecord, 'receptiveBox' | 'activationCrop'> {
  readonly receptiveLeft: number;
  readonly receptiveTop: number;
  readonly receptiveWidth: number;
  readonly receptiveHeight: number;
  readonly cropLeft: number;
  readonly cropTop: number;
  readonly cropWidth: number;
  readonly cropHeight: number;
}

const COLUMNS = sql`word_index AS wordIndex, kind, rank, image_id AS imageId, map_row AS row, map_column AS "column",
  score, distance, receptive_left AS receptiveLeft, receptive_top AS receptiveTop, receptive_width AS receptiveWidth,
  receptive_height AS receptiveHeight, crop_left AS cropLeft, crop_top AS cropTop, crop_width AS cropWidth,
  crop_height AS cropHeight`;

function patchOf(row: PatchRow): PatchRecord {
  const { wordIndex, kind, rank, imageId, column, score, distance } = row;
  return {
    wordIndex,
    kind,
    rank,
    imageId,
    row: row.row,
    column,
    score,
    distance,
    receptiveBox: {
      left: row.receptiveLeft,
      top: row.receptiveTop,
      width: row.receptiveWidth,
      height: row.receptiveHeight,
    },
    activationCrop: { left: row.cropLeft, top: row.cropTop, width: row.cropWidth, height: row.cropHeight },
  };
}

/** Which patches of a run; every field that is given must hold. */
export interface PatchFilter {
  readonly wordIndices?: readonly number[];
  readonly kinds?: readonly PatchKind[];
  /** Only ranks below this. */
  readonly perKind?: number;
}

function select(runId: number, filter: PatchFilter): Sql {
  const conditions = [sql`run_id = ${runId}`];
  if (filter.wordIndices) {
    conditions.push(sql`word_index IN (SELECT value FROM json_each(${listOf(filter.wordIndices)}))`);
  }
  if (filter.kinds) conditions.push(sql`kind IN (SELECT value FROM json_each(${listOf(filter.kinds)}))`);
  if (filter.perKind !== undefined) conditions.push(sql`rank < ${filter.perKind}`);
  return sql`SELECT ${COLUMNS} FROM patches WHERE ${allOf(conditions)} ORDER BY word_index, kind, rank`;
}

/** Patches by word, kind and rank. */
export function readPatches(database: Database, runId: number, filter: PatchFilter = {}): readonly PatchRecord[] {
  return database.all<PatchRow>(select(runId, filter)).map(patchOf);
}

/** Digest of all patches of a run and how many there are; journalled when saved and recomputed by `verify`. */
export function patchesDigest(
  database: Database,
  runId: number,
): { readonly patchCount: number; readonly patchDigest: string } {
  const hash = runningSha256();
  let patchCount = 0;
  for (const row of database.iterate<PatchRow>(select(runId, {}))) {
    hash.update(canonicalJson({ ...row }) + '\n');
    patchCount += 1;
  }
  return { patchCount, patchDigest: hash.digest() };
}

/** Replaces all patches of a run. Call it inside a transaction. */
export function replacePatches(database: Database, runId: number, patches: readonly PatchRecord[]): void {
  database.run(sql`DELETE FROM patches WHERE run_id = ${runId}`);
  addPatches(database, runId, patches);
}

/** Adds patches to those of a run. Call it inside a transaction, and journal `patchesDigest` afterwards. */
export function addPatches(database: Database, runId: number, patches: readonly PatchRecord[]): void {
  for (const patch of patches) {
    const { receptiveBox: receptive, activationCrop: crop } = patch;
    database.run(sql`INSERT INTO patches (run_id, word_index, kind, rank, image_id, map_row, map_column, score, distance,
        receptive_left, receptive_top, receptive_width, receptive_height, crop_left, crop_top, crop_width, crop_height)
      VALUES (${runId}, ${patch.wordIndex}, ${patch.kind}, ${patch.rank}, ${patch.imageId}, ${patch.row}, ${patch.column},
        ${patch.score}, ${patch.distance}, ${receptive.left}, ${receptive.top}, ${receptive.width}, ${receptive.height},
        ${crop.left}, ${crop.top}, ${crop.width}, ${crop.height})`);
  }
}
