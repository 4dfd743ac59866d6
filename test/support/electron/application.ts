/** Electron's `app`: folders, one instance, and the events from start to quit. */
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `app` needs of the rest of the stand-in. */
export interface AppEnds {
  readonly appFolder: string;
  /** Closes every window; false when one refused. */
  readonly closeWindows: () => boolean;
  /** Ends Chromium. */
  readonly endBrowser: () => Promise<void>;
}

/** An event that may be refused. */
export function refusable<More extends object>(
  more: More,
): More & { isPrevented: boolean; preventDefault: () => void } {
  const event = { ...more, isPrevented: false, preventDefault: () => void (event.isPrevented = true) };
  return event;
}

/** True while a process of this number lives. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The application. */
export class App extends EventEmitter {
  readonly isPackaged = false;
  readonly name = 'Vislex';
  readonly dock = undefined;
  aboutPanel: object = {};
  isSandboxed = false;
  readonly #ends: AppEnds;
  readonly #paths: Record<string, string> = { documents: tmpdir(), userData: join(tmpdir(), 'vislex-stand-in') };
  readonly #ready: Promise<void>;
  #becomeReady!: () => void;
  #isReady = false;
  #isQuitting = false;
  #watcher: FSWatcher | undefined;
  #lock: string | undefined;

  constructor(ends: AppEnds) {
    super();
    this.#ends = ends;
    this.#ready = new Promise((resolve) => (this.#becomeReady = resolve));
  }

  /** Electron is ready only after the entry was evaluated: an entry that waits for it at its top level waits for ever. */
  afterEntry(): void {
    this.#isReady = true;
    this.#becomeReady();
    this.emit('ready');
  }

  whenReady = (): Promise<void> => this.#ready;
  isReady = (): boolean => this.#isReady;
  getVersion = (): string =>
    (JSON.parse(readFileSync(join(this.#ends.appFolder, 'package.json'), 'utf8')) as { version: string }).version;
  getAppPath = (): string => this.#ends.appFolder;
  getPath = (name: string): string => {
    const path = this.#paths[name];
    if (path === undefined) throw new Error(`the stand-in has no folder called ${name}`);
    return path;
  };
  setPath = (name: string, path: string): void => {
    this.#paths[name] = path;
  };
  setAboutPanelOptions = (options: object): void => {
    this.aboutPanel = options;
  };
  enableSandbox = (): void => {
    this.isSandboxed = true;
  };

  requestSingleInstanceLock = (): boolean => {
    const folder = this.getPath('userData');
    const lock = join(folder, 'SingletonLock');
    mkdirSync(folder, { recursive: true });
    if (existsSync(lock)) {
      const pid = Number(readFileSync(lock, 'utf8'));
      if (isAlive(pid)) {
        const message = JSON.stringify({ argv: process.argv, folder: process.cwd() });
        writeFileSync(join(folder, `second-${process.pid}.json`), message);
        return false;
      }
    }
    writeFileSync(lock, String(process.pid));
    this.#lock = lock;
    this.#watcher = watch(folder, () => this.#readKnocks(folder));
    return true;
  };

  #readKnocks(folder: string): void {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder).filter((each) => /^second-\d+\.json$/.test(each))) {
      const text = readFileSync(join(folder, name), 'utf8');
      // Seen before it was written to the end: the next event shows it whole.
      if (!text.endsWith('}')) continue;
      rmSync(join(folder, name));
      const { argv, folder: from } = JSON.parse(text) as { argv: string[]; folder: string };
      this.emit('second-instance', {}, argv, from);
    }
  }

  quit = (): void => {
    if (this.#isQuitting) return;
    const event = refusable({});
    this.emit('before-quit', event);
    if (event.isPrevented) return;
    this.#isQuitting = true;
    if (!this.#ends.closeWindows()) {
      this.#isQuitting = false;
      return;
    }
    this.emit('will-quit', refusable({}));
    this.exit(0);
  };

  exit = (code = 0): void => {
    this.emit('quit', {}, code);
    this.#watcher?.close();
    if (this.#lock !== undefined) rmSync(this.#lock, { force: true });
    void this.#ends.endBrowser().finally(() => process.exit(code));
  };

  /** The last window was closed by hand. */
  afterLastWindow(): void {
    if (this.#isQuitting) return;
    if (this.listenerCount('window-all-closed') === 0) this.quit();
    else this.emit('window-all-closed');
  }
}
