/** Errors of the project store: what a user can act on carries a code and the place it was found. */

/** Codes of expected failures, one per kind; the carriers translate them to sentences and exit codes. */
export type StoreErrorCode =
  /** No file at this path. */
  | 'project-missing'
  /** A new project was asked for at a path that is taken. */
  | 'project-exists'
  /** The file is not a Vislex project at all. */
  | 'not-a-project'
  /** The project was written by a newer Vislex. */
  | 'schema-newer'
  /** The tables or triggers of the file are not those of its declared version. */
  | 'schema-changed'
  /** The file is damaged: truncated, bit-flipped, or written by something else. */
  | 'corrupt'
  /** Another process or window holds the project for writing. */
  | 'opened-twice'
  /** Another process kept the file busy for longer than the timeout. */
  | 'busy'
  /** The disk (or quota) is full; nothing of the failed action was kept. */
  | 'disk-full'
  /** The file or its folder cannot be written. */
  | 'read-only'
  /** The disk failed to read or write. */
  | 'input-output'
  /** The project is closed already. */
  | 'closed'
  /** A row that was asked for does not exist. */
  | 'not-found'
  /** A value is outside what the project may hold; details.column says which. */
  | 'value-refused'
  /** A row that must be unique exists already. */
  | 'duplicate'
  /** There is nothing to undo or redo. */
  | 'nothing-to-undo'
  /** The present value is not the one that the change to undo left behind. */
  | 'undo-conflict'
  /** The journal's hash chain is broken. */
  | 'journal-broken'
  /** A migration failed; the project is as it was before. */
  | 'migration-failed'
  /** A backup could not be made or verified. */
  | 'backup-failed';

/** Where an expected failure was found; every field that is known is filled. */
export interface StoreErrorDetails {
  readonly file?: string;
  readonly table?: string;
  readonly column?: string;
  readonly row?: string;
  /** Sequence number of a journal entry. */
  readonly entry?: number;
  readonly expected?: string;
  readonly found?: string;
  /** SQLite's or the operating system's own code, such as 'SQLITE_FULL' or 'ENOSPC'. */
  readonly cause?: string;
}

/** A failure of the project store that the user can act on: what, where and what to do, with the value quoted. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly details: StoreErrorDetails;

  constructor(code: StoreErrorCode, message: string, details: StoreErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}
