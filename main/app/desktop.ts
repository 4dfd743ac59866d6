/** The application on a desktop: one window, its menu and memory, and what reaches it from outside the page. */
import { join } from 'node:path';
import { app, Menu, nativeTheme, shell } from 'electron';
import type { BrowserWindow } from 'electron';
import type { AppSettings, JobSnapshot, RecentProject } from '../../preload/contract/index.ts';
import type { Log } from '../platform/log.ts';
import type { Application, Caller, Host } from '../services/index.ts';
import { routeUrl } from './addresses.ts';
import { serveBundle } from './asset-protocol.ts';
import { watchPage } from './crash.ts';
import { carryOverIpc } from './ipc.ts';
import { menuTemplate } from './menu.ts';
import type { MenuActions } from './menu.ts';
import { projectRoute } from './project-argument.ts';
import { readWindowState, writeWindowState, zoomStep } from './window-state.ts';
import type { WindowState } from './window-state.ts';
import { openWindow } from './window.ts';

/** What the desktop is made of. */
export interface DesktopParts {
  readonly application: Application;
  readonly host: Required<Host>;
  /** Who sits before the window; the settings may name somebody else for the journal. */
  readonly caller: Caller;
  readonly dataFolder: string;
  /** Folder of the built page, and the preload script's file. */
  readonly rendererFolder: string;
  readonly preload: string;
  readonly logPath: string;
  readonly log: Log;
  readonly isDevelopment: boolean;
}

/** The desktop while it runs. */
export interface Desktop {
  /** The window, if it is open. */
  readonly window: () => BrowserWindow | undefined;
  /** Brings the window to the front, opening it if need be; on a project when a path is given. */
  readonly show: (projectPath?: string) => void;
  /** Resolves when no long work waits or runs; at once when there is none. */
  readonly whenIdle: () => Promise<void>;
  /** Stops taking calls; the window state is kept. */
  readonly end: () => void;
}

/** Route of a window that was opened without a project. */
const FIRST_ROUTE = 'projects';

/** Page colours until the first paint (tokens.css: paper and graphite). */
const PAPER = { light: '#fafaf8', dark: '#16181c' } as const;

/** Script that asks the page whether its keys are going into a text field. */
const IS_WRITING =
  '(e => e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement || e?.isContentEditable === true)(document.activeElement)';

/** Starts the desktop; Electron must be ready. No window is open before `show`. */
export function startDesktop(parts: DesktopParts): Desktop {
  const { application, log, dataFolder } = parts;
  const statePath = join(dataFolder, 'window.json');
  let state = readWindowState(statePath, log);
  let window: BrowserWindow | undefined;
  let recentPaths: readonly string[] = [];

  /** Value of a call whose failure is only worth a line in the log. */
  async function ask<Value>(name: string): Promise<Value | undefined> {
    const reply = await application.call(name, {}, parts.caller);
    if (reply.ok) return reply.value as Value;
    log.warn('the desktop got no answer', { name, code: reply.error.code });
    return undefined;
  }

  function remember(change: Partial<WindowState>): void {
    state = { ...state, ...change };
    writeWindowState(statePath, state, log);
  }

  function rememberPlace(): void {
    if (window === undefined || window.isDestroyed()) return;
    const { x, y, width, height } = window.getNormalBounds();
    remember({ bounds: { x, y, width, height }, isMaximized: window.isMaximized() });
  }

  function zoomTo(zoom: number): void {
    window?.webContents.setZoomFactor(zoom);
    remember({ zoom });
  }

  /** Brings up the window at a route: navigates in an open page, loads it otherwise. */
  function go(route: string | undefined): void {
    if (window !== undefined && !window.isDestroyed()) {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      if (route !== undefined) application.navigate(route);
      return;
    }
    window = openWindow({
      preload: parts.preload,
      url: routeUrl(route ?? FIRST_ROUTE),
      state: () => state,
      isDevelopment: parts.isDevelopment,
      backgroundColor: nativeTheme.shouldUseDarkColors ? PAPER.dark : PAPER.light,
    });
    watchPage(window, { log, now: () => performance.now(), quit: () => app.quit() });
    window.webContents.on('zoom-changed', (_event, direction) => zoomTo(zoomStep(state.zoom, direction)));
    window.on('close', rememberPlace);
    window.on('closed', () => {
      window = undefined;
    });
  }

  function takeBack(what: 'undo' | 'redo'): void {
    const page = window?.webContents;
    if (page === undefined) return;
    page.executeJavaScript(IS_WRITING).then(
      (isWriting) => {
        if (isWriting === true) page[what]();
        else application.navigate(`command:words.${what}`);
      },
      (error: unknown) => log.warn('the page did not say whether a text field is in use', { reason: String(error) }),
    );
  }

  const actions: MenuActions = {
    navigate: (to) => {
      if (to.startsWith('command:') && window === undefined) return;
      go(to);
    },
    openProject: () => {
      void parts.host.pick('project', undefined).then((path) => {
        if (path !== null) go(projectRoute(path));
      });
    },
    openRecent: (path) => go(projectRoute(path)),
    undo: () => takeBack('undo'),
    redo: () => takeBack('redo'),
    zoom: (step) => zoomTo(step === 'reset' ? 1 : zoomStep(state.zoom, step)),
    showLog: () => shell.showItemInFolder(parts.logPath),
  };

  function setMenu(): void {
    const facts = { platform: process.platform, isDevelopment: parts.isDevelopment, recentPaths };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, facts)));
  }

  async function readRecent(): Promise<void> {
    const recent = await ask<readonly RecentProject[]>('projects.recent');
    const paths = (recent ?? []).filter(({ isThere }) => isThere).map(({ path }) => path);
    if (paths.join('\n') === recentPaths.join('\n')) return;
    recentPaths = paths;
    setMenu();
  }

  /** Native menus and dialogs follow the page's choice of theme. */
  function obeySettings({ theme }: AppSettings): void {
    nativeTheme.themeSource = theme;
  }

  /** Keeps menu and theme up with what the page did. */
  function follow(name: string, value: unknown): void {
    if (name === 'app.saveSettings') obeySettings(value as AppSettings);
    else if (name === 'projects.open' || name === 'projects.forget') void readRecent();
  }

  async function isWorking(): Promise<boolean> {
    const jobs = await ask<readonly JobSnapshot[]>('jobs.list');
    return jobs?.some(({ state: jobState }) => jobState === 'waiting' || jobState === 'running') ?? false;
  }

  /** Every event of a job is a reason to look again. */
  async function whenIdle(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const look = () => {
      isWorking().then((isBusy) => !isBusy && resolve(undefined), reject);
    };
    const stop = application.subscribe((event) => {
      if (event.name === 'job') look();
    });
    look();
    try {
      await promise;
    } finally {
      stop();
    }
  }

  serveBundle({ folder: parts.rendererFolder, asset: (address) => application.asset(address) });
  const stopIpc = carryOverIpc({
    application: {
      ...application,
      call: async (name, input, from) => {
        const reply = await application.call(name, input, from);
        if (reply.ok) follow(name, reply.value);
        return reply;
      },
    },
    caller: parts.caller,
    pages: () => (window === undefined ? [] : [window.webContents]),
    log,
  });
  setMenu();
  void readRecent();
  void ask<AppSettings>('app.settings').then((found) => {
    if (found !== undefined) obeySettings(found);
  });

  return {
    window: () => window,
    show: (projectPath) => go(projectPath === undefined ? undefined : projectRoute(projectPath)),
    whenIdle,
    end: () => {
      rememberPlace();
      stopIpc();
    },
  };
}
