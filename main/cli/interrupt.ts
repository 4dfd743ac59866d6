/** Ctrl-C: the first cancels between two steps, the second ends the process at once. */
import type { Output } from './output.ts';

/** Signals that ask the program to stop. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The part of `process` that is used. */
export interface SignalSource {
  on(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): void;
}

/** Listens for the user's wish to stop. */
export function watchInterrupts(
  source: SignalSource,
  output: Output,
): {
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Gives the signals back to their default. */
  readonly end: () => void;
} {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      // Every write is atomic or a transaction, so the project is whole; the compute process ends with its parent.
      source.exit(1);
      return;
    }
    output.note('stopping after this step; press Ctrl-C again to stop at once');
    controller.abort();
  };
  for (const name of SIGNALS) source.on(name, interrupt);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of SIGNALS) source.off(name, interrupt);
    },
  };
}
