/** What the preload script exposes to the page as `window.vislex`. */
import type { Reply } from './errors.ts';
import type { AnyEvent } from './events.ts';

/** The only door between the sandboxed page and the main process. */
export interface Bridge {
  readonly carrier: 'electron';
  call(name: string, input: unknown): Promise<Reply>;
  /** @returns the way to stop listening */
  subscribe(listener: (event: AnyEvent) => void): () => void;
  /** Path of a file dropped onto the page; '' when it has none. */
  pathOf(file: unknown): string;
}

/** Names of the channels between preload and main. */
export const CHANNELS = { call: 'vislex:call', event: 'vislex:event' } as const;
