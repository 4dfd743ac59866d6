/** Waiting for work, but not for ever. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { within } from '../../main/app/within.ts';

describe('a bounded wait', () => {
  it('ends with the work', async () => {
    expect(await within(10_000, setTimeout(5))).toBe(true);
  });

  it('ends without it when it takes too long', async () => {
    expect(await within(20, new Promise(() => undefined))).toBe(false);
  });

  it('fails with the work', async () => {
    await expect(within(10_000, Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
  });
});
