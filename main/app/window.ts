/** Creates the hardened window: sandboxed, isolated, without navigation, pop-ups, permissions or spell checking. */
import { BrowserWindow, screen, shell } from 'electron';
import type { Session } from 'electron';
import { isOurs, mayOpenOutside } from './addresses.ts';
import { restoredBounds } from './window-state.ts';
import type { WindowState } from './window-state.ts';

/** Smallest window in which every page keeps its layout (design.md: 1280 x 800 less the system's bars). */
const MINIMUM_SIZE_PX = { width: 640, height: 480 } as const;

/** Window of a first start, px. */
const FIRST_SIZE_PX = { width: 1280, height: 800 } as const;

/** How a window is opened. */
export interface WindowOptions {
  /** Absolute path of the CommonJS preload script. */
  readonly preload: string;
  /** Address of the page, with its route. */
  readonly url: string;
  /** Where it was last time, and how far zoomed now; read again after each load. */
  readonly state: () => WindowState;
  /** False in packaged builds: no developer tools. */
  readonly isDevelopment: boolean;
  /** Colour until the first paint: the page's background. */
  readonly backgroundColor: string;
}

/** The one thing a page may ask for: to put plain text onto the clipboard when a person presses "Copy". */
const GRANTED = 'clipboard-sanitized-write';

/** Refuses every other permission: nothing here needs a camera, a place, or notifications. */
function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl, isMainFrame }) => {
    decide((permission as string) === GRANTED && isMainFrame && isOurs(requestingUrl));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin) => (permission as string) === GRANTED && isOurs(requestingOrigin),
  );
  session.setDevicePermissionHandler(() => false);
}

/** Opens the window; it shows itself once the page has painted. */
export function openWindow({ preload, url, state, isDevelopment, backgroundColor }: WindowOptions): BrowserWindow {
  const displays = screen.getAllDisplays().map((display) => display.workArea);
  const remembered = state();
  const bounds = restoredBounds(remembered.bounds, displays) ?? FIRST_SIZE_PX;
  const window = new BrowserWindow({
    ...bounds,
    minWidth: MINIMUM_SIZE_PX.width,
    minHeight: MINIMUM_SIZE_PX.height,
    show: false,
    title: 'Vislex',
    backgroundColor,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      devTools: isDevelopment,
      navigateOnDragDrop: false,
    },
  });
  if (remembered.isMaximized) window.maximize();
  const { webContents } = window;
  denyPermissions(webContents.session);
  webContents.session.setSpellCheckerEnabled(false);
  webContents.setWindowOpenHandler(({ url: target }) => {
    if (mayOpenOutside(target)) void shell.openExternal(target);
    return { action: 'deny' };
  });
  // Routes are fragments of one page, which is no navigation; a reload is one, of ours.
  webContents.on('will-navigate', (event) => {
    if (!(isOurs(event.url) && isOurs(webContents.getURL()) && samePage(event.url, webContents.getURL()))) {
      event.preventDefault();
    }
  });
  webContents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  webContents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  webContents.on('did-finish-load', () => {
    webContents.setZoomFactor(state().zoom);
  });
  window.once('ready-to-show', () => {
    window.show();
  });
  void window.loadURL(url);
  return window;
}

/** True for addresses that differ at most in their fragment. */
function samePage(one: string, other: string): boolean {
  return one.split('#')[0] === other.split('#')[0];
}
