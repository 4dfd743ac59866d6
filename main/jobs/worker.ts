/**
 * Entry of the compute process: receives one job at a time and runs it from the table of tasks.
 * Started as a thread of that process, the same file serves as its image decoder.
 */
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { EngineError } from '../engine/errors.ts';
import type { GraphRunner } from '../engine/runner.ts';
import type { BatchThreadData } from './images/batch-thread.ts';
import { toFailure } from './messages.ts';
import type { JobReply, JobRequest } from './messages.ts';
import { createProgressMeter } from './progress.ts';
import type { DeviceChoice, Task, TaskContext } from './task.ts';
import { TASKS } from './tasks/index.ts';

/** The two ends of a channel to the parent: node's IPC, or Electron's parentPort with the same meaning. */
interface Channel {
  /** Resolves once the message is in the pipe. */
  readonly send: (reply: JobReply) => Promise<void>;
  readonly onRequest: (listener: (request: JobRequest) => void) => void;
}

/** Electron's utilityProcess gives its child `process.parentPort`; a forked node has `process.send`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

function openChannel(): Channel {
  const port = (process as unknown as { readonly parentPort?: ParentPort }).parentPort;
  if (port) {
    return {
      send: async (reply) => {
        port.postMessage(reply);
        await nextTurn();
      },
      onRequest: (listener) => {
        port.on('message', (event) => listener(event.data as JobRequest));
      },
    };
  }
  // Without a parent there is nobody to work for.
  process.on('disconnect', () => process.exit());
  return {
    send: (reply) =>
      new Promise((resolve, reject) => {
        process.send!(reply, undefined, undefined, (error) => (error ? reject(error) : resolve()));
      }),
    onRequest: (listener) => {
      process.on('message', (request) => listener(request as JobRequest));
    },
  };
}

async function createRunner(device: DeviceChoice = 'cpu'): Promise<GraphRunner> {
  const runtime = await import('../engine/runtime/session.ts');
  return runtime.createRunner({ provider: device === 'auto' ? 'cpu' : device });
}

async function run(
  channel: Channel,
  jobId: number,
  name: string,
  input: unknown,
  signal: AbortSignal,
): Promise<JobReply> {
  const context: TaskContext<unknown> = {
    signal,
    createRunner,
    workerPath: import.meta.filename,
    now: () => performance.now(),
    progress: createProgressMeter(
      () => performance.now(),
      (progress) => void channel.send({ kind: 'progress', jobId, progress }),
    ),
    emit: (event) => channel.send({ kind: 'event', jobId, event }),
  };
  try {
    if (!Object.hasOwn(TASKS, name)) throw new Error(`no task is called "${name}"`);
    const task = (await TASKS[name as keyof typeof TASKS]()) as Task<unknown, unknown, unknown>;
    return { kind: 'result', jobId, output: await task(input, context) };
  } catch (error) {
    return { kind: 'failure', jobId, failure: toFailure(signal.aborted ? cancelled(name) : error) };
  }
}

function cancelled(name: string): EngineError {
  return new EngineError('cancelled', `The task "${name}" was cancelled.`);
}

/** Takes jobs from the parent, one at a time, until it is told to end. */
function serveJobs(channel: Channel): void {
  let current: { readonly jobId: number; readonly controller: AbortController } | undefined;
  channel.onRequest((request) => {
    switch (request.kind) {
      case 'start': {
        const controller = new AbortController();
        current = { jobId: request.jobId, controller };
        void run(channel, request.jobId, request.task, request.input, controller.signal).then((reply) => {
          current = undefined;
          return channel.send(reply);
        });
        break;
      }
      case 'cancel':
        if (current?.jobId === request.jobId) current.controller.abort();
        break;
      case 'shutdown':
        process.exit(0);
    }
  });
  void channel.send({ kind: 'ready' });
}

if (isMainThread) {
  serveJobs(openChannel());
} else {
  const { serveBatches } = await import('./images/batch-thread.ts');
  serveBatches(parentPort!, workerData as BatchThreadData);
}
