/** Starts compute processes as Electron's utility processes: a window's program is forbidden to fork itself as Node. */
import { utilityProcess } from 'electron';
import type { ComputeProcess, SpawnCompute } from '../jobs/index.ts';

/** Bytes of the error stream kept for the error message. */
const DIAGNOSTICS_BYTES = 8 * 1024;

/** Starts the worker; the process ends with the application. */
export const spawnUtility: SpawnCompute = (workerPath): ComputeProcess => {
  const child = utilityProcess.fork(workerPath, [], {
    serviceName: 'Vislex compute',
    stdio: ['ignore', 'ignore', 'pipe'],
    execArgv: [],
  });
  let tail = '';
  const keep = (text: string) => {
    tail = (tail + text).slice(-DIAGNOSTICS_BYTES);
  };
  child.stderr?.on('data', (piece: Buffer) => keep(piece.toString('utf8')));
  child.on('error', (type, location) => keep(`${type} at ${location}\n`));
  return {
    send: (request) => child.postMessage(request),
    onReply: (listener) => child.on('message', listener),
    onExit: (listener) => {
      child.once('exit', (code) => listener({ code, signal: undefined }));
    },
    diagnostics: () => tail.trim(),
    kill: () => {
      // `child.kill()` asks politely, which a process inside the runtime does not hear.
      if (child.pid === undefined) child.kill();
      else process.kill(child.pid, 'SIGKILL');
    },
    // Electron's main process does not end by having nothing to do.
    hold: () => undefined,
  };
};
