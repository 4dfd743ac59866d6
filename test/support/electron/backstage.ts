/** What a test may do and see behind the stand-in's stage, over the channel to the process that runs it. */
import { watchBusyness } from './busy-watch.ts';
import type { StandIn } from './stand-in.ts';
import type { Frame } from './web-contents.ts';

/** A request of the test. */
export interface BackstageRequest {
  readonly id: number;
  readonly act: keyof BackstageActs;
  readonly args: readonly unknown[];
}

/** Its answer. */
export interface BackstageReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Facts about the first window. */
export interface WindowFacts {
  readonly webPreferences: Readonly<Record<string, unknown>>;
  readonly bounds: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly isShown: boolean;
  readonly focusCount: number;
  readonly zoom: number;
  readonly url: string;
  readonly documentHeaders: Readonly<Record<string, string>>;
  readonly refused: readonly string[];
}

/** An answer of the application's scheme. */
export interface SchemeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Everything a test can ask. */
export interface BackstageActs {
  endpoint(): Promise<string>;
  windowCount(): number;
  window(): WindowFacts;
  setBounds(bounds: WindowFacts['bounds']): void;
  closeWindow(): void;
  menu(): readonly { readonly id?: string; readonly label?: string; readonly accelerator?: string }[];
  press(id: string): void;
  /** Puts the answer of the next dialog into the queue. */
  answerDialog(answer: unknown): void;
  dialogs(): readonly { readonly kind: string; readonly options: object }[];
  /** Addresses and paths handed to the system. */
  opened(): readonly string[];
  /** Calls the handler of a channel as a frame of this address, inside another frame or not. */
  invokeFrom(
    frame: { readonly url: string; readonly isInner: boolean } | null,
    channel: string,
    args: unknown[],
  ): unknown;
  request(url: string, method: string): Promise<SchemeAnswer>;
  /** What the session's handlers say about a permission. */
  permission(name: string, url: string): { readonly isGranted: boolean; readonly isChecked: boolean };
  theme(): string;
  schemes(): readonly object[];
  crashPage(): void;
  /** Longest stretch of work of the main thread since it was last asked, ms of processor time. */
  busiest(): number;
  quit(): void;
}

function actsOf({ electron, backstage }: StandIn): BackstageActs {
  const first = () => {
    const [window] = electron.BrowserWindow.getAllWindows();
    if (window === undefined) throw new Error('no window is open');
    return window;
  };
  const busiest = watchBusyness();
  return {
    endpoint: () => backstage.endpoint(),
    windowCount: () => electron.BrowserWindow.getAllWindows().length,
    window: () => {
      const { options, webContents, isShown, focusCount, ...window } = first();
      return {
        webPreferences: options.webPreferences,
        bounds: window.getBounds(),
        isShown,
        focusCount,
        zoom: webContents.getZoomFactor(),
        url: webContents.getURL(),
        documentHeaders: webContents.documentHeaders,
        refused: webContents.refused,
      };
    },
    setBounds: (bounds) => first().setBounds(bounds),
    closeWindow: () => void first().close(),
    menu: () => backstage.entries() as ReturnType<BackstageActs['menu']>,
    press: (id) => backstage.press(id),
    answerDialog: (answer) => void backstage.answers.push(answer),
    dialogs: () => backstage.asked,
    opened: () => backstage.opened,
    invokeFrom: (frame, channel, args) => {
      const { webContents } = first();
      const outer: Frame = webContents.mainFrame;
      const senderFrame = frame && { url: frame.url, parent: frame.isInner ? outer : null };
      return backstage.invoke(channel, { sender: webContents, senderFrame }, args);
    },
    request: async (url, method) => {
      const answer = await backstage.request(new Request(url, { method }));
      const body = new Uint8Array(await answer.arrayBuffer());
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body };
    },
    permission: (name, url) => {
      const { webContents } = first();
      let isGranted = true;
      const decide = (isAllowed: boolean) => void (isGranted = isAllowed);
      webContents.session.permissionRequest?.(webContents, name, decide, { requestingUrl: url, isMainFrame: true });
      return { isGranted, isChecked: webContents.session.permissionCheck?.(webContents, name, url, {}) ?? true };
    },
    theme: () => electron.nativeTheme.themeSource,
    schemes: () => backstage.schemes,
    crashPage: () => void first().webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 }),
    busiest,
    quit: () => electron.app.quit(),
  };
}

/** Answers the parent's requests; does nothing without a parent that has a channel. */
export function answerParent(standIn: StandIn): void {
  const send = process.send?.bind(process);
  if (send === undefined) return;
  const acts = actsOf(standIn);
  process.on('message', (message) => {
    const { id, act, args } = message as BackstageRequest;
    const work = acts[act] as (...values: readonly unknown[]) => unknown;
    void Promise.resolve()
      .then(() => work(...args))
      .then(
        (value): BackstageReply => ({ id, value }),
        (error: unknown): BackstageReply => ({ id, error: String(error) }),
      )
      .then((reply) => {
        if (process.connected) send(reply);
      });
  });
  // A test that died leaves nothing behind.
  process.on('disconnect', () => standIn.electron.app.exit(1));
}
