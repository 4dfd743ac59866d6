/** Names of words: rename, undo, redo, history; every change is journalled and reversible. */
import type { HistoryLine } from '../../preload/contract/index.ts';
import type { JournalEntry } from '../store/index.ts';
import type { ServiceContext } from './context.ts';
import { chosenRun, withProject, withReader } from './project-access.ts';
import type { RunChoice } from './services.ts';

/** Gives a word a name; an empty one takes it away. Null when it has that name already. */
export function renameWord(
  context: ServiceContext,
  path: string,
  word: number,
  name: string,
  { runId }: RunChoice,
): Promise<HistoryLine | null> {
  return withProject(context, path, ({ read, write }) => {
    const run = chosenRun(read, runId);
    const entry = write.words.rename(context.actor, run.runId, word, name.trim() === '' ? null : name);
    return entry ? toLine(entry) : null;
  });
}

/** Undoes the newest change. @throws StoreError 'nothing-to-undo' */
export function undoChange(context: ServiceContext, path: string): Promise<HistoryLine> {
  return withProject(context, path, ({ write }) => toLine(write.journal.undo(context.actor)));
}

/** Does the newest undone change again. @throws StoreError 'nothing-to-undo' */
export function redoChange(context: ServiceContext, path: string): Promise<HistoryLine> {
  return withProject(context, path, ({ write }) => toLine(write.journal.redo(context.actor)));
}

/** The journal, newest first. */
export function readHistory(context: ServiceContext, path: string, limit = 50): Promise<readonly HistoryLine[]> {
  return withReader(context, path, ({ read }) => read.journal.list({ limit }).map(toLine));
}

function toLine(entry: JournalEntry): HistoryLine {
  return {
    sequence: entry.seq,
    at: entry.time,
    actor: entry.actor,
    action:
      entry.kind === 'undo' || entry.kind === 'redo'
        ? `${entry.kind} of ${entry.target}: ${entry.action}`
        : entry.action,
    detail: JSON.stringify(entry.payload),
  };
}
