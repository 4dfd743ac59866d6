/** The carrier over Electron's bridge hands on plain values as they are. */
import { describe, expect, it } from 'vitest';
import type { Bridge } from '../../../preload/contract/index.ts';
import { connectElectron, plain } from '../../../renderer/transport/electron.ts';

/** A bridge that can be given what structured clone takes, as Electron's. */
function cloningBridge(answer: (input: unknown) => unknown): Bridge {
  return {
    carrier: 'electron',
    call: async (_name, input) => ({ ok: true, value: answer(structuredClone(input)) }),
    subscribe: () => () => undefined,
    pathOf: () => '',
  };
}

describe('the carrier over Electron’s bridge', () => {
  it('sends reactive proxies as plain values, typed arrays as they are', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const input = new Proxy({ edits: new Proxy([{ index: 1, name: undefined }], {}), bytes }, {});
    expect(() => structuredClone(input)).toThrow();
    const reply = await connectElectron(cloningBridge((received) => received)).call('words.edit', input);
    expect(reply).toEqual({ ok: true, value: { edits: [{ index: 1 }], bytes } });
  });

  it('leaves out keys without a value, as the other carrier does', () => {
    expect(Object.keys(plain({ a: undefined, b: null }) as object)).toEqual(['b']);
  });

  it('answers instead of rejecting when the main process is gone', async () => {
    const bridge = { ...cloningBridge(() => null), call: () => Promise.reject(new Error('no handler')) };
    const reply = await connectElectron(bridge).call('app.info', {});
    expect(reply).toMatchObject({ ok: false, error: { code: 'disconnected', details: { reason: 'no handler' } } });
  });

  it('refuses to start without a bridge', () => {
    expect(() => connectElectron(undefined)).toThrow();
  });
});
