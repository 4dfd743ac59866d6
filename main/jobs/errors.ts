/** Failures of the compute process itself; failures of a task arrive as the EngineError the task threw. */

/**
 * - `compute-crashed`: the process ended in the middle of a job (a native crash, out of memory, a kill from outside);
 * - `compute-timeout`: the job ran past its time limit and was killed;
 * - `compute-unavailable`: the process could not be started;
 * - `task-failed`: the task threw something that is not an EngineError (a bug of ours: report it);
 * - `queue-closed`: the queue was disposed before the job could finish.
 */
export type JobErrorCode =
  'compute-crashed' | 'compute-timeout' | 'compute-unavailable' | 'task-failed' | 'queue-closed';

/** What is known about the end of the process. */
export interface JobErrorDetails {
  readonly task?: string;
  readonly exitCode?: number;
  readonly exitSignal?: string;
  /** The last lines the process wrote to its error stream. */
  readonly diagnostics?: string;
}

/** A job ended without a result although its input was acceptable; the next job starts in a fresh process. */
export class JobError extends Error {
  override readonly name = 'JobError';
  readonly code: JobErrorCode;
  readonly details: JobErrorDetails;

  constructor(code: JobErrorCode, message: string, details: JobErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}
