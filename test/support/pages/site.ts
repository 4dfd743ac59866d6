/** Serve mode with Chromium before it, for tests that use the pages as a person does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { ProjectPage } from '../../../renderer/route.ts';
import { projectRoute } from '../../../renderer/route.ts';
import { hasChromium, launchChromium } from '../chromium.ts';
import { isBuilt, serveProgram } from '../serve.ts';
import type { ServedProgram } from '../serve.ts';
import { watchPage } from './watch.ts';
import type { Watch } from './watch.ts';

/** Why pages cannot be looked at here; undefined when they can. */
export function missingForPages(): string | undefined {
  if (!hasChromium()) return 'there is no Chromium';
  return isBuilt() ? undefined : 'there is no out/, run "npm run build" first';
}

/** A window with what went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  readonly watch: Watch;
}

/** A running server and a browser that is signed in. */
export interface Site {
  readonly browser: Browser;
  readonly origin: string;
  /** Path of the served copy; '' without a project. */
  readonly projectPath: string;
  /** Folder of the user's data; the copy lies in it. */
  readonly folder: string;
  /** A window of its own, on no page yet. */
  readonly open: (options?: BrowserContextOptions) => Promise<WatchedPage>;
  /** Address of a page, '#/projects'. */
  readonly at: (hash: string) => string;
  /** Address of a page of the project. */
  readonly pageOf: (page: ProjectPage, id?: string | null, query?: Readonly<Record<string, string>>) => string;
  /** Ends the server as Ctrl-C does and starts another over the same data; windows of before are signed out. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Size of windows unless a test says otherwise, CSS px. */
export const WINDOW = { width: 1280, height: 800 } as const;

/** Starts the built program over a copy of a project, or over an empty data folder. */
export async function openSite(
  options: {
    readonly project?: string;
    readonly given?: readonly string[];
    /** False: as at the first launch, with the tour. */
    readonly isTourDone?: boolean;
  } = {},
): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'vislex-pages-'));
  if (options.isTourDone !== false) writeFileSync(join(folder, 'settings.json'), JSON.stringify({ isTourDone: true }));
  const { project, given = [] } = options;
  const browser = await launchChromium();
  let served: ServedProgram;
  let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;
  let contexts: BrowserContext[] = [];

  async function start(from: Parameters<typeof serveProgram>[0]): Promise<void> {
    served = await serveProgram({ ...from, folder });
    // The address is good once: its cookie is given to every window.
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(served.address);
    signedIn = await context.storageState();
    await context.close();
  }
  await start({ ...(project === undefined ? {} : { project }), given });
  const projectPath = served!.projectPath ?? '';
  const at = (hash: string) => `${served.origin}/${hash}`;

  return {
    browser,
    get origin() {
      return served.origin;
    },
    projectPath,
    folder,
    open: async (more = {}) => {
      const context = await browser.newContext({ viewport: WINDOW, storageState: signedIn, ...more });
      contexts.push(context);
      const page = await context.newPage();
      return { page, watch: watchPage(page) };
    },
    at,
    pageOf: (page, id = null, query = {}) => at(projectRoute(projectPath, page, id, query)),
    restart: async () => {
      await Promise.all(contexts.map((context) => context.close()));
      contexts = [];
      await served.stop();
      await start({ given: projectPath === '' ? given : [...given, projectPath] });
    },
    close: async () => {
      await browser.close();
      await served.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
