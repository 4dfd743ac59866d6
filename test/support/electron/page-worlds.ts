/** Scripts that give a Chromium page what Electron gives it: a world of its own for the preload script, and a bridge. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

/** Name of the preload script's world. */
export const PRELOAD_WORLD = 'Electron Isolated Context';

/** Function of that world that carries a message to the main process. */
export const SEND = '__standInSend';

/** Function of that world that takes a message of the main process. */
export const RECEIVE = '__standInReceive';

/** Values as text and back, in the page as in this process: the contract's own code for typed arrays. */
function wireSource(): string {
  const file = join(import.meta.dirname, '../../../preload/contract/wire.ts');
  return stripTypeScriptTypes(readFileSync(file, 'utf8')).replaceAll(/^export /gm, '');
}

/** The scripts of one page, to be evaluated in every new document before its own. */
export interface PageWorlds {
  /** For the page's world; first. */
  readonly page: string;
  /** For the preload script's world. */
  readonly preload: string;
}

/**
 * Builds the scripts around the built preload script.
 * Both worlds share nothing but events on the window; their details are cloned when they cross, as by Electron's own bridge.
 */
export function pageWorlds(preloadPath: string): PageWorlds {
  const names = { toPage: randomUUID(), toPreload: randomUUID() };
  const preload = readFileSync(preloadPath, 'utf8');
  return { page: script(pageSide, names), preload: script(preloadSide(preload), names) };
}

function script(body: string, names: { readonly toPage: string; readonly toPreload: string }): string {
  // Electron runs preload scripts in the main frame alone.
  return `if (window === window.top) (() => {
    const names = ${JSON.stringify(names)};
    const tell = (name, detail) => window.dispatchEvent(new CustomEvent(name, { detail }));
    /** Functions that the other world knows by number. */
    const handedOut = [];
    const pack = (value) => typeof value === 'function' ? { $function: handedOut.push(value) - 1 } : value;
    ${body}
  })();`;
}

const pageSide = `
  const waiting = new Map();
  let callCount = 0;
  let returned;
  const remote = (id) => (...args) => {
    const call = ++callCount;
    returned = undefined;
    tell(names.toPreload, { kind: 'call', call, id, args: args.map(pack) });
    if (returned === undefined) throw new Error('the preload world did not answer: an argument could not be cloned');
    if (returned.kind === 'throw') throw new Error(returned.message);
    if (returned.kind === 'promise') return new Promise((resolve, reject) => waiting.set(call, { resolve, reject }));
    return unpack(returned.value);
  };
  const unpack = (value) => value !== null && typeof value === 'object' && '$function' in value ? remote(value.$function) : value;
  window.addEventListener(names.toPage, ({ detail }) => {
    switch (detail.kind) {
      case 'expose': {
        const api = Object.fromEntries(Object.entries(detail.api).map(([key, value]) => [key, unpack(value)]));
        Object.defineProperty(window, detail.key, { value: Object.freeze(api), writable: false, configurable: false });
        break;
      }
      case 'invoke':
        handedOut[detail.id](...detail.args);
        break;
      case 'resolve':
        waiting.get(detail.call).resolve(detail.value);
        waiting.delete(detail.call);
        break;
      case 'reject':
        waiting.get(detail.call).reject(new Error(detail.message));
        waiting.delete(detail.call);
        break;
      default:
        returned = detail;
    }
  });`;

const preloadSide = (preload: string) => `
  ${wireSource()}
  const invocations = new Map();
  const listeners = new Map();
  let invocationCount = 0;
  const ipcRenderer = {
    invoke: (channel, ...args) => new Promise((resolve, reject) => {
      const id = ++invocationCount;
      invocations.set(id, { resolve, reject });
      ${SEND}(toWire({ id, channel, args }));
    }),
    on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    off: (channel, listener) => listeners.set(channel, (listeners.get(channel) ?? []).filter((each) => each !== listener)),
  };
  globalThis.${RECEIVE} = (text) => {
    const message = fromWire(text);
    if (message.channel !== undefined) {
      for (const listener of listeners.get(message.channel) ?? []) listener({}, ...message.args);
      return;
    }
    const { resolve, reject } = invocations.get(message.id);
    invocations.delete(message.id);
    if (message.error === undefined) resolve(message.value);
    else reject(new Error(message.error));
  };
  const remote = (id) => (...args) => tell(names.toPage, { kind: 'invoke', id, args });
  const unpack = (value) => value !== null && typeof value === 'object' && '$function' in value ? remote(value.$function) : value;
  window.addEventListener(names.toPreload, ({ detail }) => {
    const { call, id, args } = detail;
    try {
      const value = handedOut[id](...args.map(unpack));
      if (value instanceof Promise) {
        tell(names.toPage, { kind: 'promise' });
        value.then(
          (result) => tell(names.toPage, { kind: 'resolve', call, value: result }),
          (error) => tell(names.toPage, { kind: 'reject', call, message: String(error) }),
        );
      } else {
        tell(names.toPage, { kind: 'return', value: pack(value) });
      }
    } catch (error) {
      tell(names.toPage, { kind: 'throw', message: String(error) });
    }
  });
  const contextBridge = {
    exposeInMainWorld: (key, api) => {
      const packed = Object.fromEntries(Object.entries(api).map(([name, value]) => [name, pack(value)]));
      tell(names.toPage, { kind: 'expose', key, api: packed });
    },
  };
  const webUtils = { getPathForFile: () => '' };
  const load = (name) => {
    if (name !== 'electron') throw new Error('a sandboxed preload script cannot require ' + name);
    return { contextBridge, ipcRenderer, webUtils };
  };
  const module = { exports: {} };
  (function (require, module, exports) {
${preload}
  })(load, module, module.exports);`;
