/** Electron's WebContents over a Chromium page: navigation, the application's scheme, the preload script's world, messages. */
import { EventEmitter } from 'node:events';
import type { CDPSession, Page } from 'playwright-core';
import { fromWire, toWire } from '../../../preload/contract/wire.ts';
import { PRELOAD_WORLD, pageWorlds, RECEIVE, SEND } from './page-worlds.ts';

/** Host under which Chromium knows the application's scheme: secure, and never reached, because every request is caught. */
const HTTPS = 'https://bundle';
const APP = 'app://bundle';

const toHttps = (url: string) => (url.startsWith(APP) ? HTTPS + url.slice(APP.length) : url);
const toApp = (url: string) => (url.startsWith(HTTPS) ? APP + url.slice(HTTPS.length) : url);

/** Whoever speaks: Electron's WebFrameMain, as far as a sender check looks. */
export interface Frame {
  readonly url: string;
  readonly parent: Frame | null;
}

/** What a page is connected to in the main process. */
export interface PageEnds {
  /** Runs the handler of `ipcMain.handle`. */
  readonly invoke: (channel: string, event: { sender: WebContents; senderFrame: Frame }, args: unknown[]) => unknown;
  /** Runs the handler of `protocol.handle`. */
  readonly request: (request: Request) => Promise<Response>;
}

/** Handlers that the application gave to the session. */
export class Session extends EventEmitter {
  permissionRequest: ((...args: unknown[]) => void) | undefined;
  permissionCheck: ((...args: unknown[]) => boolean) | undefined;
  isSpellChecking = true;
  setPermissionRequestHandler = (handler: typeof this.permissionRequest) => (this.permissionRequest = handler);
  setPermissionCheckHandler = (handler: typeof this.permissionCheck) => (this.permissionCheck = handler);
  setDevicePermissionHandler = (): void => undefined;
  setSpellCheckerEnabled = (isEnabled: boolean) => (this.isSpellChecking = isEnabled);
}

/** One page. Calls made before Chromium is ready wait for it, as in Electron. */
export class WebContents extends EventEmitter {
  readonly id: number;
  readonly session: Session;
  readonly mainFrame: Frame;
  /** Headers of the last document, for tests of the content policy. */
  documentHeaders: Record<string, string> = {};
  /** Addresses of documents that the application refused to go to. */
  readonly refused: string[] = [];
  readonly #ends: PageEnds;
  readonly #attached: Promise<void>;
  #page: Page | undefined;
  #devtools: CDPSession | undefined;
  #mainFrameId: string | undefined;
  #worldId: number | undefined;
  #url = '';
  #zoom = 1;
  /** Navigations that the main process asked for: they are nobody's to refuse. */
  #ownNavigations = 0;
  #openHandler: ((details: { url: string }) => { action: string }) | undefined;

  constructor(id: number, session: Session, open: () => Promise<Page>, preload: string, ends: PageEnds) {
    super();
    this.id = id;
    this.session = session;
    this.#ends = ends;
    const currentUrl = () => this.getURL();
    this.mainFrame = {
      parent: null,
      get url() {
        return currentUrl();
      },
    };
    this.#attached = this.#attach(open, preload);
  }

  async #attach(open: () => Promise<Page>, preload: string): Promise<void> {
    const page = await open();
    const devtools = await page.context().newCDPSession(page);
    this.#page = page;
    this.#devtools = devtools;
    devtools.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = context.auxData as { readonly frameId: string };
      // Frames inside the page get a world of that name too, with no preload script in it.
      if (context.name === PRELOAD_WORLD && frameId === this.#mainFrameId) this.#worldId = context.id;
    });
    devtools.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === SEND) void this.#answer(payload, executionContextId);
    });
    devtools.on('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId === undefined) this.#url = frame.url + (frame.urlFragment ?? '');
    });
    devtools.on('Page.navigatedWithinDocument', ({ url }) => (this.#url = url));
    devtools.on('Page.loadEventFired', () => this.emit('did-finish-load'));
    devtools.on('Page.windowOpen', ({ url }) => this.#openHandler?.({ url: toApp(url) }));
    page.on('popup', (popup) => void popup.close());
    devtools.on('Fetch.requestPaused', (paused) => void this.#serve(paused));
    const worlds = pageWorlds(preload);
    await devtools.send('Page.enable');
    this.#mainFrameId = (await devtools.send('Page.getFrameTree')).frameTree.frame.id;
    await devtools.send('Runtime.enable');
    await devtools.send('Runtime.addBinding', { name: SEND, executionContextName: PRELOAD_WORLD });
    await devtools.send('Page.addScriptToEvaluateOnNewDocument', { source: worlds.page });
    await devtools.send('Page.addScriptToEvaluateOnNewDocument', {
      source: worlds.preload,
      worldName: PRELOAD_WORLD,
    });
    await devtools.send('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage: 'Request' }] });
  }

  /** Answers a call of `ipcRenderer.invoke`. */
  async #answer(payload: string, contextId: number): Promise<void> {
    const { id, channel, args } = fromWire(payload) as { id: number; channel: string; args: unknown[] };
    let message: object;
    try {
      message = { id, value: await this.#ends.invoke(channel, { sender: this, senderFrame: this.mainFrame }, args) };
    } catch (error) {
      message = { id, error: String(error) };
    }
    await this.#deliver(message, contextId);
  }

  async #deliver(message: object, contextId: number | undefined): Promise<void> {
    if (contextId === undefined) return;
    const expression = `${RECEIVE}(${JSON.stringify(toWire(message))})`;
    // A document that was left meanwhile has nobody to listen.
    await this.#devtools?.send('Runtime.evaluate', { expression, contextId }).catch(() => undefined);
  }

  /** Answers a request of the page from the application, or refuses it: nothing reaches the network. */
  async #serve(paused: {
    requestId: string;
    frameId: string;
    resourceType: string;
    request: { url: string; method: string; headers: object };
  }): Promise<void> {
    const { requestId, resourceType, request, frameId } = paused;
    const url = toApp(request.url);
    const isRefused = resourceType === 'Document' && !this.#mayNavigate(url, frameId);
    if (isRefused || !url.startsWith(APP)) {
      if (isRefused) this.refused.push(url);
      // An aborted navigation leaves the page as it is; any other failure would show an error page.
      await this.#devtools!.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' }).catch(() => undefined);
      return;
    }
    const answer = await this.#ends.request(new Request(url, { method: request.method }));
    const headers = Object.fromEntries(answer.headers);
    if (resourceType === 'Document') this.documentHeaders = headers;
    await this.#devtools!.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: answer.status,
      responseHeaders: Object.entries(headers).map(([name, value]) => ({ name, value })),
      body: Buffer.from(await answer.arrayBuffer()).toString('base64'),
    }).catch(() => undefined);
  }

  #mayNavigate(url: string, frameId: string): boolean {
    const isMainFrame = frameId === this.#mainFrameId;
    if (isMainFrame && this.#ownNavigations > 0) {
      this.#ownNavigations--;
      return true;
    }
    let isPrevented = false;
    const event = { url, isMainFrame, preventDefault: () => (isPrevented = true) };
    this.emit('will-frame-navigate', event);
    if (isMainFrame) this.emit('will-navigate', event);
    return !isPrevented;
  }

  async loadURL(url: string): Promise<void> {
    await this.#attached;
    this.#ownNavigations++;
    await this.#devtools!.send('Page.navigate', { url: toHttps(url) });
  }

  reload(): void {
    this.#ownNavigations++;
    void this.#devtools?.send('Page.reload');
  }

  getURL(): string {
    return toApp(this.#url);
  }

  send(channel: string, ...args: unknown[]): void {
    void this.#deliver({ channel, args }, this.#worldId);
  }

  async executeJavaScript(code: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#devtools!.send('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value as unknown;
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#openHandler = handler;
  }

  undo(): void {
    this.#edit('undo');
  }

  redo(): void {
    this.#edit('redo');
  }

  #edit(command: string): void {
    void this.#devtools?.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', commands: [command] });
  }

  setZoomFactor(zoom: number): void {
    this.#zoom = zoom;
  }

  getZoomFactor(): number {
    return this.#zoom;
  }

  isDestroyed(): boolean {
    return this.#page?.isClosed() ?? false;
  }

  /** Ends the page. */
  async end(): Promise<void> {
    await this.#attached;
    await this.#page?.close();
  }
}
