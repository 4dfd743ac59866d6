/** Electron's utilityProcess over node's fork: the child gets a `parentPort` and no `process.send`. */
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Gives the child what Electron gives it. */
const PARENT_PORT = pathToFileURL(join(import.meta.dirname, 'parent-port.ts')).href;

/** Starts a utility process. */
export const utilityProcess = {
  fork: (
    modulePath: string,
    args: readonly string[] = [],
    { execArgv = [] }: { execArgv?: readonly string[] } = {},
  ) => {
    const child = fork(modulePath, args, {
      serialization: 'advanced',
      execArgv: ['--import', PARENT_PORT, ...execArgv],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const utility = Object.assign(new EventEmitter(), {
      pid: child.pid,
      stderr: child.stderr,
      stdout: null,
      postMessage: (message: unknown) => {
        if (child.connected) child.send(message as object);
      },
      kill: () => child.kill('SIGTERM'),
    });
    child.on('spawn', () => utility.emit('spawn'));
    child.on('message', (message) => utility.emit('message', message));
    child.on('error', (error) => process.stderr.write(`utility process: ${error.message}\n`));
    child.on('close', (code, signal) => utility.emit('exit', code ?? (signal === null ? 0 : 1)));
    return utility;
  },
};
