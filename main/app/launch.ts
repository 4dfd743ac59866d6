/** `npm start`: opens the built window with Electron; where that cannot be, says so in one sentence and serves a browser. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { electronBinary } from './electron-binary.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What is started: a program and its arguments, and why it is not the window. */
interface Launch {
  readonly program: string;
  readonly given: readonly string[];
  /** Undefined for the window. */
  readonly because?: string;
}

/** True where no window can be shown: a server without a desktop. */
function hasNoDesktop({ platform, env }: Pick<NodeJS.Process, 'platform' | 'env'>): boolean {
  return platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'];
}

/** @param given arguments of the user: a project, or what `vislex serve` takes */
function chooseLaunch(given: readonly string[]): Launch {
  const binary = electronBinary();
  const serve = { program: process.execPath, given: [join(ROOT, 'out/main/cli.js'), 'serve', ...given] };
  if (binary === undefined) {
    return {
      ...serve,
      because:
        'The Electron binary is not installed (get it with "npx install-electron"), so Vislex opens in a browser:',
    };
  }
  if (hasNoDesktop(process)) {
    return { ...serve, because: 'There is no desktop to open a window on, so Vislex opens in a browser:' };
  }
  return { program: binary, given: [ROOT, ...given] };
}

const { program, given, because } = chooseLaunch(process.argv.slice(2));
if (because !== undefined) console.error(because);
const child = spawn(program, given, { stdio: 'inherit' });
// Ctrl-C reaches both through the terminal: only the child decides when its work is kept. Others' signals are handed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('error', (error) => {
  console.error(`${program} could not be started: ${error.message}.`);
  process.exitCode = 1;
});
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 0);
});
