/** The application's events: services emit, carriers listen. */
import type { AnyEvent } from '../../preload/contract/index.ts';
import type { Log } from '../platform/log.ts';

/** Takes events and passes them on to whoever listens, in order, at once. */
export interface EventHub {
  emit(event: AnyEvent): void;
  /** @returns the way to stop listening */
  subscribe(listener: (event: AnyEvent) => void): () => void;
}

/** A hub nobody listens to yet. A listener that throws is logged; it hinders neither the sender nor the others. */
export function createEventHub(log: Log): EventHub {
  const listeners = new Set<(event: AnyEvent) => void>();
  return {
    emit: (event) => {
      for (const listener of [...listeners]) {
        try {
          listener(event);
        } catch (error) {
          log.error('a listener failed', {
            event: event.name,
            stack: error instanceof Error ? (error.stack ?? '') : '',
          });
        }
      }
    },
    subscribe: (listener) => {
      // A wrapper of its own: one function may subscribe twice.
      const own = (event: AnyEvent) => listener(event);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
