/** Changes of words for the command line, and their history; every change is one journalled, reversible step. */
import type { HistoryLine } from '../../preload/contract/index.ts';
import type { JournalEntry, Project, RunRecord } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { changesOf, toLine } from './history.ts';
import { chosenRun, withProject, withReader } from './project-access.ts';
import { RunMemory } from './run-memory.ts';
import type { JournalLine, RunChoice } from './services.ts';
import { splitWord } from './splitting.ts';

/** Does one step to words of a run; null when it changed nothing. */
export function changeWords(
  context: ServiceContext,
  path: string,
  { runId }: RunChoice,
  step: (project: Project, run: RunRecord) => JournalEntry | undefined,
): Promise<HistoryLine | null> {
  return withProject(context, path, (project) => lineOf(step(project, chosenRun(project.read, runId))));
}

/** Divides a word in two; null when it is divided already. */
export function divideWord(
  context: ServiceContext,
  path: string,
  word: number,
  { runId }: RunChoice,
  hooks: Hooks,
): Promise<HistoryLine | null> {
  // For reading: the division is computed first, and the project is opened for writing only to keep it.
  return withReader(context, path, async ({ read, path: projectPath }) => {
    const memory = new RunMemory(read, undefined, chosenRun(read, runId));
    return lineOf(await splitWord(context, memory, projectPath, word, hooks));
  });
}

function lineOf(entry: JournalEntry | undefined): HistoryLine | null {
  return entry ? toLine(entry) : null;
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
export function readHistory(context: ServiceContext, path: string, limit = 50): Promise<readonly JournalLine[]> {
  return withReader(context, path, ({ read }) =>
    read.journal.list({ limit }).map((entry) => ({ ...toLine(entry), changes: changesOf(entry) })),
  );
}
