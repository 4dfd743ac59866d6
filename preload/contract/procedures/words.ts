/** Procedures of words: look, name, sort, change, and take back. */
import { z } from 'zod';
import { EDITS_PER_ACTION, PAGE_ROWS } from '../limits.ts';
import { command, job, query } from '../procedure.ts';
import { index, projectKey, runChoice } from '../schemas/common.ts';
import {
  changeResult,
  historyLine,
  patchPage,
  sensitivity,
  wordChange,
  wordDetail,
  wordEdit,
  wordEffect,
  wordList,
  wordMap,
} from '../schemas/words.ts';

const ofWord = { ...runChoice, index };
const ofProject = { project: projectKey };

export const wordProcedures = {
  'words.list': query('viewer', z.strictObject(runChoice), wordList),
  'words.get': query('viewer', z.strictObject(ofWord), wordDetail),
  /** More evidence: patches by score, a seeded draw, or strong patches in images of classes it does not push. */
  'words.patches': query(
    'viewer',
    z.strictObject({
      ...ofWord,
      kind: z.enum(['top', 'random', 'counter']),
      offset: index,
      limit: z.int().min(1).max(PAGE_ROWS),
      seed: index.optional(),
    }),
    patchPage,
  ),
  'words.map': job('viewer', z.strictObject(runChoice), wordMap),
  'words.sensitivity': job('viewer', z.strictObject(ofWord), sensitivity),
  /** Effect of a change on both fidelities, before it is made. */
  'words.effect': query('viewer', z.strictObject({ ...runChoice, change: wordChange }), wordEffect),
  /** Names, sorts, notes, tags, excludes: one action however many words, undone in one step. */
  'words.edit': command(
    'annotator',
    z.strictObject({ ...runChoice, edits: z.array(wordEdit).min(1).max(EDITS_PER_ACTION) }),
    changeResult,
  ),
  /** Members are shown and counted as one word under the leader's name; taken apart with `words.separate`. */
  'words.merge': command(
    'annotator',
    z.strictObject({ ...runChoice, leader: index, members: z.array(index).min(1).max(EDITS_PER_ACTION) }),
    changeResult,
  ),
  /** Takes a merged word apart. */
  'words.separate': command('annotator', z.strictObject({ ...runChoice, leader: index }), changeResult),
  /** Divides a word that means two things by the looks of its patches: every image goes to one of the two children. */
  'words.split': job('annotator', z.strictObject(ofWord), changeResult),
  /** Puts a split word together again. */
  'words.rejoin': command('annotator', z.strictObject(ofWord), changeResult),
  /** The journal, newest first. */
  'history.list': query(
    'viewer',
    z.strictObject({ ...ofProject, limit: z.int().min(1).max(PAGE_ROWS), before: index.optional() }),
    z.object({ lines: z.array(historyLine), undoable: historyLine.nullable(), redoable: historyLine.nullable() }),
  ),
  'history.undo': command('annotator', z.strictObject({ ...ofProject, runId: index.nullish() }), changeResult),
  'history.redo': command('annotator', z.strictObject({ ...ofProject, runId: index.nullish() }), changeResult),
} as const;
