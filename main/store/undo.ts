/** Reversible changes: applying a change set, its inverse (undo) and itself again (redo), each one journal entry. */
import type { Clock } from '../platform/clock.ts';
import { canonicalJson } from './canonical-json.ts';
import { changesToJson, inverse } from './changes.ts';
import type { ChangeSet } from './changes.ts';
import type { Database } from './database.ts';
import { cellName, readCell, writeCell } from './editable.ts';
import { StoreError } from './errors.ts';
import { corrupt, quoted } from './failures.ts';
import { appendEntry, journalEntry } from './journal.ts';
import type { JournalEntry, JournalWriter } from './project.ts';
import type { Json, JsonObject } from './records.ts';
import { nextRedo, nextUndo } from './undo-stack.ts';

/** Writes cells whose present values must be the `before` of the change. */
function apply(database: Database, changes: ChangeSet): void {
  for (const change of changes) {
    const present = readCell(database, change);
    if (present === undefined || canonicalJson(present) !== canonicalJson(change.before)) {
      throw new StoreError(
        'undo-conflict',
        `${cellName(change)} in ${quoted(database.file)} is ${JSON.stringify(present)}, not ${JSON.stringify(change.before)} ` +
          'as it was left: it was changed outside the journal. Run "verify" on the project.',
        {
          file: database.file,
          table: change.table,
          column: change.column,
          row: change.key.join(', '),
          expected: JSON.stringify(change.before),
          found: JSON.stringify(present),
        },
      );
    }
    writeCell(database, change, change.after);
  }
}

/** Whether a value from a journal has the form of a changed cell; that the cell exists is checked when it is touched. */
function isCellChange(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { table, key, column, before, after } = value as JsonObject;
  const isKey = Array.isArray(key) && key.every(Number.isInteger);
  return (
    typeof table === 'string' && typeof column === 'string' && isKey && before !== undefined && after !== undefined
  );
}

/** The change set that an entry of kind 'change', 'undo' or 'redo' carries. @throws StoreError 'corrupt' */
export function changesOf(entry: JournalEntry, file: string): ChangeSet {
  const { changes } = entry.payload;
  if (!Array.isArray(changes) || !changes.every(isCellChange)) {
    throw corrupt(file, `journal entry ${entry.seq} does not say what it changed`);
  }
  return changes as ChangeSet;
}

/** Applies a new change set and journals it. Call it inside a transaction, or let it be one. */
export function applyChange(
  database: Database,
  clock: Clock,
  actor: string,
  action: string,
  changes: ChangeSet,
  payload: JsonObject = {},
): JournalEntry {
  return database.transaction(() => {
    apply(database, changes);
    const kept = { ...payload, changes: changesToJson(changes) };
    return appendEntry(database, clock, { actor, action, kind: 'change', target: null, payload: kept });
  });
}

function step(database: Database, clock: Clock, actor: string, kind: 'undo' | 'redo'): JournalEntry {
  return database.transaction(() => {
    const target = kind === 'undo' ? nextUndo(database) : nextRedo(database);
    if (target === undefined) {
      throw new StoreError('nothing-to-undo', `There is nothing to ${kind} in ${quoted(database.file)}.`, {
        file: database.file,
      });
    }
    const original = journalEntry(database, target);
    const changes = kind === 'undo' ? inverse(changesOf(original, database.file)) : changesOf(original, database.file);
    apply(database, changes);
    const payload = { changes: changesToJson(changes), of: original.action };
    return appendEntry(database, clock, { actor, action: kind, kind, target, payload });
  });
}

/** The writing half of the journal. */
export function createJournalWriter(database: Database, clock: Clock): JournalWriter {
  return {
    record: (actor, action, payload) =>
      database.transaction(() =>
        appendEntry(database, clock, { actor, action, kind: 'record', target: null, payload }),
      ),
    change: (actor, action, changes, payload) => applyChange(database, clock, actor, action, changes, payload),
    undo: (actor) => step(database, clock, actor, 'undo'),
    redo: (actor) => step(database, clock, actor, 'redo'),
  };
}
