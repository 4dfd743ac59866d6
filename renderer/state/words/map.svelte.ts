/** The map of words: computed once per run, on demand. */
import type { CallError, WordMap } from '../../../preload/contract/index.ts';
import type { Client, JobHandle } from '../../transport/index.ts';
import { asCallError } from './words.svelte.ts';

/** Positions of words in the plane. */
export class MapState {
  readonly #client: Client;
  readonly #project: string;
  #runId: number | null = null;
  #map: WordMap | null = $state.raw(null);
  #error: CallError | null = $state.raw(null);
  #job: JobHandle<WordMap> | null = $state.raw(null);

  constructor(client: Client, project: string) {
    this.#client = client;
    this.#project = project;
  }

  /** null until computed. */
  get map(): WordMap | null {
    return this.#map;
  }

  get error(): CallError | null {
    return this.#error;
  }

  get isLoading(): boolean {
    return this.#job !== null;
  }

  /** Computes the map of a run unless it is there. */
  async load(runId: number): Promise<void> {
    if (this.#runId === runId && (this.#map !== null || this.#job !== null)) return;
    this.#runId = runId;
    this.#map = null;
    this.#error = null;
    try {
      const job = await this.#client.start('words.map', { project: this.#project, runId });
      this.#job = job;
      const map = await job.result;
      if (this.#runId === runId) this.#map = map;
    } catch (error) {
      if (this.#runId === runId) this.#error = asCallError(error);
    } finally {
      this.#job = null;
    }
  }

  /** Forgets a failure and computes again. */
  async retry(runId: number): Promise<void> {
    this.#runId = null;
    await this.load(runId);
  }
}
