/** The compute process as the queue sees it, and the way to start one with node's fork. */
import { fork } from 'node:child_process';
import type { JobReply, JobRequest } from './messages.ts';

/** How a compute process ended. */
export interface ProcessExit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** A running compute process; Electron's utilityProcess is adapted to this shape. */
export interface ComputeProcess {
  readonly send: (request: JobRequest) => void;
  readonly onReply: (listener: (reply: JobReply) => void) => void;
  /** Called once, also when the process could not be started. */
  readonly onExit: (listener: (exit: ProcessExit) => void) => void;
  /** The last lines of its error stream. */
  readonly diagnostics: () => string;
  /** Ends it at once (SIGKILL): safe at any moment, because every task leaves its files consistent. */
  readonly kill: () => void;
  /** Lets the parent exit while the process idles, or not. */
  readonly hold: (isHeld: boolean) => void;
}

/** Starts a compute process on a worker file. */
export type SpawnCompute = (workerPath: string) => ComputeProcess;

/** Bytes of the error stream kept for the error message. */
const DIAGNOSTICS_BYTES = 8 * 1024;

/** Starts the worker under the node that runs this process. */
export const forkCompute: SpawnCompute = (workerPath) => {
  const child = fork(workerPath, [], {
    serialization: 'advanced',
    // Flags of the parent (a test runner's, a debugger's port) are not the worker's.
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-DIAGNOSTICS_BYTES);
  });
  return {
    send: (request) => {
      // A request to a process that is just dying is answered by its exit.
      child.send(request, (error) => {
        if (error) child.kill('SIGKILL');
      });
    },
    onReply: (listener) => child.on('message', (reply) => listener(reply as JobReply)),
    onExit: (listener) => {
      let hasEnded = false;
      const end = (exit: ProcessExit) => {
        if (!hasEnded) listener(exit);
        hasEnded = true;
      };
      // 'close' follows 'exit' once the error stream is drained, so that the diagnostics are complete.
      child.on('close', (code, signal) => end({ code: code ?? undefined, signal: signal ?? undefined }));
      child.on('error', (error) => {
        tail += error.message;
        if (child.pid === undefined) end({ code: undefined, signal: undefined });
      });
    },
    diagnostics: () => tail.trim(),
    kill: () => {
      child.kill('SIGKILL');
    },
    hold: (isHeld) => {
      const stderr = child.stderr as { ref?: () => void; unref?: () => void } | null;
      if (isHeld) {
        child.ref();
        child.channel?.ref();
        stderr?.ref?.();
      } else {
        child.unref();
        child.channel?.unref();
        stderr?.unref?.();
      }
    },
  };
};
