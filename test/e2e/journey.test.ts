/**
 * The same journeys in the real Electron, by Playwright, and what only it can show: the sandbox, native modules in it,
 * utility processes, permissions and the bridge of its own. Skipped where Electron's binary is not installed
 * ("npx install-electron") or there is no display to open a window on.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import type { ElectronApplication, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Bridge, Input, Output, ProcedureName } from '../../preload/contract/index.ts';
import { electronBinary } from '../../main/app/electron-binary.ts';
import { openTinyWorld, TINY_LEARN } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

const ROOT = join(import.meta.dirname, '../..');
const binary = electronBinary();

function whyNot(): string | undefined {
  if (binary === undefined) return 'the Electron binary is not installed, "npx install-electron" fetches it';
  if (!existsSync(join(ROOT, 'out/main/index.js'))) return 'there is no out/, run "npm run build" first';
  const hasDisplay = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  return hasDisplay ? undefined : 'there is no display; run it under xvfb-run';
}

const missing = whyNot();

/** Longest that the window may take to answer while words are learned, ms. */
const ANSWER_MS = 50;

/** Chromium refuses its sandbox to root. */
const SANDBOX = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

describe.skipIf(missing !== undefined)(`the application in Electron${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let world: TinyWorld;
  let project: string;
  let app: ElectronApplication | undefined;

  beforeAll(async () => {
    world = await openTinyWorld();
    await world.make('birds.vislex');
    project = world.at('birds.vislex');
    await world.services.learn(project, TINY_LEARN);
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  async function launch(...args: readonly string[]): Promise<Page> {
    app = await _electron.launch({
      executablePath: binary!,
      args: [...SANDBOX, ROOT, ...args],
      env: { ...(process.env as Record<string, string>), VISLEX_DATA: world.at('data'), VISLEX_ACTOR: 'tester' },
    });
    const page = await app.firstWindow();
    await page.waitForFunction(() => (globalThis as { vislex?: unknown }).vislex !== undefined);
    return page;
  }

  async function ask<Name extends ProcedureName>(page: Page, name: Name, input: Input<Name>): Promise<Output<Name>> {
    const reply = await page.evaluate(
      ([to, what]) => (globalThis as unknown as { vislex: Bridge }).vislex.call(to as string, what),
      [name, input] as const,
    );
    if (!reply.ok) throw new Error(`${name}: ${reply.error.code}: ${reply.error.message}`);
    return reply.value as Output<Name>;
  }

  async function quit(): Promise<void> {
    const ended = app!;
    app = undefined;
    const closed = ended.waitForEvent('close');
    await ended.evaluate(({ app: electron }) => electron.quit());
    await closed;
  }

  it('keeps a name through quitting, and its undo through another', async () => {
    const nameOfWord = async (page: Page, key: string) =>
      (await ask(page, 'words.list', { project: key })).words.find(({ index }) => index === 2)?.name;
    const first = await launch();
    const { project: key } = await ask(first, 'projects.open', { path: project });
    await ask(first, 'words.edit', { project: key, edits: [{ index: 2, name: 'blue wing' }] });
    await quit();
    const second = await launch();
    const { project: again } = await ask(second, 'projects.open', { path: project });
    expect(await nameOfWord(second, again)).toBe('blue wing');
    await ask(second, 'history.undo', { project: again });
    await quit();
    const third = await launch();
    const { project: last } = await ask(third, 'projects.open', { path: project });
    expect(await nameOfWord(third, last)).toBeNull();
  });

  it('opens the project of its command line', async () => {
    const page = await launch(project);
    expect(page.url()).toBe(`app://bundle/index.html#/project/${encodeURIComponent(project)}/words`);
  });

  it('runs its page in a sandbox, with the bridge and nothing of Node', async () => {
    const page = await launch();
    const leaked = await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in globalThis));
    expect(leaked).toEqual([]);
    const preferences = await app!.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
  });

  it('gives typed arrays and reactive values across the real bridge', async () => {
    const page = await launch(project);
    const { project: key } = await ask(page, 'projects.open', { path: project });
    const isBytes = await page.evaluate(async (handle) => {
      const { vislex } = globalThis as unknown as { vislex: Bridge };
      const reply = await vislex.call('images.columns', { project: handle });
      const values = reply.ok ? Object.values(reply.value as object) : [];
      return values.some((value) => ArrayBuffer.isView(value));
    }, key);
    expect(isBytes).toBe(true);
  });

  it('answers at once while words are learned in a utility process', async () => {
    const page = await launch();
    const { project: key } = await ask(page, 'projects.open', { path: project });
    const ticket = await ask(page, 'runs.learn', { project: key, preset: 'evidence', wordCount: 6, device: 'cpu' });
    const { jobId } = ticket as unknown as { jobId: number };
    let longest = 0;
    await vi.waitFor(
      async () => {
        const [ms, state] = await page.evaluate(async (id) => {
          const { vislex } = globalThis as unknown as { vislex: Bridge };
          const asked = performance.now();
          const reply = await vislex.call('jobs.list', {});
          const jobs = (reply.ok ? reply.value : []) as { jobId: number; state: string }[];
          return [performance.now() - asked, jobs.find((job) => job.jobId === id)?.state] as const;
        }, jobId);
        longest = Math.max(longest, ms);
        expect(state).toBe('done');
      },
      { timeout: 60_000, interval: 5 },
    );
    console.info(`longest answer while learning in Electron: ${longest.toFixed(1)} ms`);
    expect(longest).toBeLessThan(ANSWER_MS);
  });
});
