/** Procedures of words and of the history: look, change, take back. */
import type { ChangeResult, ProjectKey } from '../../../preload/contract/index.ts';
import type { JournalEntry, Project, RunRecord } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';
import { changedWords, toLine } from '../history.ts';
import { chosenRun, withProject } from '../project-access.ts';
import { createRunMemories } from '../run-memory.ts';
import type { RunMemory } from '../run-memory.ts';
import { listWords, wordCards } from '../word-cards.ts';
import { editWords, mergeWords, rejoinWord, separateWords } from '../word-changes.ts';
import { wordDetail } from '../word-detail.ts';
import { presentWords } from '../word-groups.ts';
import type { Call, HandlersOf } from './handler.ts';

/** A run as a procedure names it. */
interface ChosenRun {
  readonly project: ProjectKey;
  readonly runId?: number | null | undefined;
}

/** Implements `words.*` and `history.*`. */
export function createWordsHandlers(context: ServiceContext): HandlersOf<'words' | 'history'> {
  const memories = createRunMemories();

  function memoryOf({ project, runId }: ChosenRun): RunMemory {
    const { reader, writer } = context.projects.get(project);
    return memories.of(reader.read, writer?.write, chosenRun(reader.read, runId ?? undefined));
  }

  /** Does a change; tells everybody, and answers with the cards that changed. */
  async function change(
    choice: ChosenRun,
    action: (project: Project, run: RunRecord) => JournalEntry | undefined,
  ): Promise<ChangeResult> {
    const { path } = context.projects.get(choice.project).facts;
    const entry = await withProject(context, path, (project) =>
      action(project, chosenRun(project.read, choice.runId ?? undefined)),
    );
    return entry ? await tell(choice.project, entry) : { line: null, words: [] };
  }

  async function tell(project: ProjectKey, entry: JournalEntry): Promise<ChangeResult> {
    const line = toLine(entry);
    const changed = changedWords(entry);
    const words = changed && (await familyCards(memoryOf({ project, runId: changed.runId }), changed.words));
    context.events.emit({
      name: 'journal',
      payload: { project, line, runId: changed?.runId ?? null, words: words?.map(({ index }) => index) ?? null },
    });
    return { line, words: words ?? [] };
  }

  const step = async (project: ProjectKey, action: (project: Project) => JournalEntry): Promise<ChangeResult> =>
    tell(project, await withProject(context, context.projects.get(project).facts.path, action));

  const { actor } = context;
  const handlers: Partial<HandlersOf<'words' | 'history'>> = {
    'words.list': (choice) => listWords(memoryOf(choice)),
    'words.get': ({ index, ...choice }) => wordDetail(memoryOf(choice), index),
    'words.edit': ({ edits, ...choice }, call) =>
      change(choice, (project, run) => editWords(project, run, actorOf(call, actor), edits)),
    'words.merge': ({ leader, members, ...choice }, call) =>
      change(choice, (project, run) => mergeWords(project, run, actorOf(call, actor), leader, members)),
    'words.separate': ({ leader, ...choice }, call) =>
      change(choice, (project, run) => separateWords(project, run, actorOf(call, actor), leader)),
    'words.rejoin': ({ index, ...choice }, call) =>
      change(choice, (project, run) => rejoinWord(project, run, actorOf(call, actor), index)),
    'history.list': ({ project, limit, before }) => {
      const { journal } = context.projects.get(project).reader.read;
      const [undoable, redoable] = [journal.undoable(), journal.redoable()];
      return {
        lines: journal.list({ limit, ...(before !== undefined && { before }) }).map(toLine),
        undoable: undoable ? toLine(undoable) : null,
        redoable: redoable ? toLine(redoable) : null,
      };
    },
    'history.undo': ({ project }, call) => step(project, ({ write }) => write.journal.undo(actorOf(call, actor))),
    'history.redo': ({ project }, call) => step(project, ({ write }) => write.journal.redo(actorOf(call, actor))),
  };
  return handlers as HandlersOf<'words' | 'history'>;
}

/** Who acts: the caller, or whoever started the application. */
function actorOf(call: Call, otherwise: string): string {
  return call.actor === '' ? otherwise : call.actor;
}

/** Cards of changed words and of those whose cards speak of them: parents, children, leaders, members. */
async function familyCards(memory: RunMemory, changed: readonly number[]) {
  const { words } = presentWords(memory.read, memory.run);
  const family = new Set(
    changed.flatMap((index) => {
      const { leader, members, splitFrom } = words[index]!;
      const children = words.filter((word) => word.splitFrom === index);
      return [
        index,
        leader,
        ...members,
        ...children.map((child) => child.index),
        ...(splitFrom === null ? [] : [splitFrom]),
      ];
    }),
  );
  return wordCards(
    memory,
    [...family].sort((a, b) => a - b),
  );
}
