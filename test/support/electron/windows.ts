/** Electron's BrowserWindow over a Chromium page. */
import { EventEmitter } from 'node:events';
import type { Page } from 'playwright-core';
import { refusable } from './application.ts';
import { Session, WebContents } from './web-contents.ts';
import type { PageEnds } from './web-contents.ts';

/** A rectangle on the desktop, px. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a window is opened with, as far as the stand-in looks. */
export interface WindowOptions {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly webPreferences: Readonly<Record<string, unknown>> & { readonly preload: string };
}

/** What windows need of the rest of the stand-in. */
export interface WindowEnds extends PageEnds {
  readonly openPage: () => Promise<Page>;
  readonly afterLastWindow: () => void;
}

/** A window. */
export class StandInWindow extends EventEmitter {
  readonly options: WindowOptions;
  readonly webContents: WebContents;
  readonly #whenClosed: (window: StandInWindow) => void;
  #bounds: Bounds;
  #isMaximized = false;
  #isMinimized = false;
  #isDestroyed = false;
  isShown = false;
  focusCount = 0;

  constructor(options: WindowOptions, webContents: WebContents, whenClosed: (window: StandInWindow) => void) {
    super();
    const { x = 0, y = 0, width, height } = options;
    this.options = options;
    this.webContents = webContents;
    this.#whenClosed = whenClosed;
    this.#bounds = { x, y, width, height };
    webContents.once('did-finish-load', () => this.emit('ready-to-show'));
  }

  loadURL = (url: string): Promise<void> => this.webContents.loadURL(url);
  show = (): void => void (this.isShown = true);
  focus = (): void => void this.focusCount++;
  minimize = (): void => void (this.#isMinimized = true);
  restore = (): void => void (this.#isMinimized = false);
  isMinimized = (): boolean => this.#isMinimized;
  maximize = (): void => void (this.#isMaximized = true);
  isMaximized = (): boolean => this.#isMaximized;
  isDestroyed = (): boolean => this.#isDestroyed;
  getBounds = (): Bounds => this.#bounds;
  getNormalBounds = (): Bounds => this.#bounds;
  setBounds = (bounds: Bounds): void => {
    this.#bounds = bounds;
  };

  /** @returns false when a listener refused */
  close = (): boolean => {
    if (this.#isDestroyed) return true;
    const event = refusable({});
    this.emit('close', event);
    if (event.isPrevented) return false;
    this.#isDestroyed = true;
    void this.webContents.end();
    this.#whenClosed(this);
    this.emit('closed');
    return true;
  };
}

/** What `new BrowserWindow` and its statics are. */
export interface WindowClass {
  new (options: WindowOptions): StandInWindow;
  getAllWindows(): readonly StandInWindow[];
}

/** Makes the class, bound to one stand-in. */
export function windowClass(ends: WindowEnds): WindowClass {
  const session = new Session();
  const windows: StandInWindow[] = [];
  let count = 0;
  const forget = (window: StandInWindow) => {
    windows.splice(windows.indexOf(window), 1);
    if (windows.length === 0) ends.afterLastWindow();
  };
  return class BrowserWindow extends StandInWindow {
    static getAllWindows = (): readonly StandInWindow[] => [...windows];

    constructor(options: WindowOptions) {
      const open = async () => {
        const page = await ends.openPage();
        await page.setViewportSize({ width: options.width, height: options.height });
        return page;
      };
      super(options, new WebContents(++count, session, open, options.webPreferences.preload, ends), forget);
      windows.push(this);
    }
  };
}
