/** Long work of the whole application, as the bottom bar shows it. */
import { SvelteMap } from 'svelte/reactivity';
import type { JobSnapshot } from '../../preload/contract/index.ts';
import { hasEnded, type Client } from '../transport/index.ts';

/** Jobs by number, kept by events. */
export class JobsState {
  readonly #client: Client;
  readonly #jobs = new SvelteMap<number, JobSnapshot>();

  constructor(client: Client) {
    this.#client = client;
    client.on('job', (job) => this.#jobs.set(job.jobId, job));
    client.watchConnection((isConnected) => {
      if (isConnected) void this.load();
    });
  }

  /** Reads all jobs, such as those that outlived the window. @throws CallError */
  async load(): Promise<void> {
    const jobs = await this.#client.call('jobs.list', {});
    this.#jobs.clear();
    for (const job of jobs) this.#jobs.set(job.jobId, job);
  }

  /** Newest first. */
  readonly all: readonly JobSnapshot[] = $derived([...this.#jobs.values()].sort((a, b) => b.jobId - a.jobId));

  /** Waiting, running, paused. */
  readonly active: readonly JobSnapshot[] = $derived(this.all.filter((job) => !hasEnded(job)));

  /** The one the bottom bar shows: the oldest that runs, else the oldest that waits. */
  readonly current: JobSnapshot | null = $derived(
    this.active.findLast((job) => job.state === 'running') ?? this.active.at(-1) ?? null,
  );

  /** One job; undefined when it is not known (any more). */
  get(jobId: number): JobSnapshot | undefined {
    return this.#jobs.get(jobId);
  }

  /** @throws CallError */
  async pause(jobId: number): Promise<void> {
    this.#jobs.set(jobId, await this.#client.call('jobs.pause', { jobId }));
  }

  /** @throws CallError */
  async resume(jobId: number): Promise<void> {
    this.#jobs.set(jobId, await this.#client.call('jobs.resume', { jobId }));
  }

  /** @throws CallError */
  async cancel(jobId: number): Promise<void> {
    this.#jobs.set(jobId, await this.#client.call('jobs.cancel', { jobId }));
  }
}
