/** The Chromium behind the stand-in: started with the first window, ended with the application. */
import { createServer } from 'node:net';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../chromium-facts.ts';

/** A running Chromium. */
export interface RunningBrowser {
  readonly openPage: () => Promise<Page>;
  /** Where a test connects to look at the same page. */
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Starts Chromium with a fresh profile. */
export async function startBrowser(): Promise<RunningBrowser> {
  const port = await freePort();
  // The default context: a test that connects from outside sees no other.
  const context: BrowserContext = await chromium.launchPersistentContext('', {
    executablePath: CHROMIUM_PATH,
    args: [...CHROMIUM_FLAGS, `--remote-debugging-port=${port}`],
    viewport: null,
  });
  return {
    openPage: () => context.newPage(),
    endpoint: `http://127.0.0.1:${port}`,
    close: () => context.close(),
  };
}
