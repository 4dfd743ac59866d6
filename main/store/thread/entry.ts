/** Entry of the reading thread: opens a project for one long reading, answers, closes it. */
import { statSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { backUp } from '../backup.ts';
import { checkIdentity, harden } from '../checks.ts';
import { Database } from '../database.ts';
import { StoreError } from '../errors.ts';
import { createReader } from '../reader.ts';
import { readColumns } from './columns.ts';
import type { JournalCheck, ReadingName, ReadingReply, ReadingRequest, Readings } from './messages.ts';
import { readWordScores } from './word-scores.ts';

/** Does one reading on a connection that cannot write. */
type Reading<Name extends ReadingName> = (
  database: Database,
  input: Readings[Name]['input'],
) => Readings[Name]['output'];

const READINGS: { readonly [Name in ReadingName]: Reading<Name> } = {
  verify: (database) => createReader(database).verify(),
  verifyJournal: (database) => checkJournal(database),
  backUp: (database, { targetPath }) => {
    backUp(database, targetPath);
    return { path: targetPath, sizeBytes: statSync(targetPath).size };
  },
  imageColumns: (database, { runId }) => readColumns(database, runId),
  wordScores: (database, { runId, words }) => readWordScores(database, runId, words),
};

function checkJournal(database: Database): JournalCheck {
  const { journal } = createReader(database);
  try {
    return { head: journal.verify(), broken: null };
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'journal-broken') throw error;
    return { head: journal.head(), broken: error.message };
  }
}

function answer({ id, name, input }: ReadingRequest): ReadingReply {
  try {
    const database = new Database(input.path, { isReadonly: true });
    try {
      harden(database);
      checkIdentity(database);
      return { id, output: (READINGS[name] as (database: Database, input: unknown) => unknown)(database, input) };
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof StoreError) {
      return { id, refusal: { code: error.code, message: error.message, details: error.details } };
    }
    return { id, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Buffers that may move instead of being copied: those of columns. */
function movable(reply: ReadingReply): ArrayBuffer[] {
  if (!('output' in reply) || typeof reply.output !== 'object' || reply.output === null) return [];
  return Object.values(reply.output).flatMap((value: unknown) =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  );
}

parentPort?.on('message', (request: ReadingRequest) => {
  const reply = answer(request);
  parentPort!.postMessage(reply, movable(reply));
});
