/** Keeps the window alive: a page that died is loaded again, an error that nobody caught is written down. */
import { dialog } from 'electron';
import type { BrowserWindow } from 'electron';
import type { Log } from '../platform/log.ts';
import { text } from './text/en.ts';

/** A second death within this time is not answered by loading again without asking, ms. */
const CALM_MS = 60_000;

/** Ends of a page's process that are no failure. */
const WANTED: readonly string[] = ['clean-exit'];

/**
 * Watches a window's page.
 * @param now milliseconds on a clock that never goes back
 */
export function watchPage(
  window: BrowserWindow,
  { log, now, quit }: { readonly log: Log; readonly now: () => number; readonly quit: () => void },
): void {
  let diedAt = -Infinity;
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (WANTED.includes(reason) || window.isDestroyed()) return;
    log.error('the page stopped working', { reason, exitCode });
    const isFirst = now() - diedAt > CALM_MS;
    diedAt = now();
    const { title, reloaded, again, reload, quit: quitLabel } = text.crash;
    if (isFirst) {
      window.webContents.reload();
      void dialog.showMessageBox(window, { type: 'warning', title, message: reloaded });
      return;
    }
    const question = { type: 'error' as const, title, message: again, buttons: [reload, quitLabel], cancelId: 1 };
    void dialog.showMessageBox(window, question).then(({ response }) => {
      if (response === 1) quit();
      else if (!window.isDestroyed()) window.webContents.reload();
    });
  });
  window.on('unresponsive', () => log.warn('the page does not answer'));
}

/**
 * Writes down errors that nobody caught, and tells the person about the first one. The window stays: what was saved
 * is on the disk, and a half-done call has answered with an error or not at all.
 */
export function watchErrors({ log, logPath }: { readonly log: Log; readonly logPath: string }): void {
  let isTold = false;
  const note = (kind: string) => (error: unknown) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error(kind, { stack });
    if (isTold) return;
    isTold = true;
    const detail = text.failure.detail.replace('$', () => logPath);
    void dialog.showMessageBox({ type: 'error', title: text.failure.title, message: String(error), detail });
  };
  process.on('uncaughtException', note('uncaught exception'));
  process.on('unhandledRejection', note('unhandled rejection'));
}
