/** Writes what a job brings in short steps, so that nobody who names a word meanwhile has to wait. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Steps waiting to be written, in order. */
export interface PacedWriter {
  /** Puts a step at the end: one transaction of a few milliseconds. */
  add(step: () => void): void;
  /** Resolves when all is written. @throws what a step threw; the steps after it are dropped */
  finish(): Promise<void>;
  /** Aborts when a step fails: what brings more may stop. */
  readonly signal: AbortSignal;
  /** Drops what is not written. */
  drop(): void;
}

/** A writer with nothing to write; it begins by itself, and lets others have their turn between two steps. */
export function pacedWriter(): PacedWriter {
  const steps: (() => void)[] = [];
  const failed = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
      await nextTurn();
      try {
        step();
      } catch (error) {
        failure = { error };
        steps.length = 0;
        failed.abort();
      }
    }
    draining = undefined;
  }

  return {
    add: (step) => {
      if (failure) return;
      steps.push(step);
      draining ??= drain();
    },
    finish: async () => {
      while (draining) await draining;
      if (failure) throw failure.error;
    },
    signal: failed.signal,
    drop: () => {
      steps.length = 0;
    },
  };
}

/** Cuts a list into parts of at most `size`. */
export function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}
