/** What a job says of itself in one line. */
import { expect, test } from 'vitest';
import type { JobProgress, JobSnapshot } from '../../../preload/contract/index.ts';
import { jobDetail, jobState, jobTimeLeft, shareDone } from '../../../renderer/state/job-text.ts';

const progress: JobProgress = {
  phase: 'extract',
  done: 120,
  total: 400,
  unit: 'images',
  perSecond: 12.34,
  secondsLeft: 23,
  message: null,
};
const job = (changes: Partial<JobSnapshot>): JobSnapshot => ({
  jobId: 1,
  procedure: 'runs.learn',
  project: 'p1',
  title: 'Learning 72 words',
  state: 'running',
  canPause: true,
  progress,
  startedAt: '2030-01-01T00:00:00.000Z',
  finishedAt: null,
  error: null,
  ...changes,
});

test('a phase is told in words, with how much and how fast', () => {
  expect(jobDetail(job({}))).toBe('Running the model over the images · 120 of 400 images · 12 images/s');
});

test('parts are no unit that a person counts in', () => {
  expect(jobDetail(job({ progress: { ...progress, phase: 'learn', unit: 'parts' } }))).toBe('Learning');
});

test('a phase without a name is shown as it is, a message instead of it', () => {
  expect(jobDetail(job({ progress: { ...progress, phase: 'juggle', unit: 'parts' } }))).toBe('juggle');
  expect(jobDetail(job({ progress: { ...progress, message: 'writing', unit: 'parts' } }))).toBe('writing');
});

test('a job that does not run has no rate and no time left', () => {
  expect(jobDetail(job({ state: 'paused' }))).not.toContain('/s');
  expect(jobTimeLeft(job({ state: 'paused' }))).toBeNull();
  expect(jobState(job({ state: 'paused' }))).toBe('Paused');
});

test('the share done is known only where the whole is', () => {
  expect(shareDone(job({}))).toBe(0.3);
  expect(shareDone(job({ progress: { ...progress, total: 0 } }))).toBeNull();
});
