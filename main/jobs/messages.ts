/** Messages between the queue and the compute process; structured clone ('advanced' serialization), so typed arrays pass. */
import type { EngineErrorCode, ErrorDetails } from '../engine/errors.ts';
import { EngineError } from '../engine/errors.ts';
import { FileError } from '../platform/files.ts';
import type { FileErrorCode } from '../platform/files.ts';
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
  | {
      readonly kind: 'start';
      readonly jobId: number;
      readonly task: string;
      readonly input: unknown;
      /** True: the process gives way to whoever a person waits for. */
      readonly isBackground: boolean;
    }
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
  /** What was thrown: the first two are things the user can act on, the last a bug of ours. */
  readonly kind: 'engine' | 'file' | 'bug';
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly stack: string | undefined;
}

/** Writes an error for the wire. Whatever is neither an EngineError nor a FileError counts as a bug and keeps its stack. */
export function toFailure(error: unknown): Failure {
  if (error instanceof EngineError) {
    return { kind: 'engine', code: error.code, message: error.message, details: error.details, stack: error.stack };
  }
  if (error instanceof FileError) {
    const details = { file: error.file };
    return { kind: 'file', code: error.code, message: error.message, details, stack: error.stack };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return { kind: 'bug', code: 'task-failed', message, details: {}, stack };
}

/** Reads an error off the wire: as it was thrown, or a JobError 'task-failed' with the remote stack as cause. */
export function fromFailure(failure: Failure, task: string): EngineError | FileError | JobError {
  const { kind, code, message, details } = failure;
  const cause = failure.stack === undefined ? {} : { cause: failure.stack };
  if (kind === 'engine') return new EngineError(code as EngineErrorCode, message, details, cause);
  if (kind === 'file') return new FileError(code as FileErrorCode, message, details.file ?? '', cause);
  return new JobError('task-failed', `The task "${task}" failed: ${message}`, { task }, cause);
}
