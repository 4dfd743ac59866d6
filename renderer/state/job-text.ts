/** What a job says of itself in one line. Pure. */
import type { JobSnapshot } from '../../preload/contract/index.ts';
import { frame } from '../text/en/frame.ts';
import { count, fixed, percent, timeLeft } from '../text/en/numbers.ts';

/** Share done 0..1; null where it is not known. */
export function shareDone({ progress }: JobSnapshot): number | null {
  return progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : null;
}

/** '42 %', or its state when it does not run. */
export function jobState(job: JobSnapshot): string {
  const share = shareDone(job);
  return job.state === 'running' && share !== null ? percent(share, 0) : frame.jobs.states[job.state];
}

/** 'about 3 minutes left'; null while nobody knows. */
export function jobTimeLeft(job: JobSnapshot): string | null {
  const seconds = job.progress?.secondsLeft ?? null;
  return job.state === 'running' && seconds !== null && Number.isFinite(seconds) ? timeLeft(seconds) : null;
}

/** Phase, how much, how fast: 'Running the model over the images · 120 of 400 images · 12 images/s'. */
export function jobDetail(job: JobSnapshot): string {
  const { progress } = job;
  if (!progress) return frame.jobs.states[job.state];
  const rate = progress.perSecond;
  // 'parts' divide the way of a task that counts nothing a person knows.
  const isCounted = progress.unit !== 'parts';
  const parts = [
    progress.message ?? frame.jobs.phases[progress.phase] ?? progress.phase,
    isCounted && progress.total > 0 ? frame.jobs.of(count(progress.done), count(progress.total), progress.unit) : '',
    isCounted && rate !== null && Number.isFinite(rate) && job.state === 'running'
      ? frame.jobs.rate(rate >= 10 ? count(rate) : fixed(rate, 1), progress.unit)
      : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
