/** The bridge: exposes one frozen object to the sandboxed page. No logic: it hands on, and decides nothing. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CHANNELS } from './contract/bridge.ts';
import type { AnyEvent, Bridge, Reply } from './contract/index.ts';

const bridge: Bridge = Object.freeze({
  carrier: 'electron',
  call: (name: string, input: unknown) => ipcRenderer.invoke(CHANNELS.call, name, input) as Promise<Reply>,
  subscribe: (listener: (event: AnyEvent) => void) => {
    // Electron's own event object stays here: it would hand the page `ipcRenderer`.
    const hear = (_electronEvent: unknown, event: AnyEvent) => listener(event);
    ipcRenderer.on(CHANNELS.event, hear);
    return () => {
      ipcRenderer.off(CHANNELS.event, hear);
    };
  },
  pathOf: (file: unknown) => webUtils.getPathForFile(file as File),
});

contextBridge.exposeInMainWorld('vislex', bridge);
