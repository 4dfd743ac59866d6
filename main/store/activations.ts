/** Scores and activation maps of a run per image; they can be recomputed and are not journalled, but checksummed. */
import { decodeMaps, encodeMaps } from './activation-codec.ts';
import { bytesOf, checksum, float32Of, uint16Of, uint32Of } from './blobs.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { corrupt, quoted } from './failures.ts';
import type { ActivationsReader, ActivationsWriter } from './project.ts';
import type { ActivationRecord, CompactActivationRecord } from './records.ts';
import { listOf, sql } from './sql.ts';

interface ScoreRow {
  readonly imageId: number;
  readonly wordScores: Uint8Array;
  readonly logits: Uint8Array;
}

interface HistogramRow {
  readonly imageCount: number;
  readonly ranges: Uint8Array;
  readonly counts: Uint8Array;
}

interface MapsRow {
  readonly height: number;
  readonly width: number;
  readonly wordIndices: Uint8Array;
  readonly minima: Uint8Array;
  readonly maxima: Uint8Array;
  readonly maps: Uint8Array;
}

function compactOf(imageId: number, row: MapsRow, file: string): CompactActivationRecord {
  const what = `the activation maps of image ${imageId}`;
  const indices = uint16Of(row.wordIndices, file, what);
  const mapSize = row.height * row.width;
  if (row.maps.length !== indices.length * mapSize) throw corrupt(file, `${what} have the wrong size`);
  const minima = float32Of(row.minima, file, what);
  const maxima = float32Of(row.maxima, file, what);
  return { wordIndices: indices, height: row.height, width: row.width, minima, maxima, levels: row.maps };
}

function activationOf(imageId: number, row: MapsRow, file: string): ActivationRecord {
  const { wordIndices, height, width, ...encoded } = compactOf(imageId, row, file);
  return { imageId, wordIndices: [...wordIndices], height, width, maps: decodeMaps(encoded, height * width) };
}

/** Reading half. */
export function createActivationsReader(database: Database): ActivationsReader {
  const { file } = database;
  return {
    scores: (runId, imageIds) => {
      const rows = database.all<ScoreRow>(
        sql`SELECT image_id AS imageId, word_scores AS wordScores, logits FROM scores
          WHERE run_id = ${runId} AND image_id IN (SELECT value FROM json_each(${listOf(imageIds)}))`,
      );
      const found = new Map(
        rows.map(({ imageId, wordScores, logits }) => {
          const what = `the scores of image ${imageId} in run ${runId}`;
          const record = {
            imageId,
            wordScores: float32Of(wordScores, file, what),
            logits: float32Of(logits, file, what),
          };
          return [imageId, record];
        }),
      );
      return imageIds.map((imageId) => found.get(imageId));
    },
    scoreCount: (runId) =>
      database.get<{ readonly count: number }>(sql`SELECT count(*) AS count FROM scores WHERE run_id = ${runId}`)
        ?.count ?? 0,
    scorePage: (runId, after, limit) =>
      database
        .all<ScoreRow>(
          sql`SELECT image_id AS imageId, word_scores AS wordScores FROM scores
            WHERE run_id = ${runId} AND image_id > ${after} ORDER BY image_id LIMIT ${limit}`,
        )
        .map(({ imageId, wordScores }) => ({
          imageId,
          wordScores: float32Of(wordScores, file, `the scores of image ${imageId} in run ${runId}`),
        })),
    wordScorePage: (runId, wordIndex, after, limit) => {
      // Only the four bytes of the word leave the database.
      const rows = database.all<{ readonly imageId: number; readonly score: Uint8Array }>(
        sql`SELECT image_id AS imageId, substr(word_scores, ${4 * wordIndex + 1}, 4) AS score FROM scores
          WHERE run_id = ${runId} AND image_id > ${after} ORDER BY image_id LIMIT ${limit}`,
      );
      return {
        imageIds: rows.map(({ imageId }) => imageId),
        values: Float32Array.from(rows, ({ score }) =>
          new DataView(score.buffer, score.byteOffset).getFloat32(0, true),
        ),
      };
    },
    strongestPage: (runId, after, limit, count) => {
      const rows = database.all<{ readonly imageId: number; readonly words: Uint8Array }>(
        sql`SELECT image_id AS imageId, substr(word_indices, 1, ${2 * count}) AS words FROM activation_maps
          WHERE run_id = ${runId} AND image_id > ${after} ORDER BY image_id LIMIT ${limit}`,
      );
      return {
        imageIds: rows.map(({ imageId }) => imageId),
        values: rows.map(({ imageId, words }) => uint16Of(words, file, `the strongest words of image ${imageId}`)),
      };
    },
    get: (runId, imageId) => {
      const row = readMaps(database, runId, imageId);
      return row && activationOf(imageId, row, file);
    },
    compact: (runId, imageId) => {
      const row = readMaps(database, runId, imageId);
      return row && compactOf(imageId, row, file);
    },
    histograms: (runId) => {
      const row = database.get<HistogramRow>(
        sql`SELECT image_count AS imageCount, ranges, counts FROM score_histograms WHERE run_id = ${runId}`,
      );
      const what = `the score histograms of run ${runId}`;
      return (
        row && {
          imageCount: row.imageCount,
          ranges: float32Of(row.ranges, file, what),
          counts: uint32Of(row.counts, file, what),
        }
      );
    },
  };
}

function readMaps(database: Database, runId: number, imageId: number): MapsRow | undefined {
  return database.get<MapsRow>(
    sql`SELECT height, width, word_indices AS wordIndices, minima, maxima, maps FROM activation_maps
      WHERE run_id = ${runId} AND image_id = ${imageId}`,
  );
}

function saveMaps(database: Database, runId: number, activation: ActivationRecord): void {
  const { imageId, height, width, wordIndices, maps } = activation;
  if (maps.length !== wordIndices.length * height * width || !maps.every(Number.isFinite)) {
    throw new StoreError(
      'value-refused',
      `The activation maps of image ${imageId} in ${quoted(database.file)} must be ${wordIndices.length} x ${height} x ${width} finite numbers.`,
      { file: database.file, table: 'activation_maps', row: `${runId}, ${imageId}`, found: `${maps.length} numbers` },
    );
  }
  const encoded = encodeMaps(maps, height * width);
  const [indices, minima, maxima] = [Uint16Array.from(wordIndices), encoded.minima, encoded.maxima].map(bytesOf);
  database.run(sql`INSERT INTO activation_maps (run_id, image_id, height, width, word_indices, minima, maxima, maps, checksum)
    VALUES (${runId}, ${imageId}, ${height}, ${width}, ${indices!}, ${minima!}, ${maxima!}, ${encoded.levels},
      ${checksum(indices!, minima!, maxima!, encoded.levels)})
    ON CONFLICT (run_id, image_id) DO UPDATE SET height = excluded.height, width = excluded.width,
      word_indices = excluded.word_indices, minima = excluded.minima, maxima = excluded.maxima, maps = excluded.maps,
      checksum = excluded.checksum`);
}

/** Writing half. */
export function createActivationsWriter(database: Database): ActivationsWriter {
  return {
    saveScores: (runId, scores) =>
      database.transaction(() => {
        for (const { imageId, wordScores, logits } of scores) {
          const [scoreBytes, logitBytes] = [bytesOf(wordScores), bytesOf(logits)];
          database.run(sql`INSERT INTO scores (run_id, image_id, word_scores, logits, checksum)
            VALUES (${runId}, ${imageId}, ${scoreBytes}, ${logitBytes}, ${checksum(scoreBytes, logitBytes)})
            ON CONFLICT (run_id, image_id) DO UPDATE SET word_scores = excluded.word_scores, logits = excluded.logits,
              checksum = excluded.checksum`);
        }
      }),
    save: (runId, activations) =>
      database.transaction(() => {
        for (const activation of activations) saveMaps(database, runId, activation);
      }),
    saveHistograms: (runId, { imageCount, ranges, counts }) => {
      const [rangeBytes, countBytes] = [bytesOf(ranges), bytesOf(counts)];
      database.run(sql`INSERT INTO score_histograms (run_id, image_count, ranges, counts, checksum)
        VALUES (${runId}, ${imageCount}, ${rangeBytes}, ${countBytes}, ${checksum(rangeBytes, countBytes)})
        ON CONFLICT (run_id) DO UPDATE SET image_count = excluded.image_count, ranges = excluded.ranges,
          counts = excluded.counts, checksum = excluded.checksum`);
    },
  };
}
