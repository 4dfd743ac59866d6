/** The compute process's side of the queue: takes jobs from the parent, runs them, reports. */
import { constants, setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EngineError, InvariantError } from '../engine/errors.ts';
import type { GraphRunner } from '../engine/runner.ts';
import { createMemo } from './memo.ts';
import { toFailure } from './messages.ts';
import type { JobReply, JobRequest } from './messages.ts';
import { createProgressMeter } from './progress.ts';
import type { DeviceChoice, Task, TaskContext } from './task.ts';

/** The way to the parent: node's IPC, or Electron's parentPort with the same meaning. */
export interface Channel {
  /** Resolves once the message is in the pipe. */
  readonly send: (reply: JobReply) => Promise<void>;
  readonly onRequest: (listener: (request: JobRequest) => void) => void;
}

/** Electron's utilityProcess gives its child `process.parentPort`; a forked node has `process.send`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Opens the channel of whatever started this process. */
export function openChannel(): Channel {
  // Ctrl-C in a terminal reaches the whole process group; whether and how to stop is the parent's decision.
  process.on('SIGINT', () => undefined);
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

/** Opens a provider; 'auto' is decided here by probing, which the caller may have done already. */
async function createRunner(device: DeviceChoice = 'cpu'): Promise<GraphRunner> {
  const { createRunner: open } = await import('../engine/runtime/session.ts');
  if (device !== 'auto') return open({ provider: device });
  const { decideProvider, probeProvider } = await import('../engine/runtime/providers.ts');
  return open({ provider: (await decideProvider('auto', (provider) => probeProvider(provider))).provider });
}

/** Name -> loader of a task. */
export type TaskTable = Readonly<Record<string, () => Promise<unknown>>>;

/** Lowers this process; threads that start later, the runtime's above all, inherit it where priorities are by thread. */
function giveWayToWindows(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}

/**
 * Takes jobs from the parent, one at a time, until it is told to end.
 * @param workerPath the file this process was started with
 */
export function serveJobs(channel: Channel, tasks: TaskTable, workerPath: string): void {
  let current: { readonly jobId: number; readonly controller: AbortController } | undefined;
  const memo = createMemo();

  async function run(request: Extract<JobRequest, { kind: 'start' }>): Promise<void> {
    const { jobId, task: name } = request;
    const controller = new AbortController();
    current = { jobId, controller };
    const now = () => performance.now();
    const context: TaskContext<unknown> = {
      signal: controller.signal,
      createRunner,
      workerPath,
      now,
      memo,
      progress: createProgressMeter(now, (progress) => void channel.send({ kind: 'progress', jobId, progress })),
      emit: (event) => channel.send({ kind: 'event', jobId, event }),
    };
    try {
      if (!Object.hasOwn(tasks, name)) throw new InvariantError(`no task is called "${name}"`);
      const task = (await tasks[name]!()) as Task<unknown, unknown, unknown>;
      await channel.send({ kind: 'result', jobId, output: await task(request.input, context) });
    } catch (error) {
      const reason = controller.signal.aborted
        ? new EngineError('cancelled', `The task "${name}" was cancelled.`)
        : error;
      await channel.send({ kind: 'failure', jobId, failure: toFailure(reason) });
    } finally {
      current = undefined;
    }
  }

  channel.onRequest((request) => {
    switch (request.kind) {
      case 'start':
        if (request.isBackground) giveWayToWindows();
        void run(request);
        break;
      case 'cancel':
        if (current?.jobId === request.jobId) current.controller.abort();
        break;
      case 'shutdown':
        process.exit(0);
    }
  });
  void channel.send({ kind: 'ready' });
}
