/** Making the sample project, watched from wherever it was begun. */
import type { JobSnapshot } from '../../preload/contract/index.ts';
import type { Client } from '../transport/index.ts';
import type { JobsState } from './jobs.svelte.ts';

/** One sample being made. */
export class SampleState {
  readonly #client: Client;
  readonly #jobs: JobsState;
  #isStarting = $state(false);
  #problem: unknown = $state.raw(null);

  constructor(client: Client, jobs: JobsState) {
    this.#client = client;
    this.#jobs = jobs;
  }

  /** The job that makes it, also one that was begun before this page was shown; null: none. */
  get job(): JobSnapshot | null {
    return this.#jobs.active.find((job) => job.procedure === 'projects.sample') ?? null;
  }

  /** True from the press until the sample is there. */
  get isBusy(): boolean {
    return this.#isStarting || this.job !== null;
  }

  /** Why it could not be made; null. */
  get problem(): unknown {
    return this.#problem;
  }

  /** Makes it. @returns its path; null when it was cancelled or failed, `problem` then says why */
  async make(): Promise<string | null> {
    this.#isStarting = true;
    this.#problem = null;
    try {
      const running = this.job;
      const handle = running
        ? this.#client.follow('projects.sample', running.jobId)
        : await this.#client.start('projects.sample', {});
      return (await handle.result).path;
    } catch (error) {
      const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
      if (code !== 'cancelled') this.#problem = error;
      return null;
    } finally {
      this.#isStarting = false;
    }
  }

  /** Stops making it. @throws CallError */
  async cancel(): Promise<void> {
    if (this.job) await this.#jobs.cancel(this.job.jobId);
  }
}
