/** Runs: reading plans, losses, checkpoints, learned parameters and evaluations. */
import { runningSha256, sha256 } from '../platform/hash.ts';
import { parseJson } from './blobs.ts';
import { canonicalJson, digestOf } from './canonical-json.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { corrupt, quoted } from './failures.ts';
import type { RunsReader } from './project.ts';
import type {
  CheckpointRecord,
  EvaluationRecord,
  JsonObject,
  LossPoint,
  RunRecord,
  WordModelRecord,
} from './records.ts';
import { sql } from './sql.ts';

interface RunRow extends Omit<RunRecord, 'config'> {
  readonly config: string;
}

interface EvaluationRow extends Omit<EvaluationRecord, 'measures'> {
  readonly measures: string;
}

const COLUMNS = sql`run_id AS runId, model_id AS modelId, preset, config, seed, target, device, word_count AS wordCount, status,
  created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt, notes, error, parameter_hash AS parameterHash`;

const EVALUATION_COLUMNS = sql`evaluation_id AS evaluationId, run_id AS runId, split, image_count AS imageCount, measures,
  created_at AS createdAt, parameter_hash_before AS parameterHashBefore, parameter_hash_after AS parameterHashAfter`;

function runOf(row: RunRow, file: string): RunRecord {
  return { ...row, config: parseJson<JsonObject>(row.config, file, `the configuration of run ${row.runId}`) };
}

function evaluationOf(row: EvaluationRow, file: string): EvaluationRecord {
  return { ...row, measures: parseJson<JsonObject>(row.measures, file, `evaluation ${row.evaluationId}`) };
}

/** One run. @throws StoreError 'not-found' */
export function readRun(database: Database, runId: number): RunRecord {
  const row = database.get<RunRow>(sql`SELECT ${COLUMNS} FROM runs WHERE run_id = ${runId}`);
  if (row) return runOf(row, database.file);
  throw new StoreError('not-found', `There is no run ${runId} in ${quoted(database.file)}.`, {
    file: database.file,
    table: 'runs',
    row: String(runId),
  });
}

/** Digest of a run's plan (what never changes after planning); journalled when planned and recomputed by `verify`. */
export function planDigest(database: Database, runId: number): string {
  const { modelId, preset, config, seed, target, device, createdAt } = readRun(database, runId);
  return digestOf({ runId, modelId, preset, config, seed, target, device, createdAt });
}

/** Digest of how far a run has come (what each step changes); journalled at each step and recomputed by `verify`. */
export function stateDigest(database: Database, runId: number): string {
  const { status, startedAt, finishedAt, error, parameterHash, wordCount } = readRun(database, runId);
  return digestOf({ runId, status, startedAt, finishedAt, error, parameterHash, wordCount });
}

/** Digest of all losses of a run; journalled when it is done and recomputed by `verify`. */
export function lossDigest(database: Database, runId: number): string {
  const hash = runningSha256();
  const rows = database.iterate<LossPoint>(
    sql`SELECT phase, epoch, step, name, value FROM run_losses WHERE run_id = ${runId} ORDER BY step, phase, name`,
  );
  for (const row of rows) hash.update(canonicalJson({ ...row }) + '\n');
  return hash.digest();
}

/** Digest of an evaluation; journalled when added and recomputed by `verify`. @throws StoreError 'not-found' */
export function evaluationDigest(database: Database, evaluationId: number): string {
  const row = database.get<EvaluationRow>(
    sql`SELECT ${EVALUATION_COLUMNS} FROM evaluations WHERE evaluation_id = ${evaluationId}`,
  );
  if (!row) {
    throw new StoreError('not-found', `There is no evaluation ${evaluationId} in ${quoted(database.file)}.`, {
      file: database.file,
      table: 'evaluations',
      row: String(evaluationId),
    });
  }
  return digestOf({ ...evaluationOf(row, database.file) });
}

function intact<Blob extends { readonly bytes: Uint8Array; readonly sha256: string }>(
  blob: Blob | undefined,
  file: string,
  what: string,
): Blob | undefined {
  if (blob && sha256(blob.bytes) !== blob.sha256) throw corrupt(file, `${what} does not match its hash`);
  return blob;
}

/** Reading half. */
export function createRunsReader(database: Database): RunsReader {
  const { file } = database;
  return {
    get: (runId) => readRun(database, runId),
    list: () =>
      database.all<RunRow>(sql`SELECT ${COLUMNS} FROM runs ORDER BY run_id DESC`).map((row) => runOf(row, file)),
    latestDone: () => {
      const row = database.get<RunRow>(
        sql`SELECT ${COLUMNS} FROM runs WHERE status = 'done' ORDER BY run_id DESC LIMIT 1`,
      );
      return row && runOf(row, file);
    },
    losses: (runId, name) =>
      database.all<LossPoint>(
        sql`SELECT phase, epoch, step, name, value FROM run_losses
          WHERE run_id = ${runId} AND ${name === undefined ? sql`TRUE` : sql`name = ${name}`} ORDER BY step, phase, name`,
      ),
    checkpoint: (runId) =>
      intact(
        database.get<CheckpointRecord>(
          sql`SELECT step, created_at AS createdAt, bytes, sha256 FROM checkpoints WHERE run_id = ${runId}`,
        ),
        file,
        `the checkpoint of run ${runId}`,
      ),
    wordModel: (runId) =>
      intact(
        database.get<WordModelRecord>(sql`SELECT bytes, sha256 FROM word_models WHERE run_id = ${runId}`),
        file,
        `the word model of run ${runId}`,
      ),
    evaluations: (runId, split) =>
      database
        .all<EvaluationRow>(
          sql`SELECT ${EVALUATION_COLUMNS} FROM evaluations
            WHERE run_id = ${runId} AND ${split === undefined ? sql`TRUE` : sql`split = ${split}`}
            ORDER BY evaluation_id DESC`,
        )
        .map((row) => evaluationOf(row, file)),
  };
}
