/**
 * The window itself: who may call, what it serves, how it is hardened, what reaches it from outside. Over the stand-in
 * for Electron; what that cannot verify is said at the head of test/support/electron/stand-in.ts.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONTENT_POLICY } from '../../main/platform/page-headers.ts';
import { CHANNELS } from '../../preload/contract/index.ts';
import type { Reply } from '../../preload/contract/index.ts';
import { hasChromium } from '../support/chromium.ts';
import { ask, eventually } from '../support/electron/jobs.ts';
import { launchApp, missingForStandIn, startProcess } from '../support/electron/launch.ts';
import type { LaunchedApp } from '../support/electron/launch.ts';

const missing = hasChromium() ? missingForStandIn() : 'there is no Chromium';

describe.skipIf(missing !== undefined)(`the window${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let folder: string;
  let app: LaunchedApp;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vislex-window-'));
    // The tour of a first start would keep the keyboard to itself.
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ isTourDone: true }));
    app = await launchApp({ dataFolder: folder });
  });
  afterAll(async () => {
    await app.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const callFrom = (frame: { url: string; isInner: boolean } | null, ...args: readonly unknown[]) =>
    app.backstage.invokeFrom(frame, CHANNELS.call, [...args]) as Promise<Reply>;
  const ours = { url: 'app://bundle/index.html#/projects', isInner: false };

  it('answers its own page, which has the bridge and nothing of Node or Electron', async () => {
    expect(await ask(app, 'app.info', {})).toMatchObject({ actor: 'tester', role: 'auditor', hasNativeDialogs: true });
    const found = await app.page.evaluate(() => {
      const page = globalThis as unknown as Record<string, unknown>;
      return {
        keys: Object.keys(page['vislex'] as object).sort(),
        isFrozen: Object.isFrozen(page['vislex']),
        leaked: ['require', 'process', 'module', 'electron', 'ipcRenderer'].filter((name) => name in page),
      };
    });
    expect(found).toEqual({ keys: ['call', 'carrier', 'pathOf', 'subscribe'], isFrozen: true, leaked: [] });
  });

  it.each([
    ['another site', { url: 'https://evil.example/', isInner: false }],
    ['a frame inside the page', { url: 'app://bundle/index.html', isInner: true }],
    ['another host of the scheme', { url: 'app://other/index.html', isInner: false }],
    ['a blank page', { url: 'about:blank', isInner: false }],
    ['a frame that is gone', null],
  ])('refuses calls of %s', async (_, frame) => {
    expect(await callFrom(frame, 'app.info', {})).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await callFrom(ours, 'app.info', {})).toMatchObject({ ok: true });
  });

  it.each([
    ['a name that is none', [42, {}], 'bad-request'],
    ['a procedure that does not exist', ['app.explode', {}], 'unknown-procedure'],
    ['a procedure of every object', ['constructor', {}], 'unknown-procedure'],
    ['an input of the wrong shape', ['projects.open', { path: 7 }], 'bad-request'],
    ['an input of 5 MiB', ['projects.open', { path: 'x'.repeat(5 * 1024 * 1024) }], 'bad-request'],
  ] as const)('refuses %s', async (_, args, code) => {
    expect(await callFrom(ours, ...args)).toMatchObject({ ok: false, error: { code } });
  });

  it('serves the page with the content policy, and Chromium obeys it', async () => {
    const { documentHeaders } = await app.backstage.window();
    expect(documentHeaders).toMatchObject({
      'content-security-policy': CONTENT_POLICY,
      'x-content-type-options': 'nosniff',
    });
    const outcome = await app.page.evaluate(`(async () => {
      const refused = [];
      document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'globalThis.wasInjected = true';
      document.head.append(script);
      const style = document.createElement('p');
      style.setAttribute('style', 'color: red');
      const frame = document.createElement('iframe');
      frame.src = 'https://evil.example/';
      document.body.append(style, frame);
      await fetch('https://evil.example/').catch(() => undefined);
      for (let look = 0; look < 200 && new Set(refused).size < 4; look++) await new Promise((resolve) => setTimeout(resolve, 25));
      script.remove(); style.remove(); frame.remove();
      return { refused: [...new Set(refused)].sort(), wasInjected: 'wasInjected' in globalThis };
    })()`);
    expect(outcome).toEqual({
      refused: ['connect-src', 'frame-src', 'script-src-elem', 'style-src-attr'],
      wasInjected: false,
    });
  });

  it('serves nothing outside the page', async () => {
    for (const url of ['app://bundle/..%2fmain/index.js', 'app://bundle/assets/../../package.json', 'app://other/']) {
      expect((await app.backstage.request(url, 'GET')).status).toBe(404);
    }
    expect((await app.backstage.request('app://bundle/index.html', 'GET')).status).toBe(200);
  });

  it('is hardened', async () => {
    const { webPreferences } = await app.backstage.window();
    expect(webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    });
    const [scheme] = (await app.backstage.schemes()) as { privileges: Record<string, boolean> }[];
    expect(scheme?.privileges).not.toHaveProperty('bypassCSP');
    expect(scheme?.privileges).not.toHaveProperty('corsEnabled');
  });

  it('grants copying text and no other permission', async () => {
    const page = 'app://bundle/index.html';
    for (const name of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fileSystem']) {
      expect(await app.backstage.permission(name, page), name).toEqual({ isGranted: false, isChecked: false });
    }
    expect(await app.backstage.permission('clipboard-sanitized-write', page)).toEqual({
      isGranted: true,
      isChecked: true,
    });
    expect(await app.backstage.permission('clipboard-sanitized-write', 'https://evil.example/')).toEqual({
      isGranted: false,
      isChecked: false,
    });
  });

  it('does not leave its page, and opens no other window', async () => {
    const before = app.page.url();
    await app.page.evaluate(`location.href = 'https://evil.example/'`).catch(() => undefined);
    await app.page.evaluate(`window.open('https://evil.example/popup')`);
    await app.page.evaluate(`window.open('https://onnx.ai/')`);
    await eventually(async () => {
      expect((await app.backstage.window()).refused).toContain('https://evil.example/');
      expect(await app.backstage.opened()).toEqual(['https://onnx.ai/']);
    });
    expect(app.page.url()).toBe(before);
    expect(await app.backstage.windowCount()).toBe(1);
    await eventually(() =>
      expect(
        app.page
          .context()
          .pages()
          .filter((page) => page.url().includes('evil')),
      ).toEqual([]),
    );
  });

  it('hands events to the page until it stops listening', async () => {
    await app.page.evaluate(`
      globalThis.heard = [];
      globalThis.stop = vislex.subscribe((event) => heard.push(event));
    `);
    await app.backstage.press('file.new');
    const heard = () => app.page.evaluate('globalThis.heard');
    const event = { name: 'navigate', payload: { to: 'new' } };
    await eventually(async () => expect(await heard()).toEqual([event]));
    await app.page.evaluate('globalThis.stop()');
    await app.backstage.press('go.projects');
    await ask(app, 'app.info', {});
    expect(await heard()).toEqual([event]);
  });

  it('asks with native dialogs, and takes what fits', async () => {
    writeFileSync(join(folder, 'bird.onnx'), '');
    await app.backstage.answerDialog({ canceled: false, filePaths: [join(folder, 'bird.onnx')] });
    expect(await ask(app, 'files.pick', { kind: 'model' })).toEqual({ path: join(folder, 'bird.onnx') });
    await app.backstage.answerDialog({ canceled: false, filePaths: [join(folder, 'gone.onnx')] });
    expect(await ask(app, 'files.pick', { kind: 'model' })).toEqual({ path: null });
    await app.backstage.answerDialog({ canceled: false, filePath: join(folder, 'birds') });
    expect(await ask(app, 'files.pick', { kind: 'newProject', suggestedName: 'birds' })).toEqual({
      path: join(folder, 'birds.vislex'),
    });
    expect(await ask(app, 'files.pick', { kind: 'image' })).toEqual({ path: null });
  });

  it('lets native parts follow the theme', async () => {
    await ask(app, 'app.saveSettings', { theme: 'dark' });
    expect(await app.backstage.theme()).toBe('dark');
    await ask(app, 'app.saveSettings', { theme: 'system' });
    expect(await app.backstage.theme()).toBe('system');
  });

  it('takes back in a text field when one is being written in, and in the project otherwise', async () => {
    await app.page.evaluate(`
      globalThis.told = [];
      globalThis.stop = vislex.subscribe(({ payload }) => told.push(payload.to));
      document.body.insertAdjacentHTML('beforeend', '<input id="field" />');
    `);
    await app.page.locator('#field').pressSequentially('wing');
    await app.backstage.press('edit.undo');
    await eventually(async () => expect(await app.page.locator('#field').inputValue()).toBe(''));
    expect(await app.page.evaluate('globalThis.told')).toEqual([]);
    await app.page.evaluate(`document.querySelector('#field').remove()`);
    await app.backstage.press('edit.undo');
    await eventually(async () => expect(await app.page.evaluate('globalThis.told')).toEqual(['command:words.undo']));
    await app.page.evaluate('globalThis.stop()');
  });

  it('loads a page that died again, and asks when it dies again', async () => {
    await app.page.evaluate('globalThis.isOld = true');
    await app.backstage.crashPage();
    await eventually(async () => expect(await app.page.evaluate('globalThis.isOld')).toBeUndefined());
    await app.page.waitForFunction('globalThis.vislex !== undefined');
    expect(await ask(app, 'app.info', {})).toMatchObject({ actor: 'tester' });
    expect((await app.backstage.dialogs()).at(-1)).toMatchObject({ kind: 'message', options: { type: 'warning' } });
    await app.backstage.crashPage();
    await eventually(async () =>
      expect((await app.backstage.dialogs()).at(-1)).toMatchObject({ options: { type: 'error' } }),
    );
    expect(readFileSync(join(folder, 'logs/vislex.log'), 'utf8')).toContain('the page stopped working');
  });

  it('is brought forward by a second launch, on its project', async () => {
    const { focusCount } = await app.backstage.window();
    const second = startProcess(['birds.vislex'], folder, folder);
    expect(await second.exited).toBe(0);
    await eventually(async () => expect((await app.backstage.window()).focusCount).toBe(focusCount + 1));
    expect(await app.backstage.windowCount()).toBe(1);
  });
});

describe.skipIf(missing !== undefined)(
  `a window that is opened again${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let app: LaunchedApp | undefined;
    afterEach(() => app?.kill());

    it('is where it was, as big and as near', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'vislex-window-'));
      try {
        app = await launchApp({ dataFolder: folder });
        await app.backstage.setBounds({ x: 120, y: 90, width: 1111, height: 777 });
        for (let step = 0; step < 2; step++) await app.backstage.press('zoom.in');
        await app.backstage.closeWindow();
        expect(await app.exited).toBe(0);
        app = await launchApp({ dataFolder: folder });
        const again = app;
        await eventually(async () => expect((await again.backstage.window()).zoom).toBe(1.25));
        expect((await again.backstage.window()).bounds).toEqual({ x: 120, y: 90, width: 1111, height: 777 });
        expect(await again.quit()).toBe(0);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
);
