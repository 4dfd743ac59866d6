/** Runs the command line: inside this process against given services, or as the real program. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { createOutput } from '../../main/cli/output.ts';
import { runCommandLine } from '../../main/cli/program.ts';
import type { Services } from '../../main/services/index.ts';

/** What a run of the command line left behind. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Folder that relative paths of `runInProcess` count from. */
export const CLI_FOLDER = resolve('/home/user');

/** Runs one command line in this process; stderr is a terminal when `columns` is given. */
export async function runInProcess(
  argv: readonly string[],
  services: Services,
  { columns, env = {} }: { readonly columns?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const code = await runCommandLine(argv, {
    output: createOutput({
      stdout: { write: (text) => (stdout += text), ...terminal },
      stderr: { write: (text) => (stderr += text), ...terminal },
      env,
    }),
    appVersion: '1.2.3',
    folder: CLI_FOLDER,
    signal: new AbortController().signal,
    now: () => 0,
    openServices: async () => services,
    openApplication: () => Promise.reject(new Error('serve mode is tried as the real program')),
  });
  return { code, stdout, stderr };
}

/** Root of the project. */
const ROOT = resolve(import.meta.dirname, '../..');

/** Runs the real program from the checkout, under the Node of the tests. */
export function runProgram(
  argv: readonly string[],
  options: {
    readonly folder: string;
    /** Sees the error stream grow. */
    readonly onStderr?: (text: string, child: ChildProcess) => void;
  },
): Promise<CliResult> {
  return new Promise((resolveRun, reject) => {
    const child = spawn(process.execPath, [resolve(ROOT, 'main/cli/index.ts'), ...argv], {
      cwd: options.folder,
      env: { ...process.env, VISLEX_ACTOR: 'tester', VISLEX_DATA: options.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      options.onStderr?.(stderr, child);
    });
    child.on('error', reject);
    child.on('close', (code) => resolveRun({ code, stdout, stderr }));
  });
}
