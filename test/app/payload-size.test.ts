/** The size of a message, counted before it is taken. */
import { describe, expect, it } from 'vitest';
import { payloadBytes } from '../../main/app/payload-size.ts';

const LIMIT = 1024 * 1024;

describe('the size of a message', () => {
  it('counts bytes, and characters twice', () => {
    expect(payloadBytes(new Uint8Array(1000), LIMIT)).toBeGreaterThanOrEqual(1000);
    expect(payloadBytes(new Uint8Array(1000), LIMIT)).toBeLessThan(1100);
    expect(payloadBytes({ name: 'ä'.repeat(1000) }, LIMIT)).toBeGreaterThanOrEqual(2000);
  });

  it('is small for an ordinary call', () => {
    expect(payloadBytes({ project: 'p1', edits: [{ index: 3, name: 'spotted fur' }] }, LIMIT)).toBeLessThan(300);
  });

  it('finds bytes at any depth', () => {
    let nested: unknown = new Uint8Array(LIMIT);
    for (let depth = 0; depth < 10_000; depth++) nested = { nested };
    expect(payloadBytes(nested, LIMIT)).toBeGreaterThan(LIMIT);
  });

  it('ends for a message that contains itself, above the limit', () => {
    const endless: Record<string, unknown> = {};
    endless['self'] = endless;
    expect(payloadBytes(endless, LIMIT)).toBeGreaterThan(LIMIT);
  });

  it('ends for a list with many holes', () => {
    expect(payloadBytes(new Array(2 ** 31), LIMIT)).toBeGreaterThan(LIMIT);
  });
});
