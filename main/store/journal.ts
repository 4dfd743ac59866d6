/** The journal: an append-only, hash-chained record of who changed what. Every entry shares the transaction of its change. */
import type { Clock } from '../platform/clock.ts';
import { sha256 } from '../platform/hash.ts';
import { parseJson } from './blobs.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { corrupt, quoted } from './failures.ts';
import type { JournalEntry, JournalHead, JournalKind, JournalReader } from './project.ts';
import type { JsonObject } from './records.ts';
import { sql } from './sql.ts';
import { nextRedo, nextUndo } from './undo-stack.ts';

/** A row of the journal. */
interface JournalRow {
  readonly seq: number;
  readonly time: string;
  readonly actor: string;
  readonly action: string;
  readonly kind: JournalKind;
  readonly target: number | null;
  readonly payload: string;
  readonly previous_hash: string;
  readonly hash: string;
}

const COLUMNS = sql`seq, time, actor, action, kind, target, payload, previous_hash, hash`;

/** Entries listed at once unless told otherwise. */
const PAGE_SIZE = 100;

/** Longest name of an actor. */
const ACTOR_LENGTH = 200;

function hashOf(entry: Omit<JournalEntry, 'hash'>): string {
  const { previousHash, ...content } = entry;
  return sha256(previousHash + canonicalJson({ ...content }));
}

function entryOf(row: JournalRow, file: string): JournalEntry {
  const { previous_hash: previousHash, payload, ...rest } = row;
  return { ...rest, previousHash, payload: parseJson<JsonObject>(payload, file, `journal entry ${row.seq}`) };
}

/** The newest entry's number and hash; 0 and '' for an empty journal. */
export function journalHead(database: Database): JournalHead {
  const head = database.get<JournalHead>(sql`SELECT seq, hash FROM journal_head`);
  if (!head) throw corrupt(database.file, 'the head of the journal is missing');
  return head;
}

/** Appends an entry. Call it inside the transaction of the change it records. */
export function appendEntry(
  database: Database,
  clock: Clock,
  entry: Pick<JournalEntry, 'actor' | 'action' | 'kind' | 'target' | 'payload'>,
): JournalEntry {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (entry.actor.trim() === '' || entry.actor.length > ACTOR_LENGTH || /[\u0000-\u001f\u007f]/u.test(entry.actor)) {
    throw new StoreError(
      'value-refused',
      `${JSON.stringify(entry.actor)} cannot be the name of whoever made a change: 1 to ${ACTOR_LENGTH} printable characters.`,
      { file: database.file, table: 'journal', column: 'actor' },
    );
  }
  const head = journalHead(database);
  const unsealed = {
    seq: head.seq + 1,
    time: clock.now().toISOString(),
    actor: entry.actor.toWellFormed(),
    action: entry.action,
    kind: entry.kind,
    target: entry.target,
    // What is hashed must be what is read back later: absent fields dropped, numbers as JSON keeps them.
    payload: JSON.parse(canonicalJson(entry.payload)) as JsonObject,
    previousHash: head.hash,
  };
  const sealed: JournalEntry = { ...unsealed, hash: hashOf(unsealed) };
  database.run(sql`INSERT INTO journal (${COLUMNS}) VALUES (
    ${sealed.seq}, ${sealed.time}, ${sealed.actor}, ${sealed.action}, ${sealed.kind}, ${sealed.target},
    ${canonicalJson(sealed.payload)}, ${sealed.previousHash}, ${sealed.hash})`);
  return sealed;
}

/** One entry. @throws StoreError 'not-found' */
export function journalEntry(database: Database, seq: number): JournalEntry {
  const row = database.get<JournalRow>(sql`SELECT ${COLUMNS} FROM journal WHERE seq = ${seq}`);
  if (!row) {
    throw new StoreError('not-found', `The journal of ${quoted(database.file)} has no entry ${seq}.`, {
      file: database.file,
      entry: seq,
    });
  }
  return entryOf(row, database.file);
}

function broken(file: string, entry: number, what: string): StoreError {
  return new StoreError(
    'journal-broken',
    `Entry ${entry} of the journal of ${quoted(file)} ${what}: somebody changed the file outside Vislex, or it is damaged.`,
    { file, entry, found: what },
  );
}

/** Recomputes the whole chain. @throws StoreError 'journal-broken' naming the first broken entry */
export function verifyChain(database: Database): JournalHead {
  const { file } = database;
  let previous: JournalHead = { seq: 0, hash: '' };
  for (const row of database.iterate<JournalRow>(sql`SELECT ${COLUMNS} FROM journal ORDER BY seq`)) {
    if (row.seq !== previous.seq + 1) throw broken(file, previous.seq + 1, 'is missing');
    if (row.previous_hash !== previous.hash) throw broken(file, row.seq, 'does not follow the one before it');
    let entry: JournalEntry;
    try {
      entry = entryOf(row, file);
    } catch (error) {
      if (error instanceof StoreError) throw broken(file, row.seq, 'cannot be read');
      throw error;
    }
    const { hash, ...unsealed } = entry;
    if (hashOf(unsealed) !== hash || canonicalJson(entry.payload) !== row.payload) {
      throw broken(file, row.seq, 'does not match its hash');
    }
    previous = { seq: row.seq, hash: row.hash };
  }
  const head = journalHead(database);
  if (head.seq !== previous.seq) throw broken(file, previous.seq + 1, 'is missing');
  if (head.hash !== previous.hash) throw broken(file, head.seq, 'is not the one the project remembers as its newest');
  return head;
}

/** Entries oldest first, all of them or only those that changed something. */
export function* entries(database: Database, which: 'all' | 'changes' = 'all'): IterableIterator<JournalEntry> {
  const wanted = which === 'all' ? sql`TRUE` : sql`kind <> 'record'`;
  const rows = database.iterate<JournalRow>(sql`SELECT ${COLUMNS} FROM journal WHERE ${wanted} ORDER BY seq`);
  for (const row of rows) yield entryOf(row, database.file);
}

/** Entries that changed a row, newest first. */
export function entriesTouching(database: Database, table: string, key: readonly number[]): readonly JournalEntry[] {
  return database
    .all<JournalRow>(
      sql`SELECT ${COLUMNS} FROM journal WHERE kind <> 'record' AND EXISTS (
        SELECT 1 FROM json_each(journal.payload, '$.changes') AS change
        WHERE change.value ->> '$.table' = ${table} AND change.value -> '$.key' = ${JSON.stringify(key)}
      ) ORDER BY seq DESC`,
    )
    .map((row) => entryOf(row, database.file));
}

/** The reading half of the journal. */
export function createJournalReader(database: Database): JournalReader {
  const entryAt = (seq: number | undefined): JournalEntry | undefined =>
    seq === undefined ? undefined : journalEntry(database, seq);
  return {
    head: () => journalHead(database),
    list: ({ limit = PAGE_SIZE, before = Number.MAX_SAFE_INTEGER } = {}) =>
      database
        .all<JournalRow>(sql`SELECT ${COLUMNS} FROM journal WHERE seq < ${before} ORDER BY seq DESC LIMIT ${limit}`)
        .map((row) => entryOf(row, database.file)),
    iterate: () => entries(database),
    verify: () => database.snapshot(() => verifyChain(database)),
    undoable: () => entryAt(nextUndo(database)),
    redoable: () => entryAt(nextRedo(database)),
  };
}
