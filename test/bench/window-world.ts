/** The built program with Chromium before it, and calls beside the window: what the benches of the window measure in. */
import type { Browser, Page } from 'playwright-core';
import { fromWire, PROCEDURES, toWire } from '../../preload/contract/index.ts';
import type { Input, JobName, Output, ProcedureName, Reply } from '../../preload/contract/index.ts';
import { projectRoute } from '../../renderer/route.ts';
import type { ProjectPage } from '../../renderer/route.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { isBuilt, serveProgram } from '../support/serve.ts';
import type { ServedProgram } from '../support/serve.ts';

/** CSS px, as the application opens its window. */
const WINDOW = { width: 1280, height: 800 } as const;

/** Longest that any page may take to show what is waited for, ms. */
const LIMIT_MS = 60_000;

/** A server, a browser that is signed in, and one open project. */
export interface WindowWorld {
  readonly served: ServedProgram;
  readonly browser: Browser;
  /** Handle of the open project. */
  readonly project: string;
  /** A window with an empty cache, on no page yet. */
  readonly open: () => Promise<Page>;
  /** Address of a page of the project. */
  readonly pageOf: (page: ProjectPage, id?: string | null, query?: Readonly<Record<string, string>>) => string;
  /** Calls over HTTP, past the window. @throws Error for a refusal */
  readonly call: <Name extends ProcedureName>(name: Name, input: Input<Name>) => Promise<Output<Name>>;
  /** Starts a job over HTTP. @returns its number */
  readonly start: (name: JobName, input: Input<JobName>) => Promise<number>;
  readonly close: () => Promise<void>;
}

/**
 * Starts the built program on a copy of a project.
 * @throws Error when there is no Chromium or no build
 */
export async function openWindowWorld(projectPath: string): Promise<WindowWorld> {
  if (!hasChromium()) throw new Error('there is no Chromium; "npm test" installs it on Debian');
  if (!isBuilt()) throw new Error('there is no out/; run "npm run build" first');
  const served = await serveProgram({ project: projectPath });
  const browser = await launchChromium();
  // The address is good once; its cookie is what every window and every call needs.
  const first = await fetch(served.address, { redirect: 'manual' });
  const cookie = first.headers.getSetCookie()[0]!.split(';')[0]!;
  const [name, value] = cookie.split('=') as [string, string];

  async function ask(procedure: ProcedureName, input: unknown): Promise<unknown> {
    const response = await fetch(`${served.origin}/call/${procedure}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, origin: served.origin },
      body: toWire(input),
    });
    const reply = fromWire(await response.text()) as Reply;
    if (reply.ok) return reply.value;
    throw new Error(`${procedure}: ${reply.error.message}`);
  }

  const call: WindowWorld['call'] = async (procedure, input) =>
    PROCEDURES[procedure].output.parse(await ask(procedure, input)) as never;
  const path = served.projectPath!;
  const { project } = await call('projects.open', { path });
  await call('app.saveSettings', { isTourDone: true });
  return {
    served,
    browser,
    project,
    open: async () => {
      const context = await browser.newContext({ viewport: WINDOW });
      context.setDefaultTimeout(LIMIT_MS);
      await context.addCookies([{ name, value, url: served.origin, httpOnly: true, sameSite: 'Strict' }]);
      return context.newPage();
    },
    pageOf: (page, id = null, query = {}) => `${served.origin}/${projectRoute(path, page, id, query)}`,
    call,
    start: async (procedure, input) => ((await ask(procedure, input)) as { readonly jobId: number }).jobId,
    close: async () => {
      await browser.close();
      await served.stop();
    },
  };
}

/** Runs `work` in a world of its own. */
export async function inWindowWorld<Result>(
  projectPath: string,
  work: (world: WindowWorld) => Promise<Result>,
): Promise<Result> {
  const world = await openWindowWorld(projectPath);
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}

/** How long `work` takes, ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/**
 * Begins to count the processor time of a window's main thread, without the time that others had the processor.
 * @returns what it took since, ms
 */
export async function watchBusy(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  };
  const before = await read();
  return async () => {
    const after = await read();
    await session.detach();
    return after - before;
  };
}

/** Does something a number of times, one after the other. */
export async function repeated<Result>(count: number, work: (turn: number) => Promise<Result>): Promise<Result[]> {
  const values: Result[] = [];
  for (let turn = 0; turn < count; turn++) values.push(await work(turn));
  return values;
}

/** The value that a share of all are below. @param share 0..1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
