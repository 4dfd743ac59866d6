/** What a task is: an async function in the compute process, with everything it may use handed to it. */
import type { GraphRunner } from '../engine/runner.ts';
import type { DeviceChoice } from '../engine/runtime/providers.ts';
import type { Memo } from './memo.ts';

export type { DeviceChoice };

/** One report of a task; the meter adds rate and time left. */
export interface ProgressUpdate {
  readonly phase: string;
  /** Units finished, 0..total; never less than reported before in the same phase. */
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly message?: string;
}

/** The world as a task sees it. */
export interface TaskContext<Event = never> {
  /** Aborts when the user cancels; a task checks it between steps and throws EngineError 'cancelled'. */
  readonly signal: AbortSignal;
  /** Opens an execution provider. Default 'cpu'. */
  readonly createRunner: (device?: DeviceChoice) => Promise<GraphRunner>;
  /** The file this process was started with; decoding threads start from it too. */
  readonly workerPath: string;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Keeps what is costly to make, such as open sessions, for the next jobs of this process. */
  readonly memo: Memo;
  /** Reports how far the task is; throttled, so call it as often as is natural. */
  readonly progress: (update: ProgressUpdate) => void;
  /** Sends a partial result; resolves when it was handed to the pipe, so awaiting it bounds the memory. */
  readonly emit: (event: Event) => Promise<void>;
}

/** A unit of heavy work. Input, output and events are structured-clonable. */
export type Task<Input, Output, Event = never> = (input: Input, context: TaskContext<Event>) => Promise<Output>;
