/** Names of words for the command line: rename, undo, redo, history; every change is journalled and reversible. */
import type { HistoryLine } from '../../preload/contract/index.ts';
import type { ServiceContext } from './context.ts';
import { toLine } from './history.ts';
import { chosenRun, withProject, withReader } from './project-access.ts';
import type { RunChoice } from './services.ts';
import { editWords } from './word-changes.ts';

/** Gives a word a name; an empty one takes it away. Null when it has that name already. */
export function renameWord(
  context: ServiceContext,
  path: string,
  word: number,
  name: string,
  { runId }: RunChoice,
): Promise<HistoryLine | null> {
  return withProject(context, path, (project) => {
    const run = chosenRun(project.read, runId);
    const entry = editWords(project, run, context.actor, [{ index: word, name }]);
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
