/** Entry 1, Electron: one hardened window on the renderer. */
import { app } from 'electron';
import { join } from 'node:path';
import { serveRenderer, registerRendererScheme } from './app/renderer-protocol.ts';
import { openWindow } from './app/window.ts';

registerRendererScheme();
if (app.requestSingleInstanceLock()) {
  await app.whenReady();
  serveRenderer(join(import.meta.dirname, '../renderer'));
  openWindow(join(import.meta.dirname, '../preload/index.cjs'));
  app.on('window-all-closed', () => {
    app.quit();
  });
} else {
  app.quit();
}
