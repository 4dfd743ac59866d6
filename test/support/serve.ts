/** Serve mode as the real program, on a copy of a project, for tests that look at its pages or pull its plug. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** The built command line, as users have it. */
const PROGRAM = join(ROOT, 'out/main/cli.js');

/** How long a start may take: a project is opened and checked before the address is printed. */
const START_MS = 30_000;

/** True when "npm run build" has made what serve mode sends. */
export const isBuilt = (): boolean => existsSync(PROGRAM) && existsSync(join(ROOT, 'out/renderer/index.html'));

/** A server in a process of its own. */
export interface ServedProgram {
  /** Good once: for `page.goto`. */
  readonly address: string;
  /** 'http://127.0.0.1:PORT' */
  readonly origin: string;
  /** The copy that is served, when there is a project. */
  readonly projectPath: string | undefined;
  /** Folder that holds the copy and the data of the user. */
  readonly folder: string;
  readonly process: ChildProcess;
  /** What it has said on stderr so far. */
  readonly notes: () => string;
  /** Ends it as Ctrl-C does. @returns its exit code; the folder is removed */
  readonly stop: () => Promise<number | null>;
}

/** Copies a project file with what SQLite keeps beside it, and its cache. @returns path of the copy */
export function copyProject(path: string, folder: string): string {
  const copy = join(folder, basename(path));
  for (const suffix of ['', '-wal', '.cache']) {
    if (existsSync(path + suffix)) cpSync(path + suffix, copy + suffix, { recursive: true });
  }
  return copy;
}

/**
 * Starts `vislex serve`.
 * @param options.project project to serve a copy of
 * @param options.folder folder of the user's data, kept at the end; default: a fresh one
 * @param options.given more arguments
 */
export async function serveProgram(
  options: { readonly project?: string; readonly folder?: string; readonly given?: readonly string[] } = {},
): Promise<ServedProgram> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'vislex-serve-'));
  const projectPath = options.project === undefined ? undefined : copyProject(options.project, folder);
  const given = ['serve', ...(projectPath === undefined ? [] : [projectPath]), '--port', '0', ...(options.given ?? [])];
  const child = spawn(process.execPath, [PROGRAM, ...given], {
    cwd: folder,
    env: { ...process.env, VISLEX_ACTOR: 'tester', VISLEX_DATA: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<number | null>((resolveEnd) => child.once('close', resolveEnd));
  const removeFolder = () => {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  const address = await new Promise<string>((resolveAddress, reject) => {
    let stdout = '';
    const timer = setTimeout(() => reject(new Error(`no address after ${START_MS} ms: ${stderr}`)), START_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (!stdout.includes('\n')) return;
      clearTimeout(timer);
      resolveAddress(stdout.slice(0, stdout.indexOf('\n')));
    });
    void ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before it served: ${stderr}`));
    });
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    removeFolder();
    throw error;
  });
  return {
    address,
    origin: new URL(address).origin,
    projectPath,
    folder,
    process: child,
    notes: () => stderr,
    stop: async () => {
      child.kill('SIGINT');
      const code = await ended;
      removeFolder();
      return code;
    },
  };
}
