/** What one migration is. */

/** One step from one schema to the next. */
export interface Migration {
  /** The schema's number after this step. */
  readonly version: number;
  /** What it brings, for the log. */
  readonly summary: string;
  /** Statements, run in one transaction with foreign keys checked at its end. */
  readonly script: string;
}
