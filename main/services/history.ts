/** The journal for people: every entry as a short sentence. */
import type { HistoryLine } from '../../preload/contract/index.ts';
import type { CellChange, Json, JournalEntry, JsonObject } from '../store/index.ts';

/** Words named one by one in a sentence; more are counted. */
const LISTED = 6;

/** Longest text quoted in a sentence, characters. */
const QUOTED = 60;

/** An entry of the journal as a line of the history. */
export function toLine(entry: JournalEntry): HistoryLine {
  const isReversal = entry.kind === 'undo' || entry.kind === 'redo';
  const of = isReversal ? String(entry.payload['of'] ?? '') : '';
  return {
    sequence: entry.seq,
    at: entry.time,
    actor: entry.actor,
    action: isReversal ? `${entry.kind} of ${entry.target}${of === '' ? '' : `: ${of}`}` : entry.action,
    detail: sentenceOf(entry),
  };
}

/** Words whose cells an entry changed, ascending; null when the entry changed no word. */
export function changedWords(
  entry: JournalEntry,
): { readonly runId: number; readonly words: readonly number[] } | null {
  const own = changesOf(entry).filter(({ table }) => table === 'words');
  const [first] = own;
  if (first === undefined) return null;
  const words = new Set<number>();
  for (const { key, column, before, after } of own) {
    words.add(key[1]!);
    // A merged word changes the cards of its old and its new leader as well.
    if (column === 'mergedInto')
      for (const leader of [before, after]) if (typeof leader === 'number') words.add(leader);
  }
  return { runId: first.key[0]!, words: [...words].sort((a, b) => a - b) };
}

function sentenceOf(entry: JournalEntry): string {
  const changes = changesOf(entry);
  switch (entry.kind) {
    case 'change':
      return changeSentence(changes, entry.payload);
    case 'undo':
    case 'redo':
      return `${entry.kind === 'undo' ? 'Took back' : 'Did again'} step ${entry.target}. ${changeSentence(changes, entry.payload)}`;
    case 'record':
      return RECORDS[entry.action]?.(entry.payload) ?? `${capitalised(entry.action.replaceAll('.', ' '))}.`;
  }
}

/** Cells an entry changed; none for an entry that cannot be taken back. */
export function changesOf({ payload }: JournalEntry): readonly CellChange[] {
  const { changes } = payload;
  return Array.isArray(changes) ? (changes as unknown as readonly CellChange[]) : [];
}

/** One sentence per kind of change in a change set: 'Named word 12 "spotted fur" (was "fur").' */
function changeSentence(changes: readonly CellChange[], payload: JsonObject): string {
  if (changes.length === 0) return 'Changed nothing.';
  return [...Map.groupBy(changes, groupOf).values()].map((group) => sentenceOfGroup(group, payload)).join(' ');
}

/** Changes that share a sentence: same column, and the same value where the sentence names it. */
function groupOf({ table, column, after }: CellChange): string {
  return JSON.stringify(
    column === 'name' || column === 'note' || column === 'tags' ? [table, column] : [table, column, after],
  );
}

function sentenceOfGroup(group: readonly CellChange[], payload: JsonObject): string {
  const [first] = group as readonly [CellChange];
  const { column, before, after } = first;
  const who = wordList(group.map(({ key }) => key[1] ?? -1));
  switch (column) {
    case 'name':
      return group.length > 1 ? `Named ${who}.` : nameSentence(who, before, after);
    case 'status':
      return `Marked ${who} as ${String(after)}${group.length > 1 ? '' : ` (was ${String(before)})`}.`;
    case 'note':
      return `${after === '' && group.length === 1 ? 'Removed the note of' : 'Wrote a note on'} ${who}.`;
    case 'tags':
      return group.length > 1 || !Array.isArray(after)
        ? `Tagged ${who}.`
        : after.length === 0
          ? `Removed the tags of ${who}.`
          : `Tagged ${who}: ${after.map((tag) => quoted(tag)).join(', ')}.`;
    case 'isExcluded':
      return after === true ? `Excluded ${who}.` : `Included ${who} again.`;
    case 'mergedInto':
      return after === null
        ? `Took ${who} apart from word ${String(before)}.`
        : `Merged ${who} into word ${String(after)}.`;
    case 'isSplit': {
      const { children } = payload;
      const into = Array.isArray(children) ? ` into words ${children.map(String).join(' and ')}` : '';
      return after === true ? `Split ${who}${into}.` : `Put ${who} together again.`;
    }
    case 'notes':
      return `Wrote a note on run ${first.key[0]}.`;
  }
}

function nameSentence(who: string, before: Json, after: Json): string {
  const was = before === null ? 'was unnamed' : `was ${quoted(before)}`;
  return after === null ? `Took the name of ${who} away (${was}).` : `Named ${who} ${quoted(after)} (${was}).`;
}

/** Entries that cannot be taken back, by action. */
const RECORDS: Readonly<Record<string, (payload: JsonObject) => string>> = {
  'project.create': () => 'Made the project.',
  'model.add': () => 'Imported the model.',
  'images.add': ({ count }) => `Imported ${String(count)} images.`,
  'images.split': () => 'Divided the images into train, validation and test.',
  'setting.set': ({ key }) => `Changed the setting ${quoted(key ?? '')}.`,
  'run.plan': ({ runId }) => `Planned run ${String(runId)}.`,
  'run.start': ({ runId }) => `Started run ${String(runId)}.`,
  'run.done': ({ runId, wordCount }) => `Finished run ${String(runId)} with ${String(wordCount)} words.`,
  'run.failed': ({ runId }) => `Run ${String(runId)} failed.`,
  'run.cancelled': ({ runId }) => `Stopped run ${String(runId)}.`,
  'run.patches': ({ runId, patchCount }) => `Stored ${String(patchCount)} patches of run ${String(runId)}.`,
  'word.divide': ({ wordIndex }) => `Divided the images of word ${String(wordIndex)} between two new words.`,
  'evaluation.add': ({ runId, split }) => `Measured run ${String(runId)} on the ${String(split)} images.`,
};

/** 'word 12', 'words 3, 7 and 9', '40 words (3, 7, 9, ...)'. */
function wordList(words: readonly number[]): string {
  const sorted = [...new Set(words)].sort((a, b) => a - b);
  if (sorted.length === 1) return `word ${sorted[0]}`;
  if (sorted.length > LISTED) return `${sorted.length} words (${sorted.slice(0, LISTED).join(', ')}, ...)`;
  return `words ${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1)}`;
}

function quoted(value: Json): string {
  const text = String(value);
  return `"${text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text}"`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
