/** Words: pages with patches, and what people say about them, each edit one reversible journal entry. */
import type { Clock } from '../platform/clock.ts';
import { runningSha256 } from '../platform/hash.ts';
import { bytesOf, float32Of, parseJson } from './blobs.ts';
import type { CellChange } from './changes.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { quoted } from './failures.ts';
import { appendEntry, entriesTouching } from './journal.ts';
import { patchesDigest, readPatches, replacePatches } from './patches.ts';
import type { WordEdit, WordPage, WordQuery, WordsReader, WordsWriter } from './project.ts';
import type { JsonObject, NewWord, PatchRecord, WordRecord, WordRemarks, WordStatus } from './records.ts';
import { allOf, listOf, sql } from './sql.ts';
import { addSplit, readSplits } from './word-splits.ts';
import { applyChange } from './undo.ts';
import { checkedEdit } from './word-values.ts';

interface WordRow {
  readonly runId: number;
  readonly wordIndex: number;
  readonly classWeights: Uint8Array;
  readonly summary: string;
  readonly name: string | null;
  readonly status: WordStatus;
  readonly note: string;
  readonly tags: string;
  readonly isExcluded: number;
  readonly mergedInto: number | null;
  readonly isSplit: number;
  readonly splitFrom: number | null;
}

const REMARKS = sql`run_id AS runId, word_index AS wordIndex, name, status, note, tags, is_excluded AS isExcluded,
  merged_into AS mergedInto, is_split AS isSplit, split_from AS splitFrom`;

const COLUMNS = sql`${REMARKS}, class_weights AS classWeights, summary`;

/** Words on a page unless told otherwise. */
const PAGE_SIZE = 50;

/** Patches per word and kind on a page unless told otherwise. */
const PATCHES_PER_KIND = 10;

function wordOf(row: WordRow, file: string): WordRecord {
  const what = `word ${row.wordIndex} of run ${row.runId}`;
  return {
    ...remarksOf(row, file),
    classWeights: float32Of(row.classWeights, file, what),
    summary: parseJson<JsonObject>(row.summary, file, what),
  };
}

function remarksOf(row: Omit<WordRow, 'classWeights' | 'summary'>, file: string): WordRemarks {
  const { runId, wordIndex, name, status, note, tags, isExcluded, mergedInto, isSplit, splitFrom } = row;
  return {
    runId,
    wordIndex,
    name,
    status,
    note,
    tags: tags === '[]' ? [] : parseJson(tags, file, `the tags of word ${wordIndex} of run ${runId}`),
    isExcluded: isExcluded === 1,
    mergedInto,
    isSplit: isSplit === 1,
    splitFrom,
  };
}

function readWord(database: Database, runId: number, wordIndex: number): WordRecord {
  const row = database.get<WordRow>(
    sql`SELECT ${COLUMNS} FROM words WHERE run_id = ${runId} AND word_index = ${wordIndex}`,
  );
  if (row) return wordOf(row, database.file);
  throw new StoreError('not-found', `There is no word ${wordIndex} in run ${runId} of ${quoted(database.file)}.`, {
    file: database.file,
    table: 'words',
    row: `${runId}, ${wordIndex}`,
  });
}

/** Indices of words whose name, note or tags hold the text; in JavaScript because SQLite folds the case of ASCII only. */
function searchWords(database: Database, runId: number, text: string): readonly number[] {
  const wanted = text.normalize('NFC').toLowerCase();
  return database
    .all<Pick<WordRow, 'wordIndex' | 'name' | 'note' | 'tags'>>(
      sql`SELECT word_index AS wordIndex, name, note, tags FROM words WHERE run_id = ${runId}`,
    )
    .filter(({ wordIndex, name, note, tags }) => {
      const texts = [
        name ?? '',
        note,
        ...parseJson<readonly string[]>(tags, database.file, `tags of word ${wordIndex}`),
      ];
      return texts.some((candidate) => candidate.toLowerCase().includes(wanted));
    })
    .map(({ wordIndex }) => wordIndex);
}

function readPage(database: Database, query: WordQuery): WordPage {
  const { runId, offset = 0, limit = PAGE_SIZE, status, search, patchKinds, patchesPerKind = PATCHES_PER_KIND } = query;
  const conditions = [sql`run_id = ${runId}`];
  if (status) conditions.push(sql`status = ${status}`);
  if (search) {
    const found = listOf(searchWords(database, runId, search));
    conditions.push(sql`word_index IN (SELECT value FROM json_each(${found}))`);
  }
  const matching = allOf(conditions);
  const total = database.get<{ readonly total: number }>(sql`SELECT count(*) AS total FROM words WHERE ${matching}`);
  const words = database
    .all<WordRow>(
      sql`SELECT ${COLUMNS} FROM words WHERE ${matching} ORDER BY word_index LIMIT ${limit} OFFSET ${offset}`,
    )
    .map((row) => wordOf(row, database.file));
  const patches = Map.groupBy(
    readPatches(database, runId, {
      wordIndices: words.map((word) => word.wordIndex),
      perKind: patchesPerKind,
      ...(patchKinds && { kinds: patchKinds }),
    }),
    (patch: PatchRecord) => patch.wordIndex,
  );
  return {
    total: total?.total ?? 0,
    words: words.map((word) => ({ ...word, patches: patches.get(word.wordIndex) ?? [] })),
  };
}

/** Digest of the facts (not the names) of a run's learned words; journalled when the run is finished and recomputed by `verify`. */
export function wordsDigest(database: Database, runId: number): { readonly count: number; readonly digest: string } {
  const hash = runningSha256();
  let count = 0;
  const rows = database.iterate<WordRow>(sql`SELECT ${COLUMNS} FROM words WHERE run_id = ${runId} AND split_from IS NULL
    ORDER BY word_index`);
  for (const { wordIndex, classWeights, summary } of rows) {
    hash.update(`${wordIndex}\n${summary}\n`);
    hash.update(classWeights);
    count += 1;
  }
  return { count, digest: hash.digest() };
}

/** Stores the words of a finished run. Call it inside a transaction. */
export function insertWords(database: Database, runId: number, words: readonly NewWord[]): void {
  for (const { wordIndex, classWeights, summary } of words) {
    database.run(sql`INSERT INTO words (run_id, word_index, class_weights, summary)
      VALUES (${runId}, ${wordIndex}, ${bytesOf(classWeights)}, ${JSON.stringify(summary)})`);
  }
}

/** Reading half. */
export function createWordsReader(database: Database): WordsReader {
  return {
    get: (runId, wordIndex) => readWord(database, runId, wordIndex),
    page: (query) => database.snapshot(() => readPage(database, query)),
    patches: (runId, wordIndex, kind) =>
      readPatches(database, runId, { wordIndices: [wordIndex], ...(kind && { kinds: [kind] }) }),
    remarks: (runId) =>
      database
        .all<WordRow>(sql`SELECT ${REMARKS} FROM words WHERE run_id = ${runId} ORDER BY word_index`)
        .map((row) => remarksOf(row, database.file)),
    splits: (runId) => readSplits(database, runId),
    patchesOf: (runId, wordIndices, perKind) => readPatches(database, runId, { wordIndices, perKind }),
    history: (runId, wordIndex) => entriesTouching(database, 'words', [runId, wordIndex]),
  };
}

/** Writing half. */
export function createWordsWriter(database: Database, clock: Clock): WordsWriter {
  const changesOf = (runId: number, wordIndex: number, wanted: WordEdit): readonly CellChange[] => {
    const present = readWord(database, runId, wordIndex);
    const checked = checkedEdit(wanted, database.file, `${runId}, ${wordIndex}`);
    return Object.entries(checked).flatMap(([column, after]): readonly CellChange[] => {
      const before = present[column as keyof WordEdit];
      if (JSON.stringify(before) === JSON.stringify(after)) return [];
      return [{ table: 'words', key: [runId, wordIndex], column: column as keyof WordEdit, before, after }];
    });
  };
  const editMany: WordsWriter['editMany'] = (actor, runId, edits) =>
    database.transaction(() => {
      const changes = edits.flatMap(({ wordIndex, edit: wanted }) => changesOf(runId, wordIndex, wanted));
      if (changes.length === 0) return undefined;
      const isRename = changes.length === 1 && changes[0]?.column === 'name';
      return applyChange(database, clock, actor, isRename ? 'word.rename' : 'word.edit', changes);
    });
  const edit: WordsWriter['edit'] = (actor, runId, wordIndex, wanted) =>
    editMany(actor, runId, [{ wordIndex, edit: wanted }]);
  return {
    edit,
    editMany,
    addSplit: (actor, runId, split) => addSplit(database, clock, actor, runId, split),
    rename: (actor, runId, wordIndex, name) => edit(actor, runId, wordIndex, { name }),
    savePatches: (actor, runId, patches) =>
      database.transaction(() => {
        replacePatches(database, runId, patches);
        const payload = { runId, ...patchesDigest(database, runId) };
        appendEntry(database, clock, { actor, action: 'run.patches', kind: 'record', target: null, payload });
      }),
  };
}
