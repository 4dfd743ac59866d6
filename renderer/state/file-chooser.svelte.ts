/** Asks for a file or folder: with the system's dialog where there is one, with the window's own browser elsewhere. */
import type { FileKind } from '../../preload/contract/index.ts';
import type { Client } from '../transport/index.ts';
import type { AppState } from './app.svelte.ts';

/**
 * Asks for a path. `current` is where to begin: a file or folder chosen before. `suggestedName` is for a new file.
 * Resolves with null when nothing was chosen. @throws CallError
 */
export type ChooseFile = (kind: FileKind, current?: string, suggestedName?: string) => Promise<string | null>;

/** A question that waits for its answer in the window's own browser. */
export interface FileRequest {
  readonly kind: FileKind;
  readonly current: string | null;
  readonly suggestedName: string;
  readonly answer: (path: string | null) => void;
}

/** The one open question. */
export class FileChooser {
  readonly #client: Client;
  readonly #app: AppState;
  #request: FileRequest | null = $state.raw(null);

  constructor(client: Client, app: AppState) {
    this.#client = client;
    this.#app = app;
  }

  /** null while nothing is asked. */
  get request(): FileRequest | null {
    return this.#request;
  }

  /** Asks. */
  readonly choose: ChooseFile = async (kind, current, suggestedName) => {
    if (this.#app.info.hasNativeDialogs) {
      const { path } = await this.#client.call('files.pick', {
        kind,
        ...(suggestedName === undefined ? {} : { suggestedName }),
      });
      return path;
    }
    this.answer(null);
    const { promise, resolve } = Promise.withResolvers<string | null>();
    this.#request = { kind, current: current ?? null, suggestedName: suggestedName ?? '', answer: resolve };
    return promise;
  };

  /** Answers the open question, if there is one. */
  answer(path: string | null): void {
    this.#request?.answer(path);
    this.#request = null;
  }
}
