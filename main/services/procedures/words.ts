/** Procedures of words and of the history: look, change, take back. */
import type { ChangeResult, ProjectKey } from '../../../preload/contract/index.ts';
import type { JournalEntry, Project, RunRecord } from '../../store/index.ts';
import { actingAs } from '../context.ts';
import type { ServiceContext } from '../context.ts';
import { changedWords, toLine } from '../history.ts';
import { morePatches } from '../more-patches.ts';
import { chosenRun, withProject } from '../project-access.ts';
import { createRunMemories } from '../run-memory.ts';
import type { RunMemory } from '../run-memory.ts';
import { measureWordSensitivity } from '../sensitivity.ts';
import { splitWord } from '../splitting.ts';
import { listWords, wordCards } from '../word-cards.ts';
import { editWords, mergeWords, rejoinWord, separateWords } from '../word-changes.ts';
import { wordDetail } from '../word-detail.ts';
import { measureChange } from '../word-effects.ts';
import { presentWords } from '../word-groups.ts';
import { wordMapOf } from '../word-map.ts';
import type { Call, HandlersOf } from './handler.ts';

/** A run as a procedure names it. */
interface ChosenRun {
  readonly project: ProjectKey;
  readonly runId?: number | null | undefined;
}

/** Implements `words.*` and `history.*`. */
export function createWordsHandlers(context: ServiceContext): HandlersOf<'words' | 'history'> {
  const memories = createRunMemories();
  const pathOf = (project: ProjectKey): string => context.projects.get(project).facts.path;

  function memoryOf({ project, runId }: ChosenRun): RunMemory {
    const { reader, writer } = context.projects.get(project);
    return memories.of(reader.read, writer?.write, chosenRun(reader.read, runId ?? undefined));
  }

  /** Does a change; tells everybody, and answers with the cards that changed. */
  async function change(
    choice: ChosenRun,
    action: (project: Project, run: RunRecord) => JournalEntry | undefined,
  ): Promise<ChangeResult> {
    const entry = await withProject(context, pathOf(choice.project), (project) =>
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
    tell(project, await withProject(context, pathOf(project), action));

  const { actor } = context;
  return {
    'words.list': (choice) => listWords(memoryOf(choice)),
    'words.get': ({ index, ...choice }) => wordDetail(memoryOf(choice), index),
    'words.patches': ({ project, runId, ...request }, call) =>
      morePatches(context, memoryOf({ project, runId }), pathOf(project), request, call),
    'words.map': (choice, call) => wordMapOf(context, memoryOf(choice), call),
    'words.sensitivity': ({ index, ...choice }, call) => measureWordSensitivity(context, memoryOf(choice), index, call),
    'words.effect': ({ change: wanted, ...choice }, call) =>
      measureChange(context, memoryOf(choice), pathOf(choice.project), wanted, call),
    'words.split': async ({ index, ...choice }, call) => {
      const { project } = choice;
      const acting = actingAs(context, { actor: actorOf(call, actor) });
      const entry = await splitWord(acting, memoryOf(choice), pathOf(project), index, call);
      return entry ? await tell(project, entry) : { line: null, words: [] };
    },
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
