/** verify: everything a project file can be checked for by itself, each check naming the first broken thing. */
import { canonicalJson } from './canonical-json.ts';
import { checksum } from './blobs.ts';
import type { Database } from './database.ts';
import { cellName, readCell } from './editable.ts';
import type { CellAddress } from './editable.ts';
import { StoreError } from './errors.ts';
import { checkFacts } from './facts.ts';
import { entries, verifyChain } from './journal.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { VerifyCheck, VerifyReport } from './project.ts';
import type { Json } from './records.ts';
import { schemaDifference } from './schema.ts';
import { checkSplits } from './splits.ts';
import { sql } from './sql.ts';
import type { Sql } from './sql.ts';
import { changesOf } from './undo.ts';

/** What one check found. */
interface Finding {
  readonly checked: number;
  readonly broken: string | null;
}

/** Tables with blobs: what a row is called, and the bytes its checksum covers. */
const BLOBS: readonly { readonly name: string; readonly rows: Sql }[] = [
  { name: 'thumbnail of image', rows: sql`SELECT image_id AS id, checksum, jpeg AS a FROM thumbnails` },
  {
    name: "the base model's output of image",
    rows: sql`SELECT image_id AS id, checksum, logits AS a FROM base_outputs`,
  },
  {
    name: 'scores of run, image',
    rows: sql`SELECT run_id || ', ' || image_id AS id, checksum, word_scores AS a, logits AS b FROM scores`,
  },
  {
    name: 'activation maps of run, image',
    rows: sql`SELECT run_id || ', ' || image_id AS id, checksum, word_indices AS a, minima AS b, maxima AS c, maps AS d
      FROM activation_maps`,
  },
  {
    name: 'division of run, word',
    rows: sql`SELECT run_id || ', ' || word_index AS id, checksum, image_ids AS a, children AS b, centres AS c FROM word_splits`,
  },
  {
    name: 'score histograms of run',
    rows: sql`SELECT run_id AS id, checksum, ranges AS a, counts AS b FROM score_histograms`,
  },
  { name: 'checkpoint of run', rows: sql`SELECT run_id AS id, unhex(sha256) AS checksum, bytes AS a FROM checkpoints` },
  { name: 'word model of run', rows: sql`SELECT run_id AS id, unhex(sha256) AS checksum, bytes AS a FROM word_models` },
];

interface BlobRow {
  readonly id: number | string;
  readonly checksum: Uint8Array | null;
  readonly a: Uint8Array;
  readonly b?: Uint8Array;
  readonly c?: Uint8Array;
  readonly d?: Uint8Array;
}

function checkBlobs(database: Database): Finding {
  let checked = 0;
  for (const { name, rows } of BLOBS) {
    for (const row of database.iterate<BlobRow>(rows)) {
      checked += 1;
      const parts = [row.a, row.b, row.c, row.d].filter((part) => part !== undefined);
      if (!row.checksum || Buffer.compare(checksum(...parts), row.checksum) !== 0) {
        return { checked, broken: `${name} ${row.id} does not match its hash` };
      }
    }
  }
  return { checked, broken: null };
}

function checkIntegrity(database: Database): Finding {
  const rows = database.pragmaRows<{ readonly integrity_check: string }>('integrity_check(1)');
  const found = rows[0]?.integrity_check ?? 'nothing came back';
  return { checked: 1, broken: found === 'ok' ? null : found };
}

interface ForeignKeyRow {
  readonly table: string;
  readonly rowid: number | null;
  readonly parent: string;
}

function checkForeignKeys(database: Database): Finding {
  const [first] = database.pragmaRows<ForeignKeyRow>('foreign_key_check');
  if (!first) return { checked: 1, broken: null };
  return {
    checked: 1,
    broken: `row ${first.rowid ?? '?'} of ${first.table} points to a row of ${first.parent} that is missing`,
  };
}

function checkJournal(database: Database): Finding {
  return { checked: verifyChain(database).seq, broken: null };
}

/** What people said must be what the journal says they said: each cell's newest value, and the default where no entry speaks of it. */
function checkState(database: Database): Finding {
  const cells = new Map<string, CellAddress & { readonly value: Json }>();
  for (const entry of entries(database, 'changes')) {
    for (const { table, key, column, after } of changesOf(entry, database.file)) {
      cells.set(cellName({ table, key, column }), { table, key, column, value: after });
    }
  }
  for (const [name, cell] of cells) {
    const present = readCell(database, cell);
    if (present === undefined) return { checked: cells.size, broken: `${name} is missing` };
    if (canonicalJson(present) !== canonicalJson(cell.value)) {
      return {
        checked: cells.size,
        broken: `${name} is ${JSON.stringify(present)}; the journal says ${JSON.stringify(cell.value)}`,
      };
    }
  }
  const touched = database.all<{ readonly name: string }>(sql`
    SELECT 'words [' || run_id || ', ' || word_index || '] name' AS name FROM words WHERE name IS NOT NULL
    UNION ALL SELECT 'words [' || run_id || ', ' || word_index || '] status' FROM words WHERE status <> 'unknown'
    UNION ALL SELECT 'words [' || run_id || ', ' || word_index || '] note' FROM words WHERE note <> ''
    UNION ALL SELECT 'words [' || run_id || ', ' || word_index || '] tags' FROM words WHERE tags <> '[]'
    UNION ALL SELECT 'words [' || run_id || ', ' || word_index || '] isExcluded' FROM words WHERE is_excluded <> 0
    UNION ALL SELECT 'words [' || run_id || ', ' || word_index || '] mergedInto' FROM words WHERE merged_into IS NOT NULL
    UNION ALL SELECT 'words [' || run_id || ', ' || word_index || '] isSplit' FROM words WHERE is_split <> 0
    UNION ALL SELECT 'runs [' || run_id || '] notes' FROM runs WHERE notes <> ''`);
  const silent = touched.find(({ name }) => !cells.has(name));
  const broken = silent === undefined ? null : `${silent.name} was set, but the journal has no entry of it`;
  return { checked: cells.size, broken };
}

function checkOrphans(database: Database): Finding {
  const [first] = database.all<{ readonly broken: string }>(sql`
    SELECT 'run ' || run_id || ' is done without a word model' AS broken FROM runs
      WHERE status = 'done' AND run_id NOT IN (SELECT run_id FROM word_models)
    UNION ALL SELECT 'run ' || run_id || ' has a word model but is not done' FROM runs
      WHERE status <> 'done' AND run_id IN (SELECT run_id FROM word_models)
    UNION ALL SELECT 'run ' || run_id || ' has '
      || (SELECT count(*) FROM words WHERE words.run_id = runs.run_id AND split_from IS NULL)
      || ' words instead of ' || word_count FROM runs WHERE status = 'done'
      AND word_count <> (SELECT count(*) FROM words WHERE words.run_id = runs.run_id AND split_from IS NULL)
    UNION ALL SELECT 'run ' || run_id || ' has words but is not done' FROM runs
      WHERE status <> 'done' AND run_id IN (SELECT run_id FROM words)
    UNION ALL SELECT 'word ' || child.word_index || ' of run ' || child.run_id || ' was split from a word that has no division'
      FROM words AS child WHERE child.split_from IS NOT NULL AND NOT EXISTS (SELECT 1 FROM word_splits AS split
        WHERE split.run_id = child.run_id AND split.word_index = child.split_from
        AND child.word_index IN (split.first_child, split.second_child))
    UNION ALL SELECT 'word ' || word_index || ' of run ' || run_id || ' is split but has no children' FROM words
      WHERE is_split = 1 AND (run_id, word_index) NOT IN (SELECT run_id, word_index FROM word_splits)
    LIMIT 1`);
  return { checked: 1, broken: first?.broken ?? null };
}

function checkSchema(database: Database): Finding {
  const { checked, difference } = schemaDifference(database, MIGRATIONS, Number(database.pragma('user_version')));
  return { checked, broken: difference };
}

const CHECKS: readonly (readonly [string, (database: Database) => Finding])[] = [
  ['schema', checkSchema],
  ['integrity', checkIntegrity],
  ['foreign-keys', checkForeignKeys],
  ['journal', checkJournal],
  ['state', checkState],
  ['splits', checkSplits],
  ['facts', checkFacts],
  ['blobs', checkBlobs],
  ['orphans', checkOrphans],
];

/** A check that cannot even be finished has found something. */
function outcome(check: (database: Database) => Finding, database: Database): Finding {
  try {
    return check(database);
  } catch (error) {
    if (error instanceof StoreError && error.code !== 'closed') return { checked: 0, broken: error.message };
    throw error;
  }
}

/** The newest entry's number and hash, or zeros where the journal cannot be read. */
function headOrNothing(database: Database): VerifyReport['journalHead'] {
  try {
    return database.get<VerifyReport['journalHead']>(sql`SELECT seq, hash FROM journal_head`) ?? { seq: 0, hash: '' };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'corrupt') return { seq: 0, hash: '' };
    throw error;
  }
}

/** Runs all checks on one unchanging view of the file. */
export function verifyProject(
  database: Database,
  { onCheck }: { readonly onCheck?: (check: VerifyCheck) => void } = {},
): VerifyReport {
  return database.snapshot(() => {
    const checks = CHECKS.map(([name, run]): VerifyCheck => {
      const { checked, broken } = outcome(run, database);
      const check = { name, isOk: broken === null, checked, broken };
      onCheck?.(check);
      return check;
    });
    const firstBroken = checks.find((check) => !check.isOk)?.broken ?? null;
    return { isOk: firstBroken === null, checks, firstBroken, journalHead: headOrNothing(database) };
  });
}
