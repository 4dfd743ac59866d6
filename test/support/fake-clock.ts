/** A clock that only moves when it is asked: each reading is one step later than the one before. */
import type { Clock } from '../../main/platform/clock.ts';

/** Starts at `start` (default 2025-01-01 UTC) and advances by `stepMs` (default 1 s) after each reading. */
export function fakeClock(start = '2025-01-01T00:00:00.000Z', stepMs = 1000): Clock {
  let time = Date.parse(start);
  return {
    now: () => {
      const now = new Date(time);
      time += stepMs;
      return now;
    },
  };
}
