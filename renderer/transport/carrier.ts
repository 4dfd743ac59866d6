/** What a carrier does for the page: it carries calls one way and events the other, and knows nothing of their meaning. */
import type { AnyEvent, Reply } from '../../preload/contract/index.ts';

/** The way to the application: Electron's bridge or the loopback server. */
export interface Carrier {
  /** Never rejects: a carrier that is gone answers with the error 'disconnected'. */
  call(name: string, input: unknown): Promise<Reply>;
  /** @returns the way to stop listening */
  subscribe(listener: (event: AnyEvent) => void): () => void;
  /** Path of a file dropped onto the page; '' when the carrier cannot know it (a browser). */
  pathOf(file: File): string;
  /**
   * Tells whenever the stream of events breaks or is there again; absent where it cannot break.
   * @returns the way to stop listening
   */
  watchConnection?(listener: (isConnected: boolean) => void): () => void;
}
