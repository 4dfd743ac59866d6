/** Creates the hardened window: sandboxed, isolated, without navigation, pop-ups or permissions. */
import { BrowserWindow } from 'electron';
import { RENDERER_URL } from './renderer-protocol.ts';

/** Smallest window in which every page keeps its layout (design.md: 1280 x 800 less the system's bars). */
const MINIMUM_SIZE_PX = { width: 960, height: 640 } as const;

/**
 * Opens the window on the bundled page.
 * @param preload absolute path of the CommonJS preload script
 */
export function openWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: MINIMUM_SIZE_PX.width,
    minHeight: MINIMUM_SIZE_PX.height,
    show: false,
    webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
  });
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => {
    event.preventDefault();
  });
  window.webContents.session.setPermissionRequestHandler((_contents, _permission, decide) => {
    decide(false);
  });
  window.once('ready-to-show', () => {
    window.show();
  });
  void window.loadURL(RENDERER_URL);
  return window;
}
