/**
 * Entry of the compute process: runs jobs from the table of tasks.
 * Started as a thread of that process, the same file serves as its image decoder.
 */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { BatchThreadData } from './images/batch-thread.ts';
import { openChannel, serveJobs } from './serve.ts';
import { TASKS } from './tasks/index.ts';

if (isMainThread) {
  serveJobs(openChannel(), TASKS, import.meta.filename);
} else {
  const { serveBatches } = await import('./images/batch-thread.ts');
  serveBatches(parentPort!, workerData as BatchThreadData);
}
