/** Facts that the journal holds a digest of: a table from action to how `verify` recomputes it. */
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { imagesDigest } from './images.ts';
import { entries, journalEntry } from './journal.ts';
import { modelDigest } from './models.ts';
import { patchesDigest } from './patches.ts';
import type { JournalEntry } from './project.ts';
import type { JsonObject } from './records.ts';
import { evaluationDigest, lossDigest, planDigest, stateDigest } from './runs.ts';
import { readProject } from './settings.ts';
import { sql } from './sql.ts';
import { splitDigest } from './word-splits.ts';
import { wordsDigest } from './words.ts';

/** How the facts of one kind of action are looked up again. */
interface Fact {
  /** Actions whose payload holds the digest. */
  readonly actions: readonly string[];
  /** What the entry speaks of, for people. */
  readonly name: (payload: JsonObject) => string;
  /** The part of the payload that must come out again. */
  readonly recompute: (database: Database, payload: JsonObject) => JsonObject;
  /** Only the newest entry about the same thing counts: the thing is replaced as a whole. */
  readonly isReplaced?: boolean;
}

const id = (payload: JsonObject, field: string): number => Number(payload[field]);

const FACTS: readonly Fact[] = [
  {
    actions: ['model.add'],
    name: (payload) => `model ${id(payload, 'modelId')}`,
    recompute: (database, payload) => ({ digest: modelDigest(database, id(payload, 'modelId')) }),
  },
  {
    actions: ['images.add'],
    name: (payload) => `images ${id(payload, 'first')} to ${id(payload, 'last')}`,
    recompute: (database, payload) => ({ ...imagesDigest(database, id(payload, 'first'), id(payload, 'last')) }),
  },
  {
    actions: ['run.plan'],
    name: (payload) => `the plan of run ${id(payload, 'runId')}`,
    recompute: (database, payload) => ({ digest: planDigest(database, id(payload, 'runId')) }),
  },
  {
    actions: ['run.done'],
    name: (payload) => `the result of run ${id(payload, 'runId')}`,
    recompute: (database, payload) => {
      const runId = id(payload, 'runId');
      const { count, digest } = wordsDigest(database, runId);
      const stored = database.get<{ readonly parameterHash: string | null; readonly wordModelSha256: string | null }>(
        sql`SELECT parameter_hash AS parameterHash, sha256 AS wordModelSha256
          FROM runs LEFT JOIN word_models USING (run_id) WHERE run_id = ${runId}`,
      );
      return {
        wordCount: count,
        wordDigest: digest,
        lossDigest: lossDigest(database, runId),
        parameterHash: stored?.parameterHash ?? null,
        wordModelSha256: stored?.wordModelSha256 ?? null,
      };
    },
  },
  {
    actions: ['run.patches'],
    name: (payload) => `the patches of run ${id(payload, 'runId')}`,
    recompute: (database, payload) => ({ ...patchesDigest(database, id(payload, 'runId')) }),
    isReplaced: true,
  },
  {
    actions: ['word.divide'],
    name: (payload) => `the division of word ${id(payload, 'wordIndex')} of run ${id(payload, 'runId')}`,
    recompute: (database, payload) => ({
      digest: splitDigest(database, id(payload, 'runId'), id(payload, 'wordIndex')),
    }),
  },
  {
    actions: ['evaluation.add'],
    name: (payload) => `evaluation ${id(payload, 'evaluationId')}`,
    recompute: (database, payload) => ({ digest: evaluationDigest(database, id(payload, 'evaluationId')) }),
  },
  {
    actions: ['setting.set'],
    name: (payload) => `setting ${String(payload['key'])}`,
    recompute: (database, payload) => {
      const row = database.get<{ readonly value: string }>(
        sql`SELECT value FROM settings WHERE key = ${String(payload['key'])}`,
      );
      return { value: row ? JSON.parse(row.value) : null };
    },
    isReplaced: true,
  },
  {
    actions: ['project.create'],
    name: () => 'the project itself',
    recompute: (database) => ({ ...readProject(database) }),
  },
  {
    actions: ['run.plan', 'run.start', 'run.done', 'run.failed', 'run.cancelled'],
    name: (payload) => `the state of run ${id(payload, 'runId')}`,
    recompute: (database, payload) => ({ state: stateDigest(database, id(payload, 'runId')) }),
    isReplaced: true,
  },
];

/** Counts of journalled things that must equal the counts of rows: a row that no entry speaks of was slipped in. */
const COUNTED: readonly {
  readonly action: string;
  readonly count: (database: Database) => number;
  readonly name: string;
}[] = [
  {
    action: 'model.add',
    name: 'models',
    count: (database) => rowCount(database, sql`SELECT count(*) AS count FROM models`),
  },
  {
    action: 'images.add',
    name: 'images',
    count: (database) => rowCount(database, sql`SELECT count(*) AS count FROM images`),
  },
  {
    action: 'run.plan',
    name: 'runs',
    count: (database) => rowCount(database, sql`SELECT count(*) AS count FROM runs`),
  },
  {
    action: 'word.divide',
    name: 'divisions of words',
    count: (database) => rowCount(database, sql`SELECT count(*) AS count FROM word_splits`),
  },
  {
    action: 'evaluation.add',
    name: 'evaluations',
    count: (database) => rowCount(database, sql`SELECT count(*) AS count FROM evaluations`),
  },
];

function rowCount(database: Database, query: Parameters<Database['get']>[0]): number {
  return database.get<{ readonly count: number }>(query)?.count ?? 0;
}

function mismatch(database: Database, fact: Fact, entry: JournalEntry): string | null {
  const broken = `${fact.name(entry.payload)} (journal entry ${entry.seq})`;
  try {
    const found = fact.recompute(database, entry.payload);
    const differs = Object.keys(found).some(
      (field) => JSON.stringify(found[field]) !== JSON.stringify(entry.payload[field]),
    );
    return differs ? `${broken} changed since it was recorded` : null;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'not-found') return `${broken} is missing`;
    throw error;
  }
}

function factsOf(action: string): readonly Fact[] {
  return FACTS.filter(({ actions }) => actions.includes(action));
}

/** Recomputes every fact the journal holds a digest of. Gives how many were looked at and the first that differs, or null. */
export function checkFacts(database: Database): { readonly checked: number; readonly broken: string | null } {
  const counts = new Map<string, number>();
  const newest = new Map<string, number>();
  for (const { seq, action, payload } of entries(database)) {
    for (const fact of factsOf(action)) if (fact.isReplaced) newest.set(fact.name(payload), seq);
    counts.set(action, (counts.get(action) ?? 0) + (action === 'images.add' ? id(payload, 'count') : 1));
  }
  let checked = 0;
  // Numbers first, then one entry at a time: the journal may be long, and recomputing reads other tables meanwhile.
  const records = database.all<{ readonly seq: number; readonly action: string }>(
    sql`SELECT seq, action FROM journal WHERE kind = 'record' ORDER BY seq`,
  );
  for (const { seq, action } of records) {
    const facts = factsOf(action);
    if (facts.length === 0) continue;
    const entry = journalEntry(database, seq);
    for (const fact of facts) {
      if (fact.isReplaced && newest.get(fact.name(entry.payload)) !== seq) continue;
      checked += 1;
      const broken = mismatch(database, fact, entry);
      if (broken) return { checked, broken };
    }
  }
  for (const { action, count, name } of COUNTED) {
    const [journalled, found] = [counts.get(action) ?? 0, count(database)];
    if (journalled !== found) return { checked, broken: `${name}: ${found} stored, ${journalled} in the journal` };
  }
  return { checked, broken: null };
}
