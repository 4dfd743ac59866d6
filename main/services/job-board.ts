/** The board of long actions: starts, watches, pauses and stops them, whichever window asked and whether it is still there. */
import { CallError } from '../../preload/contract/index.ts';
import type { JobName, JobProgress, JobSnapshot, ProjectKey, WireError } from '../../preload/contract/index.ts';
import type { Progress } from '../jobs/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { EventHub } from './events.ts';

/** Ended jobs that are remembered, with their results. */
const KEPT_ENDED = 50;

/** Progress of one job is told at most this often, ms. */
const EVENT_INTERVAL_MS = 150;

/** A long action as it is handed in. */
export interface JobOrder {
  readonly procedure: JobName;
  readonly project: ProjectKey | null;
  readonly title: string;
  readonly canPause: boolean;
  readonly weight: 'heavy' | 'light';
  /** Does it; called again with a fresh signal when it goes on after a pause. */
  readonly run: (watch: JobWatch) => Promise<unknown>;
}

/** What a running job is handed. */
export interface JobWatch {
  readonly jobId: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Long actions, waiting to ended. */
export interface JobBoard {
  start(order: JobOrder): JobSnapshot;
  /** Newest first. */
  list(): readonly JobSnapshot[];
  /** @throws CallError 'not-found' for a job that nobody remembers; one that ended is left as it is */
  cancel(jobId: number): JobSnapshot;
  /** @throws CallError 'not-found', 'bad-request' for a job that cannot pause or does not run */
  pause(jobId: number): JobSnapshot;
  /** @throws CallError 'not-found', 'bad-request' for a job that is not paused */
  resume(jobId: number): JobSnapshot;
  /** @throws CallError the failure of a job that failed; 'bad-request' for one without a result */
  result(jobId: number): unknown;
  /** True while a job of the project waits, runs or stops. */
  isBusy(project: ProjectKey): boolean;
  /** Cancels everything and waits until it stopped; learning goes on next time. */
  dispose(): Promise<void>;
}

interface Job {
  readonly order: JobOrder;
  snapshot: JobSnapshot;
  result: unknown;
  controller: AbortController;
  /** Settles, never rejects, when the present attempt stopped. */
  attempt: Promise<void> | undefined;
  lastEventMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** An empty board. @param toError turns what a job threw into what crosses the wire */
export function createJobBoard(options: {
  readonly clock: Clock;
  readonly events: EventHub;
  readonly toError: (error: unknown, procedure: JobName) => WireError;
}): JobBoard {
  const { clock, events, toError } = options;
  const jobs = new Map<number, Job>();
  let count = 0;
  let isClosing = false;
  const nowMs = () => clock.now().getTime();
  const now = () => clock.now().toISOString();

  function tell(job: Job): void {
    clearTimeout(job.timer);
    job.timer = undefined;
    job.lastEventMs = nowMs();
    events.emit({ name: 'job', payload: job.snapshot });
  }

  function change(job: Job, changes: Partial<JobSnapshot>): JobSnapshot {
    job.snapshot = { ...job.snapshot, ...changes };
    tell(job);
    return job.snapshot;
  }

  function report(job: Job, progress: Progress): void {
    job.snapshot = { ...job.snapshot, progress: toJobProgress(progress) };
    if (job.timer !== undefined) return;
    const wait = Math.max(0, EVENT_INTERVAL_MS - (nowMs() - job.lastEventMs));
    job.timer = setTimeout(() => tell(job), Math.min(wait, EVENT_INTERVAL_MS)).unref();
  }

  const isActive = ({ snapshot: { state } }: Job) => ['running', 'pausing', 'cancelling'].includes(state);
  const isEnded = ({ snapshot: { state } }: Job) => ['done', 'failed', 'cancelled'].includes(state);

  /** Starts what waits: light jobs at once, heavy ones when no other heavy one is at work. */
  function pump(): void {
    if (isClosing) return;
    for (const job of jobs.values()) {
      if (job.snapshot.state !== 'waiting') continue;
      const isFree =
        job.order.weight === 'light' ||
        ![...jobs.values()].some((other) => other.order.weight === 'heavy' && isActive(other));
      if (isFree) job.attempt = attempt(job);
    }
  }

  async function attempt(job: Job): Promise<void> {
    const { signal } = (job.controller = new AbortController());
    change(job, { state: 'running' });
    try {
      const { jobId } = job.snapshot;
      job.result = await job.order.run({ jobId, signal, onProgress: (progress) => report(job, progress) });
      change(job, { state: 'done', finishedAt: now() });
    } catch (error) {
      settle(job, error);
    }
    forget();
    pump();
  }

  function settle(job: Job, error: unknown): void {
    const isStopped = job.controller.signal.aborted && isAbort(error);
    if (!isStopped) change(job, { state: 'failed', finishedAt: now(), error: toError(error, job.order.procedure) });
    else if (job.snapshot.state === 'pausing') change(job, { state: 'paused' });
    else change(job, { state: 'cancelled', finishedAt: now() });
  }

  function forget(): void {
    const ended = [...jobs.values()].filter(isEnded);
    for (const { snapshot } of ended.slice(0, Math.max(0, ended.length - KEPT_ENDED))) jobs.delete(snapshot.jobId);
  }

  function find(jobId: number): Job {
    const job = jobs.get(jobId);
    if (job) return job;
    throw new CallError({
      code: 'not-found',
      message: `There is no job ${jobId} any more; it ended long ago or Vislex was started again since.`,
      details: { jobId },
    });
  }

  return {
    start: (order) => {
      if (isClosing) throw new CallError({ code: 'queue-closed', message: 'Vislex is closing.', details: {} });
      const { procedure, project, title, canPause } = order;
      const snapshot: JobSnapshot = {
        jobId: ++count,
        procedure,
        project,
        title,
        state: 'waiting',
        canPause,
        progress: null,
        startedAt: now(),
        finishedAt: null,
        error: null,
      };
      const job: Job = {
        order,
        snapshot,
        result: undefined,
        controller: new AbortController(),
        attempt: undefined,
        lastEventMs: -Infinity,
        timer: undefined,
      };
      jobs.set(snapshot.jobId, job);
      tell(job);
      pump();
      return job.snapshot;
    },
    list: () => [...jobs.values()].map(({ snapshot }) => snapshot).reverse(),
    cancel: (jobId) => {
      const job = find(jobId);
      if (isActive(job)) {
        change(job, { state: 'cancelling' });
        job.controller.abort();
      } else if (!isEnded(job)) {
        change(job, { state: 'cancelled', finishedAt: now() });
        forget();
      }
      return job.snapshot;
    },
    pause: (jobId) => {
      const job = find(jobId);
      const { state, title } = job.snapshot;
      if (state === 'paused' || state === 'pausing') return job.snapshot;
      if (!job.order.canPause) throw refusal(`"${title}" cannot pause; it can only be cancelled.`, jobId);
      if (state === 'waiting') return change(job, { state: 'paused' });
      if (state !== 'running') throw refusal(`"${title}" does not run.`, jobId);
      change(job, { state: 'pausing' });
      job.controller.abort();
      return job.snapshot;
    },
    resume: (jobId) => {
      const job = find(jobId);
      if (job.snapshot.state !== 'paused') throw refusal(`"${job.snapshot.title}" is not paused.`, jobId);
      change(job, { state: 'waiting' });
      pump();
      return job.snapshot;
    },
    result: (jobId) => {
      const { snapshot, result } = find(jobId);
      if (snapshot.state === 'done') return result;
      if (snapshot.error) throw new CallError(snapshot.error);
      throw refusal(`"${snapshot.title}" has no result: it is ${snapshot.state}.`, jobId);
    },
    isBusy: (project) =>
      [...jobs.values()].some(
        (job) => job.order.project === project && !isEnded(job) && job.snapshot.state !== 'paused',
      ),
    dispose: async () => {
      isClosing = true;
      const active = [...jobs.values()].filter(isActive);
      for (const job of active) job.controller.abort();
      await Promise.all(active.map(({ attempt: stopped }) => stopped));
      for (const { timer } of jobs.values()) clearTimeout(timer);
    },
  };
}

/** True for what a stop makes of a job, as opposed to a failure that came first. */
function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'AbortError') return true;
  return 'code' in error && (error.code === 'cancelled' || error.code === 'queue-closed');
}

function refusal(message: string, jobId: number): CallError {
  return new CallError({ code: 'bad-request', message, details: { jobId } });
}

function toJobProgress(progress: Progress): JobProgress {
  const { phase, done, total, unit, ratePerSecond, secondsLeft, message } = progress;
  return {
    phase,
    done,
    total,
    unit,
    perSecond: ratePerSecond ?? null,
    secondsLeft: secondsLeft ?? null,
    message: message ?? null,
  };
}
