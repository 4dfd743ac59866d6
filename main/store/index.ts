/** Public entry of the project store: one SQLite file per project, one writer, a reader that cannot write. */
export { createProject } from './create.ts';
export type { CreateOptions } from './create.ts';
export { openProject } from './open.ts';
export type { OpenOptions } from './open.ts';
export { canonicalJson } from './canonical-json.ts';
export { StoreError } from './errors.ts';
export type { StoreErrorCode, StoreErrorDetails } from './errors.ts';
export type * from './project.ts';
export type * from './records.ts';
export type { CellChange, ChangeSet, EditableCells, EditableTable } from './changes.ts';
export { createReadingThread } from './thread/reading-thread.ts';
export type { ReadingThread } from './thread/reading-thread.ts';
export type { JournalCheck, ProjectColumns, WordScores } from './thread/messages.ts';
