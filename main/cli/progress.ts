/** Shows how far a job is: one rewritten line on a terminal, a line every few seconds elsewhere. */
import type { Hooks } from '../services/index.ts';
import { formatCount, formatDuration } from './format.ts';
import type { Output } from './output.ts';

/** How far a job is, as services report it. */
type Progress = Parameters<NonNullable<Hooks['onProgress']>>[0];

/** Between two lines of a log file; a person who follows it wants news, not noise. */
const LOG_INTERVAL_MS = 5_000;

/** "extract  1,024 of 2,115 images (48 %), 62.1/s, 18 s left, loss 0.3" */
export function progressLine({ phase, done, total, unit, ratePerSecond, secondsLeft, message }: Progress): string {
  const share = total > 0 ? ` (${Math.floor((done / total) * 100)} %)` : '';
  return [
    `${phase}  ${formatCount(done)} of ${formatCount(total)} ${unit}${share}`,
    ...(ratePerSecond === undefined ? [] : [`${ratePerSecond.toFixed(ratePerSecond < 100 ? 1 : 0)}/s`]),
    ...(secondsLeft === undefined || done >= total ? [] : [`${formatDuration(secondsLeft)} left`]),
    ...(message === undefined ? [] : [message]),
  ].join(', ');
}

/**
 * Makes a listener for progress.
 * @param now milliseconds of a monotonic clock
 */
export function showProgress(output: Output, now: () => number): (progress: Progress) => void {
  let phase: string | undefined;
  let lastLine = -Infinity;
  return (progress) => {
    if (output.isLive) {
      output.live(progressLine(progress));
      return;
    }
    const isEnd = progress.done >= progress.total;
    if (progress.phase === phase && !isEnd && now() - lastLine < LOG_INTERVAL_MS) return;
    phase = progress.phase;
    lastLine = now();
    output.note(progressLine(progress));
  };
}
