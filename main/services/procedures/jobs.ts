/** Procedures of long actions: watch, stop, pause, fetch the result. */
import type { JobBoard } from '../job-board.ts';
import type { HandlersOf } from './handler.ts';

/** @param board where long actions are */
export function createJobsHandlers(board: JobBoard): HandlersOf<'jobs'> {
  return {
    'jobs.list': () => [...board.list()],
    'jobs.cancel': ({ jobId }) => board.cancel(jobId),
    'jobs.pause': ({ jobId }) => board.pause(jobId),
    'jobs.resume': ({ jobId }) => board.resume(jobId),
    'jobs.result': ({ jobId }) => board.result(jobId),
  };
}
