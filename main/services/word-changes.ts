/** What people do with words: edit, merge, separate, put together again. Each action is one journalled, reversible step. */
import type { WordEdit } from '../../preload/contract/index.ts';
import { StoreError } from '../store/index.ts';
import type { CellChange, JournalEntry, Project, RunRecord, WordEdit as WordsEdit } from '../store/index.ts';
import { presentWords } from './word-groups.ts';
import type { PresentWord, PresentWords } from './word-groups.ts';

/** Only what a change needs of a project. */
export type WordsProject = Pick<Project, 'read' | 'write'>;

/**
 * Edits many words in one step; undefined when nothing changed. Leaving out a word of a group leaves out the whole group:
 * a group acts as one word.
 * @throws StoreError 'value-refused' for a name with control characters, 'not-found' for a word that is not there
 */
export function editWords(
  { read, write }: WordsProject,
  run: RunRecord,
  actor: string,
  edits: readonly WordEdit[],
): JournalEntry | undefined {
  const present = presentWords(read, run);
  // One entry per word: a word may be edited by itself and excluded with its group.
  const wanted = new Map<number, WordsEdit>();
  for (const { index, isExcluded, ...said } of edits) {
    wanted.set(index, { ...wanted.get(index), ...defined(said) });
    if (isExcluded === undefined) continue;
    for (const member of groupOf(present, index, run)) wanted.set(member, { ...wanted.get(member), isExcluded });
  }
  return write.words.editMany(
    actor,
    run.runId,
    [...wanted].map(([wordIndex, edit]) => ({ wordIndex, edit })),
  );
}

/**
 * States that words mean the same: the members are shown and counted inside the leader. A member that led a group brings
 * its own members along. Predictions do not change, attention fidelity may.
 */
export function mergeWords(
  { read, write }: WordsProject,
  run: RunRecord,
  actor: string,
  leader: number,
  members: readonly number[],
): JournalEntry | undefined {
  const changes = mergeChanges(presentWords(read, run), run, leader, members);
  return changes.length === 0 ? undefined : write.journal.change(actor, 'word.merge', changes);
}

/** The cells that a merge changes. @throws StoreError 'value-refused' with the reason */
export function mergeChanges(
  present: PresentWords,
  run: RunRecord,
  leader: number,
  members: readonly number[],
): readonly CellChange[] {
  const target = wordAt(present, leader, run);
  if (target.leader !== leader) {
    throw refused(run, leader, `Word ${leader} is shown inside word ${target.leader}: merge into that one.`);
  }
  const all = new Set(members.flatMap((member) => [member, ...wordAt(present, member, run).members]));
  all.delete(leader);
  for (const index of [leader, ...all]) {
    const word = wordAt(present, index, run);
    if (!word.isPresent)
      throw refused(run, index, `Word ${index} does not stand by itself at present: ${whyAbsent(word)}`);
    if (word.isExcluded !== target.isExcluded) {
      throw refused(
        run,
        index,
        `Word ${target.isExcluded ? leader : index} is excluded and word ${target.isExcluded ? index : leader} is not. Include both or exclude both, then merge.`,
      );
    }
  }
  return [...all]
    .sort((a, b) => a - b)
    .filter((index) => wordAt(present, index, run).leader !== leader)
    .map((index) => {
      const { leader: old } = wordAt(present, index, run);
      return { ...cell(run, index, 'mergedInto'), before: old === index ? null : old, after: leader };
    });
}

/** Takes a group apart; undefined when the word stands alone. */
export function separateWords(
  { read, write }: WordsProject,
  run: RunRecord,
  actor: string,
  leader: number,
): JournalEntry | undefined {
  const { members } = wordAt(presentWords(read, run), leader, run);
  if (members.length === 0) return undefined;
  const changes = members.map((index) => ({ ...cell(run, index, 'mergedInto'), before: leader, after: null }));
  return write.journal.change(actor, 'word.separate', changes);
}

/** Puts a divided word together again; undefined when it is not divided. */
export function rejoinWord(
  { read, write }: WordsProject,
  run: RunRecord,
  actor: string,
  index: number,
): JournalEntry | undefined {
  const present = presentWords(read, run);
  if (!wordAt(present, index, run).isSplit) return undefined;
  const merged = present.words.find(
    ({ splitFrom, leader, members, index: child }) => splitFrom === index && (leader !== child || members.length > 0),
  );
  if (merged) {
    throw refused(
      run,
      index,
      `Word ${merged.index} is merged with others: separate it before word ${index} is put together again.`,
    );
  }
  return write.journal.change(actor, 'word.rejoin', [{ ...cell(run, index, 'isSplit'), before: true, after: false }]);
}

/** Shows the children of a word that was divided before. */
export function showChildren(
  { write }: WordsProject,
  run: RunRecord,
  actor: string,
  index: number,
  children: readonly number[],
): JournalEntry {
  return write.journal.change(actor, 'word.split', [{ ...cell(run, index, 'isSplit'), before: false, after: true }], {
    children,
  });
}

/** @throws StoreError 'value-refused' when a word cannot be divided now, with what to do first */
export function requireDivisible(present: PresentWords, run: RunRecord, index: number): void {
  const word = wordAt(present, index, run);
  if (word.splitFrom !== null)
    throw refused(run, index, `Word ${index} is one part of word ${word.splitFrom}; parts cannot be split again.`);
  if (word.leader !== index || word.members.length > 0)
    throw refused(run, index, `Word ${index} is merged with others: separate it first.`);
  if (word.isExcluded) throw refused(run, index, `Word ${index} is excluded: include it first.`);
}

/** @throws StoreError 'not-found' */
export function wordAt(present: PresentWords, index: number, { runId }: RunRecord): PresentWord {
  const word = present.words[index];
  if (word) return word;
  throw new StoreError(
    'not-found',
    `There is no word ${index} in run ${runId}: it has words 0 to ${present.words.length - 1}.`,
    {
      table: 'words',
      row: `${runId}, ${index}`,
    },
  );
}

function groupOf(present: PresentWords, index: number, run: RunRecord): readonly number[] {
  const { leader } = wordAt(present, index, run);
  return [leader, ...wordAt(present, leader, run).members];
}

function whyAbsent({ isSplit, splitFrom }: PresentWord): string {
  return isSplit ? 'it is split in two; use its parts.' : `word ${splitFrom} is not split any more.`;
}

function cell(run: RunRecord, index: number, column: 'mergedInto' | 'isSplit') {
  return { table: 'words', key: [run.runId, index], column } as const;
}

function refused({ runId }: RunRecord, index: number, message: string): StoreError {
  return new StoreError('value-refused', message, { table: 'words', row: `${runId}, ${index}` });
}

/** The fields that were given: absent and undefined mean the same to a caller, not to the store's types. */
function defined<Fields extends object>(fields: Fields): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
