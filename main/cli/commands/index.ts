/** All commands, in the order of the help: the way of a project from the model to the proof. */
import type { AddCommand } from '../command.ts';
import { addArrangement, addMerge } from './arrange.ts';
import { addAttribute } from './attribute.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { addEdit } from './edit.ts';
import { addEvaluate } from './evaluate.ts';
import { addExplain } from './explain.ts';
import { addExport } from './export.ts';
import { addHistory } from './history.ts';
import { addInfo } from './info.ts';
import { addLearn } from './learn.ts';
import { addNew } from './new.ts';
import { addRedo } from './redo.ts';
import { addRename } from './rename.ts';
import { addServe } from './serve.ts';
import { addUndo } from './undo.ts';
import { addVerify } from './verify.ts';
import { addWords } from './words.ts';

/** Each adds itself to the program. */
export const COMMANDS: readonly AddCommand[] = [
  addNew,
  addInfo,
  addLearn,
  addEvaluate,
  addWords,
  addExplain,
  addAttribute,
  addRename,
  addEdit,
  addMerge,
  addArrangement,
  addUndo,
  addRedo,
  addHistory,
  addExport,
  addServe,
  addVerify,
  addDoctor,
  addDemo,
];
