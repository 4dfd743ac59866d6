/**
 * A stand-in for Electron, for tests: the unmodified built main process and preload script run over Chromium.
 *
 * It keeps Electron's promises about: when the application is ready, isolated worlds, calls and events between them, the
 * application's scheme with its headers, refused navigation, windows and their events, one instance, quitting in order,
 * utility processes with a parentPort.
 *
 * It CANNOT verify: menus and dialogs as drawn, and their keys; the operating system's sandbox and the fuses; integrity
 * of the asar archive; the GPU process; Electron's own V8 (memory cage) and its Node; native modules inside Electron;
 * structured clone across the real IPC (values travel as the contract's JSON here); paths of dropped files (always '');
 * permissions as Chromium asks for them (the handlers are called by the tests); real displays, zoom as drawn, crashes of
 * a real renderer. The suite in test/e2e looks at those where Electron's binary is installed.
 */
import { startBrowser } from './browser.ts';
import type { RunningBrowser } from './browser.ts';
import { App } from './application.ts';
import { createDialogs, createMenus, createShell, nativeTheme, screen } from './native.ts';
import { utilityProcess } from './utility-process.ts';
import type { Frame, WebContents } from './web-contents.ts';
import { windowClass } from './windows.ts';
import type { WindowClass } from './windows.ts';

/** What a handler of `ipcMain.handle` is called with first. */
export interface InvokeEvent {
  readonly sender: WebContents;
  readonly senderFrame: Frame | null;
}

/** Builds a stand-in. @param appFolder the folder with package.json that Electron would be started on */
export function createStandIn(appFolder: string) {
  let browser: Promise<RunningBrowser> | undefined;
  const openBrowser = () => (browser ??= startBrowser());
  const handlers = new Map<string, (event: InvokeEvent, ...args: unknown[]) => unknown>();
  const schemes: object[] = [];
  let answer: ((request: Request) => Promise<Response>) | undefined;

  const app = new App({
    appFolder,
    closeWindows: () => BrowserWindow.getAllWindows().every((window) => window.close()),
    endBrowser: async () => {
      if (browser !== undefined) await (await browser).close();
    },
  });
  const invoke = (channel: string, event: InvokeEvent, args: readonly unknown[]) => {
    const handler = handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return handler(event, ...args);
  };
  const BrowserWindow: WindowClass = windowClass({
    openPage: async () => (await openBrowser()).openPage(),
    afterLastWindow: () => app.afterLastWindow(),
    invoke,
    request: async (request) => (answer === undefined ? new Response(null, { status: 404 }) : answer(request)),
  });
  const ipcMain = {
    handle: (channel: string, handler: (event: InvokeEvent, ...args: unknown[]) => unknown) => {
      if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
      handlers.set(channel, handler);
    },
    removeHandler: (channel: string) => void handlers.delete(channel),
  };
  const protocol = {
    registerSchemesAsPrivileged: (list: readonly object[]) => {
      if (app.isReady()) throw new Error('registerSchemesAsPrivileged must be called before the app is ready');
      schemes.push(...list);
    },
    handle: (_scheme: string, handler: (request: Request) => Promise<Response>) => {
      if (!app.isReady()) throw new Error('protocol.handle must be called after the app is ready');
      answer = handler;
    },
  };
  const { dialog, answers, asked } = createDialogs();
  const { Menu, entries, press } = createMenus();
  const { shell, opened } = createShell();
  return {
    electron: { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, screen, shell, utilityProcess },
    /** For tests: what was done, and the person's part. */
    backstage: {
      endpoint: async () => (await openBrowser()).endpoint,
      answers,
      asked,
      entries,
      press,
      opened,
      schemes,
      invoke,
      request: (request: Request) => answer!(request),
    },
  };
}

/** The stand-in and its backstage. */
export type StandIn = ReturnType<typeof createStandIn>;
