/** What a change of words would do to both fidelities, asked before it is made. */
import type { CallError, WordChange, WordEffect } from '../../../preload/contract/index.ts';
import type { Client } from '../../transport/index.ts';
import { asCallError } from './words.svelte.ts';

/** One question at a time; an answer that comes too late is dropped. */
export class EffectState {
  readonly #client: Client;
  readonly #project: string;
  #change: WordChange | null = $state.raw(null);
  #effect: WordEffect | null = $state.raw(null);
  #error: CallError | null = $state.raw(null);

  constructor(client: Client, project: string) {
    this.#client = client;
    this.#project = project;
  }

  /** The change that is asked about; null: none. */
  get change(): WordChange | null {
    return this.#change;
  }

  /** null until it is known. */
  get effect(): WordEffect | null {
    return this.#effect;
  }

  get error(): CallError | null {
    return this.#error;
  }

  /** Asks what a change would do. */
  async ask(runId: number | null, change: WordChange): Promise<void> {
    this.#change = change;
    this.#effect = null;
    this.#error = null;
    try {
      const effect = await this.#client.call('words.effect', { project: this.#project, runId, change });
      if (this.#change === change) this.#effect = effect;
    } catch (error) {
      if (this.#change === change) this.#error = asCallError(error);
    }
  }

  /** Forgets the question. */
  close(): void {
    this.#change = null;
    this.#effect = null;
    this.#error = null;
  }
}
