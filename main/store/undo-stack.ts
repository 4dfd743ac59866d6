/** What undo and redo would do next, derived from the journal alone: it survives a restart because there is nothing else to lose. */
import type { Database } from './database.ts';
import type { JournalKind } from './project.ts';
import { sql } from './sql.ts';

interface Step {
  readonly seq: number;
  readonly kind: Exclude<JournalKind, 'record'>;
  readonly target: number | null;
}

/** Sequence numbers of changes: done and not undone (newest last), undone and not overtaken by a new change (newest last). */
interface Stacks {
  readonly done: readonly number[];
  readonly undone: readonly number[];
}

function stacks(database: Database): Stacks {
  const done: number[] = [];
  let undone: number[] = [];
  const steps = database.all<Step>(sql`SELECT seq, kind, target FROM journal WHERE kind <> 'record' ORDER BY seq`);
  for (const { seq, kind, target } of steps) {
    if (kind === 'change') {
      done.push(seq);
      // A new change makes what was undone unreachable, as in every editor.
      undone = [];
    } else {
      const from = kind === 'undo' ? done : undone;
      const to = kind === 'undo' ? undone : done;
      const popped = from.pop();
      to.push(target ?? popped ?? seq);
    }
  }
  return { done, undone };
}

/** The change that `undo` would undo, or undefined. */
export function nextUndo(database: Database): number | undefined {
  return stacks(database).done.at(-1);
}

/** The change that `redo` would do again, or undefined. */
export function nextRedo(database: Database): number | undefined {
  return stacks(database).undone.at(-1);
}
