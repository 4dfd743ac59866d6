/** Who waits for which job: joins the tickets of calls with the events that tell of the jobs' ends. */
import { CallError, type JobSnapshot } from '../../preload/contract/index.ts';

/** Ended jobs that are remembered: an end may be told before the ticket's reply arrives. */
const REMEMBERED = 100;

interface Waiter {
  readonly resolve: (nothing: undefined) => void;
  readonly reject: (reason: CallError) => void;
}

/** True when nothing more will happen to the job. */
export function hasEnded(job: JobSnapshot): boolean {
  return job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';
}

/** Waits for jobs by number. */
export class JobWaiters {
  readonly #list: () => Promise<readonly JobSnapshot[]>;
  readonly #waiting = new Map<number, Waiter[]>();
  readonly #ended = new Map<number, JobSnapshot>();

  /** @param list reads all jobs, for ends that were missed while the connection was gone */
  constructor(list: () => Promise<readonly JobSnapshot[]>) {
    this.#list = list;
  }

  /** Resolves when the job is done; rejects with its error, or with 'cancelled'. */
  end(jobId: number): Promise<undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    // The caller may look at `result` late; a failure nobody awaits yet is no fault of the page.
    promise.catch(() => undefined);
    this.#waiting.set(jobId, [...(this.#waiting.get(jobId) ?? []), { resolve, reject }]);
    const known = this.#ended.get(jobId);
    if (known) this.#settle(known);
    return promise;
  }

  /** Takes what an event told. */
  hear(job: JobSnapshot): void {
    if (!hasEnded(job)) return;
    this.#ended.set(job.jobId, job);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= REMEMBERED) break;
      this.#ended.delete(oldest);
    }
    this.#settle(job);
  }

  /** Reads what was missed. A job that is not listed any more was lost with the program that ran it. */
  async catchUp(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const jobs = await this.#list();
    for (const job of jobs) this.hear(job);
    const known = new Set(jobs.map((job) => job.jobId));
    for (const [jobId, waiters] of this.#waiting) {
      if (known.has(jobId)) continue;
      this.#waiting.delete(jobId);
      const lost = new CallError({
        code: 'disconnected',
        message: 'Vislex was restarted while this was being done. Start it again: what was kept is not lost.',
        details: { jobId },
      });
      for (const waiter of waiters) waiter.reject(lost);
    }
  }

  #settle(job: JobSnapshot): void {
    const waiters = this.#waiting.get(job.jobId) ?? [];
    this.#waiting.delete(job.jobId);
    const error =
      job.state === 'done'
        ? null
        : new CallError(job.error ?? { code: 'cancelled', message: `"${job.title}" was cancelled.`, details: {} });
    for (const waiter of waiters) {
      if (error) waiter.reject(error);
      else waiter.resolve(undefined);
    }
  }
}
