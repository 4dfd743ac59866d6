/** A line between two processes that copies every message, as Electron's does. */
import type { ipcMain } from 'electron';

type Listener = (event: object, ...message: readonly unknown[]) => unknown;

/** The two methods of ipcMain that are used, and the other end of the line. */
export interface Line extends Pick<typeof ipcMain, 'removeHandler'> {
  handle(channel: string, listener: Listener): void;
  invoke(channel: string, event: object, ...message: readonly unknown[]): Promise<unknown>;
}

/** A line without anybody on it. */
export function createLine(): Line {
  const listeners = new Map<string, Listener>();
  return {
    handle: (channel, listener) => void listeners.set(channel, listener),
    removeHandler: (channel) => void listeners.delete(channel),
    invoke: async (channel, event, ...message) => {
      const listener = listeners.get(channel);
      if (!listener) throw new Error(`No handler registered for '${channel}'`);
      return structuredClone(await listener(event, ...structuredClone(message)));
    },
  };
}
