/** Turns a task's bare counts into progress with rate and time left, and thins them out. */
import type { Progress } from './messages.ts';
import type { ProgressUpdate } from './task.ts';

/** A person cannot read faster, and every message costs the worker a write. */
const MINIMUM_INTERVAL_MS = 100;

/** A rate from less time than this is noise. */
const MINIMUM_RATE_MS = 500;

/**
 * Makes a progress function for one job.
 * The rate counts the units of this run only: what an earlier, interrupted run left done is not speed.
 * @param now milliseconds of a monotonic clock
 * @param report receives the first and last update of every phase and at most ten a second between
 */
export function createProgressMeter(now: () => number, report: (progress: Progress) => void) {
  let phase: string | undefined;
  let phaseStart = 0;
  let doneAtStart = 0;
  let done = 0;
  let lastReport = -Infinity;

  return (update: ProgressUpdate): void => {
    const time = now();
    const isNew = update.phase !== phase;
    if (isNew) {
      phase = update.phase;
      phaseStart = time;
      doneAtStart = update.done;
      done = update.done;
    }
    done = Math.max(done, update.done);
    if (!isNew && done < update.total && time - lastReport < MINIMUM_INTERVAL_MS) return;
    lastReport = time;
    const elapsed = time - phaseStart;
    const fresh = done - doneAtStart;
    const rate = elapsed >= MINIMUM_RATE_MS && fresh > 0 ? (fresh / elapsed) * 1000 : undefined;
    report({
      phase: update.phase,
      done,
      total: update.total,
      unit: update.unit,
      ratePerSecond: rate,
      secondsLeft: rate === undefined ? undefined : Math.max(update.total - done, 0) / rate,
      message: update.message,
    });
  };
}
