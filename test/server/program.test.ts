/** `vislex serve` and `npm start` as the real programs: what they print, how they end, what Chromium makes of the page. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { runProgram } from '../support/run-cli.ts';
import { isBuilt, serveProgram } from '../support/serve.ts';
import type { ServedProgram } from '../support/serve.ts';
import { inTempFolder } from '../support/temp-project.ts';
import { openTinyWorld, TINY_LEARN } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Reads a stream until it holds the pattern. */
function heard(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  return new Promise((found, lost) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (pattern.test(text)) found(text);
    });
    stream.on('end', () => lost(new Error(`ended after ${JSON.stringify(text)}`)));
  });
}

describe('vislex serve, wrongly used', () => {
  test.each([
    [['--port', '70000'], 2, 'at most 65535'],
    [['--port', '-1'], 2, 'whole number'],
    [['--role', 'king'], 2, 'viewer'],
    [['nowhere.vislex', '--port', '0'], 1, 'nowhere.vislex'],
  ])('%j ends with a sentence', async (given, code, sentence) => {
    await inTempFolder(async (folder) => {
      const result = await runProgram(['serve', ...given], { folder });
      expect(result.stderr).toContain(sentence);
      expect(result).toMatchObject({ code, stdout: '' });
    });
  });

  test.skipIf(!isBuilt())('a port that is taken is named, with what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((next) => other.once('listening', next));
    const { port } = other.address() as AddressInfo;
    try {
      await inTempFolder(async (folder) => {
        const { code, stderr } = await runProgram(['serve', '--port', String(port)], { folder });
        expect(stderr).toBe(
          `error: Port ${port} is used by another program. Give another one with --port, or none to get a free one.\n`,
        );
        expect(code).toBe(1);
      });
    } finally {
      other.close();
    }
  });
});

describe.skipIf(!isBuilt())('vislex serve (skipped without out/: npm run build)', () => {
  test('prints the address on stdout, ends cleanly with Ctrl-C and leaves the project closed', async () => {
    const served = await serveProgram();
    expect(served.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    await expect.poll(() => served.notes()).toContain('Open this address in a browser on this machine, once');
    expect(await served.stop()).toBe(0);
    await expect(fetch(served.origin)).rejects.toThrow();
  });

  test.skipIf(process.platform !== 'linux')(
    'npm start serves where there is no window, and its end is the end of both',
    async () => {
      await inTempFolder(async (folder) => {
        const child = spawn(process.execPath, [join(ROOT, 'main/app/launch.ts'), '--port', '0'], {
          env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', VISLEX_DATA: folder },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        const ended = new Promise<number | null>((next) => child.once('close', next));
        const said = heard(child.stderr, /browser:\n/);
        const address = (await heard(child.stdout, /token=[\w-]{43}\n/)).trim();
        expect((await said).split('\n')[0]).toMatch(/, so Vislex opens in a browser:$/);
        expect((await fetch(address, { redirect: 'manual' })).status).toBe(303);
        child.kill('SIGTERM');
        expect(await ended).toBe(0);
        await expect(fetch(new URL(address).origin)).rejects.toThrow();
      });
    },
  );
});

describe.skipIf(!isBuilt() || !hasChromium())('in Chromium (skipped without out/ or Chromium)', () => {
  let world: TinyWorld;
  let served: ServedProgram;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    world = await openTinyWorld(5);
    await world.make('colours.vislex');
    await world.services.learn(world.at('colours.vislex'), TINY_LEARN);
    [served, browser] = await Promise.all([serveProgram({ project: world.at('colours.vislex') }), launchChromium()]);
    page = await (await browser.newContext()).newPage();
    // What the server is to blame for: the page's own mistakes are looked for by the tests of the pages.
    page.on('console', (message) => {
      if (/Content Security Policy|Failed to load|MIME/i.test(message.text())) problems.push(message.text());
    });
    await page.goto(served.address);
  });
  afterAll(async () => {
    await browser.close();
    await served.stop();
    await world.close();
  });

  /** Calls from inside the page, as its scripts do. */
  const callInPage = (name: string, input: unknown) =>
    page.evaluate(
      async ([call, body]) => {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(`call/${call}`, { method: 'POST', headers, body });
        return { status: response.status, reply: (await response.json()) as { ok: boolean; value: unknown } };
      },
      [name, JSON.stringify(input)] as const,
    );

  test('the address leads straight to the words of the project, without the token and without a complaint', async () => {
    expect(page.url()).toBe(`${served.origin}/#/project/${encodeURIComponent(served.projectPath!)}/words`);
    await page.waitForLoadState('networkidle').catch(() => undefined);
    expect(problems).toEqual([]);
  });

  test('scripts of the page cannot read the cookie, and are let in by it', async () => {
    expect(await page.evaluate(() => document.cookie)).toBe('');
    expect(await callInPage('projects.opened', {})).toMatchObject({
      status: 200,
      reply: { ok: true, value: [{ project: 'p1', path: served.projectPath }] },
    });
  });

  test('a picture is sent as a picture', async () => {
    const size = await page.evaluate(async () => {
      const image = new Image();
      image.src = 'assets/p1/thumbnail/1';
      await image.decode();
      return image.naturalWidth;
    });
    expect(size).toBeGreaterThan(0);
  });

  test('scripts, styles and frames that are not ours do not run', async () => {
    const isRun = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.body.append(script);
      return 'wasRun' in window;
    });
    expect(isRun).toBe(false);
    expect(problems.splice(0).join()).toContain('Content Security Policy');
  });

  test('the page of another port of this host can neither call, nor listen, nor look, though its cookies are ours', async () => {
    const evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title>');
    }).listen(0, '127.0.0.1');
    await new Promise((next) => evil.once('listening', next));
    const other = await page.context().newPage();
    try {
      await other.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
      const tried = await other.evaluate(async (origin) => {
        const attempt = (init: RequestInit) =>
          fetch(`${origin}/call/projects.opened`, { credentials: 'include', method: 'POST', body: '{}', ...init })
            .then((response) => `${response.type} ${response.status}`)
            .catch(() => 'refused');
        const loaded = (element: HTMLImageElement | HTMLScriptElement | HTMLIFrameElement, src: string) =>
          new Promise<string>((done) => {
            element.onload = () => done('loaded');
            element.onerror = () => done('refused');
            element.src = src;
            document.body.append(element);
          });
        const listened = await new Promise<string>((done) => {
          const source = new EventSource(`${origin}/events`, { withCredentials: true });
          source.onopen = () => done('heard');
          source.onerror = () => done('refused');
        });
        return {
          json: await attempt({ headers: { 'content-type': 'application/json' } }),
          plain: await attempt({ headers: { 'content-type': 'text/plain' } }),
          image: await loaded(new Image(), `${origin}/assets/p1/thumbnail/1`),
          script: await loaded(document.createElement('script'), `${origin}/assets/p1/thumbnail/1`),
          listened,
        };
      }, served.origin);
      expect(tried).toEqual({
        json: 'refused',
        plain: 'refused',
        image: 'refused',
        script: 'refused',
        listened: 'refused',
      });
      const blind = await other.evaluate(
        (origin) =>
          fetch(`${origin}/call/app.saveSettings`, {
            mode: 'no-cors',
            credentials: 'include',
            method: 'POST',
            body: '{"actorName":"evil"}',
          }).then(
            ({ type }) => type,
            () => 'refused',
          ),
        served.origin,
      );
      expect(['refused', 'opaque']).toContain(blind);
      const { reply } = await callInPage('app.settings', {});
      expect(reply).toMatchObject({ ok: true, value: { actorName: null } });
    } finally {
      await other.close();
      evil.close();
    }
  });
});
