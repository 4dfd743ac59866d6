/** The carrier inside Electron: takes calls of our page alone, hands events to it. The only file that may import ipcMain. */
import { ipcMain } from 'electron';
import type { IpcMainInvokeEvent, WebContents } from 'electron';
import { CHANNELS, REQUEST_BYTES, UPLOAD_BYTES } from '../../preload/contract/index.ts';
import type { Reply } from '../../preload/contract/index.ts';
import type { Application, Caller } from '../services/index.ts';
import type { Log } from '../platform/log.ts';
import { isOurs } from './addresses.ts';
import { payloadBytes } from './payload-size.ts';

/** What the carrier connects. */
export interface IpcEnds {
  readonly application: Application;
  /** Who sits before the window. */
  readonly caller: Caller;
  /** Pages of the open windows. */
  readonly pages: () => readonly WebContents[];
  readonly log: Log;
}

/** The one procedure that carries a file. */
const UPLOAD = 'images.upload';

function refuse(code: string, message: string): Reply {
  return { ok: false, error: { code, message, details: {} } };
}

/** True when our page's own main frame is speaking; a frame inside it, or what it was replaced with, is not. */
function isFromOurPage(event: IpcMainInvokeEvent, pages: readonly WebContents[]): boolean {
  const frame = event.senderFrame;
  return pages.includes(event.sender) && frame !== null && frame.parent === null && isOurs(frame.url);
}

/** Connects until the returned function is called. */
export function carryOverIpc({ application, caller, pages, log }: IpcEnds): () => void {
  ipcMain.handle(CHANNELS.call, async (event, name: unknown, input: unknown): Promise<Reply> => {
    if (!isFromOurPage(event, pages())) {
      log.warn('a call from a foreign frame was refused', { url: event.senderFrame?.url ?? null });
      return refuse('forbidden', 'Only the window of Vislex may call the application.');
    }
    if (typeof name !== 'string') return refuse('bad-request', 'A call needs the name of a procedure.');
    const limit = REQUEST_BYTES + (name === UPLOAD ? UPLOAD_BYTES : 0);
    if (payloadBytes(input, limit) > limit) {
      const message = `The input of "${name}" is larger than ${Math.floor(limit / 1024 / 1024)} MiB. Send less at once.`;
      return refuse('bad-request', message);
    }
    return application.call(name, input, caller);
  });
  const unsubscribe = application.subscribe((event) => {
    for (const page of pages()) if (!page.isDestroyed()) page.send(CHANNELS.event, event);
  });
  return () => {
    unsubscribe();
    ipcMain.removeHandler(CHANNELS.call);
  };
}
