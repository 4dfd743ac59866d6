/** Starts the built application under the stand-in and hands a test its page and what lies behind it. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import type { Bridge, Reply } from '../../../preload/contract/index.ts';
import type { BackstageActs, BackstageReply } from './backstage.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The built main process. */
const MAIN = join(ROOT, 'out/main/index.js');

/** Why there is nothing to launch, or undefined when there is. */
export function missingForStandIn(): string | undefined {
  if (!existsSync(MAIN)) return 'there is no out/, run "npm run build" first';
  return undefined;
}

/** The acts, each answered later. */
type Backstage = {
  readonly [Act in keyof BackstageActs]: (
    ...args: Parameters<BackstageActs[Act]>
  ) => Promise<Awaited<ReturnType<BackstageActs[Act]>>>;
};

/** A running application. */
export interface LaunchedApp {
  readonly page: Page;
  readonly backstage: Backstage;
  /** Calls through `window.vislex`, as the page does. */
  readonly call: (name: string, input?: unknown) => Promise<Reply>;
  /** Quits as a person does. @returns the exit code */
  readonly quit: () => Promise<number | null>;
  /** Ends at once, as a power cut does. */
  readonly kill: () => Promise<void>;
  readonly exited: Promise<number | null>;
  readonly stderr: () => string;
}

/** Starts a process; the page is not waited for. */
export function startProcess(args: readonly string[], dataFolder: string, folder = ROOT) {
  const child = fork(join(import.meta.dirname, 'run.ts'), [MAIN, ...args], {
    cwd: folder,
    env: { ...process.env, VISLEX_DATA: dataFolder, VISLEX_ACTOR: 'tester' },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, exited, stderr: () => stderr };
}

/** The application's page in a browser, once it is there. */
async function pageBehind(endpoint: string): Promise<Page> {
  const browser = await chromium.connectOverCDP(endpoint);
  for (;;) {
    const page = browser
      .contexts()
      .flatMap((context) => context.pages())
      .find((each) => each.url().startsWith('https:'));
    if (page !== undefined) return page;
    await setTimeout(20);
  }
}

/** Starts the application with a data folder of its own. */
export async function launchApp(options: {
  readonly dataFolder: string;
  readonly args?: readonly string[];
}): Promise<LaunchedApp> {
  const { child, exited, stderr } = startProcess(options.args ?? [], options.dataFolder);
  const open = new Map<number, (reply: BackstageReply) => void>();
  let count = 0;
  child.on('message', (message) => {
    const reply = message as BackstageReply;
    open.get(reply.id)?.(reply);
    open.delete(reply.id);
  });
  void exited.then((code) => {
    for (const answer of open.values()) answer({ id: 0, error: `the application ended with ${code}: ${stderr()}` });
  });
  const act = (name: string, args: readonly unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++count;
      open.set(id, ({ value, error }) => (error === undefined ? resolve(value) : reject(new Error(error))));
      child.send({ id, act: name, args });
    });
  const backstage = new Proxy({} as Backstage, {
    get:
      (_target, name) =>
      (...args: readonly unknown[]) =>
        act(String(name), args),
  });
  const page = await pageBehind(await backstage.endpoint());
  await page.waitForFunction(() => (globalThis as { vislex?: unknown }).vislex !== undefined);
  return {
    page,
    backstage,
    call: (name, input = {}) =>
      page.evaluate(
        ([to, what]) => (globalThis as unknown as { vislex: Bridge }).vislex.call(to as string, what),
        [name, input],
      ),
    quit: async () => {
      await backstage.quit();
      return exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    exited,
    stderr,
  };
}
