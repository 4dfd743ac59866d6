/** Runs: planning, progress, result. A run is 'running' while somebody works on it; a crash leaves it so, and it may be started again. */
import type { Clock } from '../platform/clock.ts';
import { sha256 } from '../platform/hash.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { quoted } from './failures.ts';
import { appendEntry } from './journal.ts';
import { addPatches, patchesDigest } from './patches.ts';
import type { RunsWriter } from './project.ts';
import type { JsonObject, RunStatus } from './records.ts';
import { evaluationDigest, lossDigest, planDigest, readRun, stateDigest } from './runs.ts';
import { sql } from './sql.ts';
import { applyChange } from './undo.ts';
import { insertWords, wordsDigest } from './words.ts';

/** From which states a state may be entered. 'running' from itself: the process that ran it is gone. */
const ENTERED_FROM: Readonly<Record<Exclude<RunStatus, 'planned'>, readonly RunStatus[]>> = {
  running: ['planned', 'running', 'failed', 'cancelled'],
  done: ['running'],
  failed: ['planned', 'running'],
  cancelled: ['planned', 'running'],
};

/** Writing half. */
export function createRunsWriter(database: Database, clock: Clock): RunsWriter {
  const record = (actor: string, action: string, payload: JsonObject): void =>
    void appendEntry(database, clock, { actor, action, kind: 'record', target: null, payload });

  /** Journals a step of a run with how far it has come. */
  const recordStep = (actor: string, action: string, runId: number, payload: JsonObject = {}): void =>
    record(actor, action, { runId, ...payload, state: stateDigest(database, runId) });

  /** Reversible, so that a note is never lost. */
  const writeNotes = (actor: string, runId: number, notes: string): void => {
    const before = readRun(database, runId).notes;
    if (before === notes) return;
    const change = { table: 'runs', key: [runId], column: 'notes', before, after: notes } as const;
    applyChange(database, clock, actor, 'run.notes', [change]);
  };

  const requireStep = (runId: number, to: Exclude<RunStatus, 'planned'>): void => {
    const { status } = readRun(database, runId);
    if (ENTERED_FROM[to].includes(status)) return;
    throw new StoreError(
      'value-refused',
      `Run ${runId} in ${quoted(database.file)} is ${status}; it cannot become ${to}. Plan a new run instead.`,
      { file: database.file, table: 'runs', column: 'status', row: String(runId), found: status, expected: to },
    );
  };

  /** Ends a run that left no result; its checkpoint stays, so that it can be resumed. */
  const stop = (actor: string, runId: number, to: 'failed' | 'cancelled', error: string | null): void =>
    database.transaction(() => {
      requireStep(runId, to);
      const now = clock.now().toISOString();
      database.run(sql`UPDATE runs SET status = ${to}, finished_at = ${now}, error = ${error} WHERE run_id = ${runId}`);
      recordStep(actor, `run.${to}`, runId, error === null ? {} : { error });
    });

  return {
    plan: (actor, run) =>
      database.transaction(() => {
        const now = clock.now().toISOString();
        const { insertedId: runId } = database.run(sql`INSERT INTO runs
          (model_id, preset, config, seed, target, device, word_count, status, created_at, notes)
          VALUES (${run.modelId}, ${run.preset}, ${JSON.stringify(run.config)}, ${run.seed}, ${run.target}, ${run.device},
            ${run.wordCount}, 'planned', ${now}, '')`);
        const digest = planDigest(database, runId);
        recordStep(actor, 'run.plan', runId, { preset: run.preset, seed: run.seed, digest });
        writeNotes(actor, runId, run.notes ?? '');
        return runId;
      }),
    start: (actor, runId) =>
      database.transaction(() => {
        requireStep(runId, 'running');
        const now = clock.now().toISOString();
        database.run(sql`UPDATE runs SET status = 'running', started_at = coalesce(started_at, ${now}), finished_at = NULL,
          error = NULL WHERE run_id = ${runId}`);
        // What a run that was cut off had added of its result.
        database.run(sql`DELETE FROM patches WHERE run_id = ${runId}`);
        database.run(sql`DELETE FROM words WHERE run_id = ${runId}`);
        recordStep(actor, 'run.start', runId);
      }),
    addLosses: (runId, points) =>
      database.transaction(() => {
        for (const { phase, epoch, step, name, value } of points) {
          // A resumed run repeats the steps since its checkpoint.
          database.run(sql`INSERT INTO run_losses (run_id, step, phase, name, epoch, value)
            VALUES (${runId}, ${step}, ${phase}, ${name}, ${epoch}, ${value})
            ON CONFLICT (run_id, step, phase, name) DO UPDATE SET epoch = excluded.epoch, value = excluded.value`);
        }
      }),
    saveCheckpoint: (runId, step, bytes) => {
      const now = clock.now().toISOString();
      database.run(sql`INSERT INTO checkpoints (run_id, step, created_at, bytes, sha256)
        VALUES (${runId}, ${step}, ${now}, ${bytes}, ${sha256(bytes)})
        ON CONFLICT (run_id) DO UPDATE
        SET step = excluded.step, created_at = excluded.created_at, bytes = excluded.bytes, sha256 = excluded.sha256`);
    },
    addResult: (runId, { words = [], patches = [] }) =>
      database.transaction(() => {
        requireStep(runId, 'done');
        insertWords(database, runId, words);
        addPatches(database, runId, patches);
      }),
    finish: (actor, runId, { wordModel, parameterHash, words = [], patches = [] }) =>
      database.transaction(() => {
        requireStep(runId, 'done');
        const wordModelSha256 = sha256(wordModel);
        database.run(
          sql`INSERT INTO word_models (run_id, bytes, sha256) VALUES (${runId}, ${wordModel}, ${wordModelSha256})`,
        );
        insertWords(database, runId, words);
        addPatches(database, runId, patches);
        const { count, digest } = wordsDigest(database, runId);
        database.run(sql`DELETE FROM checkpoints WHERE run_id = ${runId}`);
        database.run(sql`UPDATE runs SET status = 'done', finished_at = ${clock.now().toISOString()},
          parameter_hash = ${parameterHash}, word_count = ${count} WHERE run_id = ${runId}`);
        recordStep(actor, 'run.done', runId, {
          parameterHash,
          wordModelSha256,
          wordCount: count,
          wordDigest: digest,
          lossDigest: lossDigest(database, runId),
        });
        record(actor, 'run.patches', { runId, ...patchesDigest(database, runId) });
      }),
    fail: (actor, runId, error) => stop(actor, runId, 'failed', error),
    cancel: (actor, runId) => stop(actor, runId, 'cancelled', null),
    setNotes: (actor, runId, notes) => database.transaction(() => writeNotes(actor, runId, notes)),
    addEvaluation: (actor, evaluation) =>
      database.transaction(() => {
        const { runId, split, imageCount, measures, parameterHashBefore, parameterHashAfter } = evaluation;
        const { insertedId: evaluationId } = database.run(sql`INSERT INTO evaluations
          (run_id, split, image_count, measures, created_at, parameter_hash_before, parameter_hash_after)
          VALUES (${runId}, ${split}, ${imageCount}, ${JSON.stringify(measures)}, ${clock.now().toISOString()},
            ${parameterHashBefore}, ${parameterHashAfter})`);
        const digest = evaluationDigest(database, evaluationId);
        record(actor, 'evaluation.add', { evaluationId, runId, split, digest });
        return evaluationId;
      }),
  };
}
