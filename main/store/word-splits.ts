/** Divisions of words: the two children and which of them every image belongs to; facts, journalled with digests. */
import type { Clock } from '../platform/clock.ts';
import { runningSha256 } from '../platform/hash.ts';
import { bytesOf, checksum, float32Of, uint32Of } from './blobs.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { quoted } from './failures.ts';
import { appendEntry } from './journal.ts';
import { addPatches, patchesDigest } from './patches.ts';
import type { JournalEntry } from './project.ts';
import type { NewWordSplit, WordSplitRecord } from './records.ts';
import { sql } from './sql.ts';
import { applyChange } from './undo.ts';

interface SplitRow {
  readonly wordIndex: number;
  readonly firstChild: number;
  readonly secondChild: number;
  readonly imageIds: Uint8Array;
  readonly children: Uint8Array;
  readonly centres: Uint8Array;
}

interface ChildRow {
  readonly wordIndex: number;
  readonly splitFrom: number;
  readonly classWeights: Uint8Array;
  readonly summary: string;
}

/** Every division of a run, in the order of the divided words. */
export function readSplits(database: Database, runId: number): readonly WordSplitRecord[] {
  return database
    .all<SplitRow>(
      sql`SELECT word_index AS wordIndex, first_child AS firstChild, second_child AS secondChild, image_ids AS imageIds,
        children, centres FROM word_splits WHERE run_id = ${runId} ORDER BY word_index`,
    )
    .map(({ wordIndex, firstChild, secondChild, imageIds, children, centres }) => {
      const what = `the division of word ${wordIndex} of run ${runId}`;
      return {
        wordIndex,
        children: [firstChild, secondChild],
        imageIds: uint32Of(imageIds, database.file, what),
        childOfImage: Uint8Array.from(children),
        centres: float32Of(centres, database.file, what),
      };
    });
}

/** Digest of a division and the facts of its children; journalled when made and recomputed by `verify`. */
export function splitDigest(database: Database, runId: number, wordIndex: number): string {
  const hash = runningSha256();
  const row = database.get<SplitRow>(
    sql`SELECT word_index AS wordIndex, first_child AS firstChild, second_child AS secondChild, image_ids AS imageIds,
      children, centres FROM word_splits WHERE run_id = ${runId} AND word_index = ${wordIndex}`,
  );
  if (row) {
    hash.update(`${row.firstChild}\n${row.secondChild}\n`);
    for (const part of [row.imageIds, row.children, row.centres]) hash.update(part);
  }
  const children = database.all<ChildRow>(
    sql`SELECT word_index AS wordIndex, split_from AS splitFrom, class_weights AS classWeights, summary FROM words
      WHERE run_id = ${runId} AND split_from = ${wordIndex} ORDER BY word_index`,
  );
  for (const { wordIndex: child, classWeights, summary } of children) {
    hash.update(`${child}\n${summary}\n`);
    hash.update(classWeights);
  }
  return hash.digest();
}

/** Stores a division and shows its children: facts first, then the one reversible cell, all in one transaction. */
export function addSplit(
  database: Database,
  clock: Clock,
  actor: string,
  runId: number,
  { wordIndex, imageIds, childOfImage, centres, words, patches }: NewWordSplit,
): JournalEntry {
  return database.transaction(() => {
    const known = database.get(sql`SELECT 1 FROM word_splits WHERE run_id = ${runId} AND word_index = ${wordIndex}`);
    if (known) {
      throw new StoreError(
        'duplicate',
        `Word ${wordIndex} of run ${runId} in ${quoted(database.file)} was divided before.`,
        {
          file: database.file,
          table: 'word_splits',
          row: `${runId}, ${wordIndex}`,
        },
      );
    }
    const last = database.get<{ readonly last: number }>(
      sql`SELECT max(word_index) AS last FROM words WHERE run_id = ${runId}`,
    );
    const first = (last?.last ?? wordIndex) + 1;
    for (const [place, { classWeights, summary }] of words.entries()) {
      database.run(sql`INSERT INTO words (run_id, word_index, class_weights, summary, split_from)
        VALUES (${runId}, ${first + place}, ${bytesOf(classWeights)}, ${JSON.stringify(summary)}, ${wordIndex})`);
    }
    const [ids, children, means] = [imageIds, childOfImage, centres].map(bytesOf) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    database.run(sql`INSERT INTO word_splits
      (run_id, word_index, first_child, second_child, image_ids, children, centres, checksum)
      VALUES (${runId}, ${wordIndex}, ${first}, ${first + 1}, ${ids}, ${children}, ${means},
        ${checksum(ids, children, means)})`);
    addPatches(
      database,
      runId,
      patches.flatMap((own, place) => own.map((patch) => ({ ...patch, wordIndex: first + place }))),
    );
    const record = (action: string, payload: Parameters<typeof appendEntry>[2]['payload']) =>
      appendEntry(database, clock, { actor, action, kind: 'record', target: null, payload });
    record('word.divide', {
      runId,
      wordIndex,
      children: [first, first + 1],
      digest: splitDigest(database, runId, wordIndex),
    });
    record('run.patches', { runId, ...patchesDigest(database, runId) });
    return applyChange(
      database,
      clock,
      actor,
      'word.split',
      [{ table: 'words', key: [runId, wordIndex], column: 'isSplit', before: false, after: true }],
      { children: [first, first + 1] },
    );
  });
}
