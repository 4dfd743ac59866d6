/** Public entry of the project store: one SQLite file per project, one writer, a reader that cannot write. */
export { createProject, openProject } from './open.ts';
export type { CreateOptions, OpenOptions } from './open.ts';
export { StoreError } from './errors.ts';
export type { StoreErrorCode, StoreErrorDetails } from './errors.ts';
export type * from './project.ts';
export type * from './records.ts';
export type { CellChange, ChangeSet, EditableCells, EditableTable } from './changes.ts';
