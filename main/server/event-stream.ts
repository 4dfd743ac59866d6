/** Events as server-sent events: one bounded stream per page, with signs of life. */
import { toWire } from '../../preload/contract/index.ts';
import type { AnyEvent } from '../../preload/contract/index.ts';
import type { Application } from '../services/index.ts';
import type { ServerLimits } from './limits.ts';

/** Sent when nothing else is, so that a page notices a dead tunnel; has a name of its own, so that it is no event. */
const HEARTBEAT = 'event: heartbeat\ndata: -\n\n';

/** All open streams of a server. */
export class EventStreams {
  readonly #application: Application;
  readonly #limits: ServerLimits;
  /** Ends of the open streams. */
  readonly #open = new Set<() => void>();

  constructor(application: Application, limits: ServerLimits) {
    this.#application = application;
    this.#limits = limits;
  }

  /** A stream of all events from now on; undefined when there are too many. */
  open(): ReadableStream<Uint8Array> | undefined {
    const { eventStreams, heartbeatMs, eventBufferBytes } = this.#limits;
    if (this.#open.size >= eventStreams) return undefined;
    const encoder = new TextEncoder();
    let end = (): void => undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const send = (text: string): void => {
            controller.enqueue(encoder.encode(text));
            // The page does not read: it is cut off, connects again and asks for the state of things.
            if ((controller.desiredSize ?? 0) <= 0) {
              end();
              controller.close();
            }
          };
          const unsubscribe = this.#application.subscribe((event: AnyEvent) => send(`data: ${toWire(event)}\n\n`));
          const timer = setInterval(() => send(HEARTBEAT), heartbeatMs);
          const close = (): void => {
            end();
            controller.close();
          };
          end = () => {
            clearInterval(timer);
            unsubscribe();
            this.#open.delete(close);
          };
          this.#open.add(close);
          send(HEARTBEAT);
        },
        cancel: () => end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: eventBufferBytes }),
    );
  }

  /** Open streams. */
  get size(): number {
    return this.#open.size;
  }

  /** Ends all streams. */
  close(): void {
    for (const close of [...this.#open]) close();
  }
}
