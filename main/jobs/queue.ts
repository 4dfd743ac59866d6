/** The job queue: one heavy job at a time in one compute process that may die without harm. */
import { EngineError, InvariantError } from '../engine/errors.ts';
import { JobError } from './errors.ts';
import { fromFailure } from './messages.ts';
import type { JobReply, Progress } from './messages.ts';
import { forkCompute } from './process.ts';
import type { ComputeProcess, ProcessExit, SpawnCompute } from './process.ts';
import type { TaskEvent, TaskInput, TaskName, TaskOutput } from './tasks/index.ts';

/** After a cancel the task has this long to stop between two steps; then its process is killed. */
const DEFAULT_CANCEL_GRACE_MS = 5_000;

/** An idle process is kept this long: a sequence of jobs shares one start (150 ms). */
const DEFAULT_IDLE_MS = 30_000;

/** The same where somebody waits: a person thinks longer, and opening a model's sessions again takes a second. */
const FOREGROUND_IDLE_MS = 600_000;

/** How the queue is set up. */
export interface JobQueueOptions {
  /**
   * The worker's file. Default: `worker.ts` beside this file, right in a checkout only;
   * a bundled entry hands down the path of its built worker.
   */
  readonly workerPath?: string;
  /** Starts the process. Default: node's fork; Electron hands in its utilityProcess. */
  readonly spawn?: SpawnCompute;
  /** Milliseconds between a cancel and the kill. Default 5,000. */
  readonly cancelGraceMs?: number;
  /** Milliseconds an idle process lives. Default 30,000; 600,000 where `isBackground` is false. */
  readonly idleMs?: number;
  /**
   * True: the process runs at a lower priority than the rest of the application, so that a window answers at once while
   * words are learned on every core. Default false.
   */
  readonly isBackground?: boolean;
}

/** How one job is run and watched. */
export interface JobOptions<Name extends TaskName> {
  /** Cancels the job, waiting or running: its promise rejects with EngineError 'cancelled'. */
  readonly signal?: AbortSignal;
  /** `done` never decreases within a phase. */
  readonly onProgress?: (progress: Progress) => void;
  /** Partial results in order, all of them before the promise resolves. A throw here cancels the job and rejects it. */
  readonly onEvent?: (event: TaskEvent<Name>) => void;
  /** Kills the job after this many milliseconds of running. Default: no limit. */
  readonly timeoutMs?: number;
}

/** Runs heavy work away from this process. */
export interface JobQueue {
  /**
   * Queues a job; jobs run one at a time in the order they came.
   * @throws EngineError what the task refused, or 'cancelled'
   * @throws JobError when the process crashed, timed out, or the task has a bug; the next job gets a fresh process
   */
  run<Name extends TaskName>(name: Name, input: TaskInput<Name>, options?: JobOptions<Name>): Promise<TaskOutput<Name>>;
  /** Jobs waiting or running. */
  readonly size: number;
  /** Kills the process and rejects what waits with JobError 'queue-closed'. Idempotent. */
  dispose(): Promise<void>;
}

/** A job between `run` and its end. */
interface Job {
  readonly id: number;
  readonly task: string;
  readonly input: unknown;
  readonly options: JobOptions<TaskName>;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Why the process is being stopped, once it is: the error the job will end with. */
  stop: unknown;
  readonly timers: NodeJS.Timeout[];
  onAbort: (() => void) | undefined;
}

/** Opens a queue. No process is started before the first job. */
export function createJobQueue(options: JobQueueOptions = {}): JobQueue {
  const spawn = options.spawn ?? forkCompute;
  const cancelGraceMs = options.cancelGraceMs ?? DEFAULT_CANCEL_GRACE_MS;
  const idleMs = options.idleMs ?? (options.isBackground === false ? FOREGROUND_IDLE_MS : DEFAULT_IDLE_MS);
  const waiting: Job[] = [];
  let active: Job | undefined;
  let compute: ComputeProcess | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  let jobCount = 0;
  let isClosed = false;

  function pump(): void {
    if (active !== undefined || isClosed) return;
    const job = waiting.shift();
    if (job === undefined) {
      rest();
      return;
    }
    clearTimeout(idleTimer);
    active = job;
    try {
      compute ??= start();
    } catch (error) {
      finish(job, () => job.reject(error instanceof InvariantError ? error : unavailable(job, '', String(error))));
      return;
    }
    compute.hold(true);
    const isBackground = options.isBackground ?? false;
    compute.send({ kind: 'start', jobId: job.id, task: job.task, input: job.input, isBackground });
    const { timeoutMs } = job.options;
    if (timeoutMs !== undefined) {
      const message = `The task "${job.task}" was stopped after its limit of ${timeoutMs / 1000} s.`;
      const stopNow = () => stop(job, new JobError('compute-timeout', message, { task: job.task }), 0);
      job.timers.push(setTimeout(stopNow, timeoutMs));
    }
  }

  function start(): ComputeProcess {
    const workerPath = options.workerPath ?? defaultWorkerPath();
    const started = spawn(workerPath);
    let isReady = false;
    started.onReply((reply) => {
      if (reply.kind === 'ready') isReady = true;
      else if (active?.id === reply.jobId) receive(active, reply);
    });
    started.onExit((exit) => {
      if (compute === started) compute = undefined;
      // A process that was replaced or idles may end as it likes; with a job in it, the job is over.
      const job = active;
      if (job === undefined || compute !== undefined) return;
      const words = lastWords(started.diagnostics());
      const error = isReady ? crash(job, exit, words, started.diagnostics()) : unavailable(job, workerPath, words);
      finish(job, () => job.reject(job.stop ?? error));
    });
    return started;
  }

  function receive(job: Job, reply: Exclude<JobReply, { kind: 'ready' }>): void {
    switch (reply.kind) {
      case 'progress':
        guard(job, () => job.options.onProgress?.(reply.progress));
        break;
      case 'event':
        guard(job, () => job.options.onEvent?.(reply.event as never));
        break;
      case 'result':
        finish(job, () => (job.stop === undefined ? job.resolve(reply.output) : job.reject(job.stop)));
        break;
      case 'failure':
        finish(job, () => job.reject(job.stop ?? fromFailure(reply.failure, job.task)));
        break;
    }
  }

  /** A listener that throws ends its job with the error it threw: a result nobody could keep is not a success. */
  function guard(job: Job, listener: () => void): void {
    if (job.stop !== undefined) return;
    try {
      listener();
    } catch (error) {
      stop(job, error, cancelGraceMs);
    }
  }

  /** Asks the task to stop; kills its process when the grace time is over. */
  function stop(job: Job, reason: unknown, graceMs: number): void {
    if (job.stop !== undefined || active !== job) return;
    job.stop = reason;
    compute?.send({ kind: 'cancel', jobId: job.id });
    const kill = () => compute?.kill();
    if (graceMs === 0) kill();
    else job.timers.push(setTimeout(kill, graceMs));
  }

  function finish(job: Job, settle: () => void): void {
    for (const timer of job.timers) clearTimeout(timer);
    if (job.onAbort) job.options.signal?.removeEventListener('abort', job.onAbort);
    if (active === job) active = undefined;
    settle();
    pump();
  }

  /** No job: let the parent exit when it likes, and end the process after a while. */
  function rest(): void {
    compute?.hold(false);
    clearTimeout(idleTimer);
    const retire = () => {
      compute?.send({ kind: 'shutdown' });
      compute = undefined;
    };
    idleTimer = setTimeout(retire, idleMs).unref();
  }

  function cancel(job: Job): void {
    const error = new EngineError('cancelled', `The task "${job.task}" was cancelled.`);
    if (active === job) {
      stop(job, error, cancelGraceMs);
      return;
    }
    const place = waiting.indexOf(job);
    if (place < 0) return;
    waiting.splice(place, 1);
    finish(job, () => job.reject(error));
  }

  return {
    run<Name extends TaskName>(task: Name, input: TaskInput<Name>, jobOptions: JobOptions<Name> = {}) {
      return new Promise<TaskOutput<Name>>((resolve, reject) => {
        const job: Job = {
          id: ++jobCount,
          task,
          input,
          options: jobOptions as JobOptions<TaskName>,
          resolve: resolve as (output: unknown) => void,
          reject,
          stop: undefined,
          timers: [],
          onAbort: undefined,
        };
        if (isClosed) {
          reject(closed(job));
          return;
        }
        waiting.push(job);
        if (jobOptions.signal?.aborted) {
          cancel(job);
          return;
        }
        job.onAbort = () => cancel(job);
        jobOptions.signal?.addEventListener('abort', job.onAbort, { once: true });
        pump();
      });
    },
    get size() {
      return waiting.length + (active === undefined ? 0 : 1);
    },
    async dispose() {
      isClosed = true;
      clearTimeout(idleTimer);
      for (const job of waiting.splice(0)) finish(job, () => job.reject(closed(job)));
      const ending = compute;
      if (ending === undefined) return;
      const job = active;
      if (job !== undefined) job.stop ??= closed(job);
      const ended = new Promise<void>((resolve) => {
        ending.onExit(() => resolve());
      });
      ending.hold(true);
      ending.kill();
      await ended;
    },
  };
}

/** The worker in a checkout. */
function defaultWorkerPath(): string {
  if (!import.meta.filename.endsWith('.ts')) {
    throw new InvariantError('a bundled entry must hand the path of its worker to the job queue');
  }
  return `${import.meta.dirname}/worker.ts`;
}

function closed(job: Job): JobError {
  return new JobError('queue-closed', `The task "${job.task}" was dropped: the application is closing.`, {
    task: job.task,
  });
}

function unavailable(job: Job, workerPath: string, reason: string): JobError {
  return new JobError('compute-unavailable', `The compute process ${workerPath} could not be started: ${reason}`, {
    task: job.task,
  });
}

/** What the end of the process in the middle of a job means to the user. */
function crash(job: Job, exit: ProcessExit, words: string, diagnostics: string): JobError {
  const how = exit.signal === undefined ? `with exit code ${exit.code ?? 'unknown'}` : `by the signal ${exit.signal}`;
  return new JobError(
    'compute-crashed',
    `The compute process ended ${how} during the task "${job.task}". Nothing that was saved is lost; run it again to continue.` +
      (words === '' ? '' : ` Its last words: ${words}`),
    {
      task: job.task,
      ...(exit.code === undefined ? {} : { exitCode: exit.code }),
      ...(exit.signal === undefined ? {} : { exitSignal: exit.signal }),
      ...(diagnostics === '' ? {} : { diagnostics }),
    },
  );
}

/** The line of an error stream that says most: the last one that names an error, else the last one. */
function lastWords(diagnostics: string): string {
  // Node ends every uncaught exception with its version.
  const lines = diagnostics.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Node.js v'));
  return (lines.findLast((line) => /\b\w*error\b.*:/i.test(line)) ?? lines.at(-1) ?? '').trim();
}
