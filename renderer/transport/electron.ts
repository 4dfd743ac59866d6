/** The carrier inside Electron: the bridge that the preload script put on the window. */
import type { Bridge } from '../../preload/contract/index.ts';
import type { Carrier } from './carrier.ts';

declare global {
  interface Window {
    /** There only inside Electron. */
    readonly vislex?: Bridge;
  }
}

/** True inside Electron. */
export function hasBridge(): boolean {
  return window.vislex !== undefined;
}

/**
 * Plain copy of a value: reactive proxies cannot cross the bridge. Typed arrays go as they are, keys without a value are
 * left out, as in JSON, so that both carriers send the same.
 */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, plain(part)]),
  );
}

/**
 * Connects to the main process.
 * @param bridge default: the window's
 */
export function connectElectron(bridge = globalThis.window?.vislex): Carrier {
  if (bridge === undefined) throw new Error('internal: there is no bridge on this window');
  return {
    call: async (name, input) => {
      try {
        return await bridge.call(name, plain(input));
      } catch (error) {
        // The main process answers every call; a rejection means that nobody was there to answer.
        const reason = error instanceof Error ? error.message : String(error);
        const message = `The application did not answer "${name}". Close the window and start Vislex again.`;
        return { ok: false, error: { code: 'disconnected', message, details: { reason } } };
      }
    },
    subscribe: (listener) => bridge.subscribe(listener),
    pathOf: (file) => bridge.pathOf(file),
  };
}
