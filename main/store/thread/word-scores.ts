/** Reads the scores of some words in all images, and from which score on a word counts as present. */
import { float32Of } from '../blobs.ts';
import type { Database } from '../database.ts';
import { sql } from '../sql.ts';
import type { WordScores } from './messages.ts';

/** A word is counted to an image's evidence when it is among this many strongest, as in every measure of frequency. */
const STRONGEST = 10;

interface ScoreRow {
  readonly imageId: number;
  readonly wordScores: Uint8Array | null;
}

/**
 * @param words indices in the word model; their scores are not mixed: one column each
 */
export function readWordScores(database: Database, runId: number, words: readonly number[]): WordScores {
  return database.snapshot(() => {
    const ids: number[] = [];
    const columns = words.map((): number[] => []);
    const tenth: number[] = [];
    const rows = database.iterate<ScoreRow>(
      sql`SELECT images.image_id AS imageId, word_scores AS wordScores FROM images
        LEFT JOIN scores ON scores.image_id = images.image_id AND scores.run_id = ${runId}
        WHERE status = 'ok' ORDER BY images.image_id`,
    );
    for (const { imageId, wordScores } of rows) {
      ids.push(imageId);
      const scores =
        wordScores && float32Of(wordScores, database.file, `the scores of image ${imageId} in run ${runId}`);
      words.forEach((word, place) => columns[place]!.push(scores?.[word] ?? NaN));
      if (scores && scores.length > 0) tenth.push(strongest(scores));
    }
    return {
      ids: Int32Array.from(ids),
      columns: columns.map((column) => Float32Array.from(column)),
      presentFrom: medianOf(tenth),
    };
  });
}

/** The tenth largest score of an image, or the smallest of fewer. */
function strongest(scores: Float32Array): number {
  // Ascending, the smallest of the best first: most scores are refused by one comparison.
  const best: number[] = [];
  for (const score of scores) {
    if (best.length === STRONGEST && score <= best[0]!) continue;
    let place = best.length;
    while (place > 0 && best[place - 1]! > score) place--;
    best.splice(place, 0, score);
    if (best.length > STRONGEST) best.shift();
  }
  return best[0]!;
}

/** The lower one of two middles; NaN of nothing. */
function medianOf(values: readonly number[]): number {
  return Float64Array.from(values).sort()[Math.floor((values.length - 1) / 2)] ?? NaN;
}
