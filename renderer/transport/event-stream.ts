/** Follows server-sent events: comes back after a loss, lets go while the page is hidden, then tells what was missed. */
import { fromWire } from '../../preload/contract/index.ts';
import type { AnyEvent } from '../../preload/contract/index.ts';

/** What is used of an EventSource. */
export interface EventConnection {
  addEventListener(type: 'open' | 'error' | 'heartbeat', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

/** The parts of a browser that are used. */
export interface EventStreamWorld {
  readonly openEvents: (address: string) => EventConnection;
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;
  /** Does something later. @returns the way to call it off */
  readonly wait: (action: () => void, milliseconds: number) => () => void;
}

/** Before the next try, doubled each time. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

/** The server shows a sign of life every 15 s; after three missing ones the stream is dead (a tunnel that hangs). */
const SILENCE_MS = 50_000;

/** A browser opens six connections to a host, for all its pages together: a hidden page gives its own back. */
const HIDDEN_MS = 20_000;

const nothing = (): void => undefined;

/** What a stream tells. */
export interface EventStreamListener {
  readonly onEvent: (event: AnyEvent) => void;
  /** The stream is there (again), or was lost; letting go of it while hidden is no loss. */
  readonly onConnection: (isConnected: boolean) => void;
  /** Tells how things stand, whenever a stream has opened; `wasLost` when there was one before. */
  readonly missed: (wasLost: boolean) => Promise<readonly AnyEvent[]>;
}

/** One stream that is kept open. */
export class EventStream {
  readonly #world: EventStreamWorld;
  readonly #listener: EventStreamListener;
  #connection: EventConnection | undefined;
  #isConnected = false;
  #retryMs = FIRST_RETRY_MS;
  #openCount = 0;
  #callOffSilence = nothing;
  #callOffRetry = nothing;
  #callOffHiding = nothing;

  constructor(world: EventStreamWorld, listener: EventStreamListener) {
    this.#world = world;
    this.#listener = listener;
    world.page.addEventListener('visibilitychange', this.#onVisibility);
    this.#connect();
  }

  /** Whether the server is there now; told to `onConnection`. For when a call could not be made. */
  check(): void {
    if (this.#isConnected) this.#lose();
  }

  /** Ends it. */
  close(): void {
    this.#world.page.removeEventListener('visibilitychange', this.#onVisibility);
    this.#callOffHiding();
    this.#disconnect();
  }

  #connect(): void {
    this.#disconnect();
    const own = (this.#connection = this.#world.openEvents('events'));
    const isCurrent = (): boolean => this.#connection === own;
    this.#watchSilence();
    own.addEventListener('open', () => {
      this.#retryMs = FIRST_RETRY_MS;
      this.#isConnected = true;
      this.#listener.onConnection(true);
      void this.#listener.missed(this.#openCount++ > 0).then((events) => {
        if (isCurrent()) events.forEach(this.#listener.onEvent);
      });
    });
    own.addEventListener('heartbeat', () => this.#watchSilence());
    own.addEventListener('message', ({ data }) => {
      this.#watchSilence();
      this.#listener.onEvent(fromWire(String(data)) as AnyEvent);
    });
    // The browser's own retry gives up for good on a refusal (too many windows, a restart): ours does not.
    own.addEventListener('error', () => {
      if (isCurrent()) this.#lose();
    });
  }

  #disconnect(): void {
    this.#callOffSilence();
    this.#callOffRetry();
    this.#connection?.close();
    this.#connection = undefined;
    this.#isConnected = false;
  }

  #lose(): void {
    this.#disconnect();
    this.#listener.onConnection(false);
    this.#callOffRetry = this.#world.wait(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  #watchSilence(): void {
    this.#callOffSilence();
    this.#callOffSilence = this.#world.wait(() => this.#lose(), SILENCE_MS);
  }

  readonly #onVisibility = (): void => {
    this.#callOffHiding();
    if (this.#world.page.visibilityState === 'hidden') {
      this.#callOffHiding = this.#world.wait(() => this.#disconnect(), HIDDEN_MS);
    } else if (this.#connection === undefined) this.#connect();
  };
}
