/** Messages between the queue and the compute process; structured clone ('advanced' serialization), so typed arrays pass. */
import type { EngineErrorCode, ErrorDetails } from '../engine/errors.ts';
import { EngineError } from '../engine/errors.ts';
import { JobError } from './errors.ts';

/** How far a job is. `done` never decreases within a phase; a new phase may start at 0. */
export interface Progress {
  /** What is being done, in the task's words: 'inspect', 'extract', 'joint'. */
  readonly phase: string;
  /** Units finished, 0..total, those of an earlier interrupted run included. */
  readonly done: number;
  readonly total: number;
  /** What is counted: 'images', 'steps'. */
  readonly unit: string;
  /** Units per second of this run; undefined until it can be told. */
  readonly ratePerSecond: number | undefined;
  /** Estimated seconds to the end of the phase; undefined until it can be told. */
  readonly secondsLeft: number | undefined;
  /** A short remark, for example the current loss. */
  readonly message: string | undefined;
}

/** Queue -> compute process. */
export type JobRequest =
  | { readonly kind: 'start'; readonly jobId: number; readonly task: string; readonly input: unknown }
  | { readonly kind: 'cancel'; readonly jobId: number }
  | { readonly kind: 'shutdown' };

/** Compute process -> queue. */
export type JobReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly jobId: number; readonly progress: Progress }
  | { readonly kind: 'event'; readonly jobId: number; readonly event: unknown }
  | { readonly kind: 'result'; readonly jobId: number; readonly output: unknown }
  | { readonly kind: 'failure'; readonly jobId: number; readonly failure: Failure };

/** An error as plain data. */
export interface Failure {
  /** True when the task threw an EngineError: something the user can act on. */
  readonly expected: boolean;
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly stack: string | undefined;
}

/** Writes an error for the wire. Whatever is not an EngineError counts as a bug and keeps its stack. */
export function toFailure(error: unknown): Failure {
  if (error instanceof EngineError) {
    return { expected: true, code: error.code, message: error.message, details: error.details, stack: error.stack };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return { expected: false, code: 'task-failed', message, details: {}, stack };
}

/** Reads an error off the wire: an EngineError again, or a JobError 'task-failed' with the remote stack as cause. */
export function fromFailure(failure: Failure, task: string): EngineError | JobError {
  const cause = failure.stack === undefined ? {} : { cause: failure.stack };
  if (failure.expected) {
    return new EngineError(failure.code as EngineErrorCode, failure.message, failure.details, cause);
  }
  return new JobError('task-failed', `The task "${task}" failed: ${failure.message}`, { task }, cause);
}
