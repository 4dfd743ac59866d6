/** Greedy and slow clients: refused or cut off, while everybody else is served. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REQUEST_BYTES } from '../../preload/contract/index.ts';
import { callOver, openServed, post, raw } from '../support/served.ts';
import type { Served } from '../support/served.ts';

/** Short enough to wait for. */
const LIMITS = {
  connections: 24,
  eventStreams: 3,
  headersMs: 400,
  requestMs: 800,
  checkMs: 100,
  heartbeatMs: 100,
  eventBufferBytes: 64 * 1024,
};

let served: Served;
let cookie: string;
beforeAll(async () => {
  served = await openServed({ limits: LIMITS });
  cookie = await served.signIn();
});
afterAll(() => served.close());

const isAlive = async () => (await callOver(served, cookie, 'app.info', {})).status === 200;

const head = (more: string) =>
  `POST /call/app.info HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nCookie: ${cookie}\r\n` +
  `Content-Type: application/json\r\n${more}\r\n\r\n`;

describe('bodies', () => {
  test('one byte over the limit is refused with the limit in the sentence', async () => {
    const body = `{}${' '.repeat(REQUEST_BYTES - 1)}`;
    const { status, reply } = await post(served, 'app.info', body, { cookie });
    expect(status).toBe(413);
    expect(reply).toMatchObject({ ok: false, error: { message: expect.stringContaining('4 MiB') as string } });
    expect((await post(served, 'app.info', body.slice(0, -1), { cookie })).status).toBe(200);
  });

  test('a length that is announced is believed before a byte of it is read', async () => {
    const answer = await raw(served.port, [head('Content-Length: 99999999999')]);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(await isAlive()).toBe(true);
  });

  test('a length that is not announced is counted', async () => {
    const piece = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`;
    const pieces = Array.from({ length: 2 + REQUEST_BYTES / 65_536 }, () => piece);
    const answer = await raw(served.port, [head('Transfer-Encoding: chunked'), ...pieces]);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(await isAlive()).toBe(true);
  });

  test.each([
    ['a length and pieces at once', 'Content-Length: 2\r\nTransfer-Encoding: chunked'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3'],
    ['a negative length', 'Content-Length: -1'],
    ['an unknown encoding', 'Transfer-Encoding: gzip, gzip'],
  ])('%s: refused', async (_what, more) => {
    expect(await raw(served.port, [`${head(more)}{}`])).toMatch(/^HTTP\/1\.1 [45]\d\d /);
    expect(await isAlive()).toBe(true);
  });
});

describe('slow clients', () => {
  test('a head that drips in is cut off', async () => {
    const started = performance.now();
    const drops = [...'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '].concat(Array.from({ length: 60 }, () => 'x'));
    const answer = await raw(served.port, drops, { pauseMs: 30, waitMs: 3_000 });
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  test('a body that never comes is cut off', async () => {
    const answer = await raw(served.port, [head('Content-Length: 10'), '{'], { waitMs: 3_000 });
    expect(answer).toMatch(/^HTTP\/1\.1 408 |^$/);
    expect(await isAlive()).toBe(true);
  });

  test('more connections than allowed are dropped, and served again when the others have gone', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 60 }, () => {
        const socket = connect(served.port, '127.0.0.1');
        socket.on('error', () => socket.destroy());
        return new Promise<Socket>((resolve) => socket.once('connect', () => resolve(socket)));
      }),
    );
    await expect.poll(() => sockets.filter((socket) => socket.closed || socket.destroyed).length).toBeGreaterThan(30);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => isAlive().catch(() => false)).toBe(true);
  });

  test('a thousand requests at once by turns are all answered', async () => {
    let answered = 0;
    const worker = async () => {
      for (let left = 100; left > 0; left--) if (await isAlive()) answered++;
    };
    await Promise.all(Array.from({ length: 10 }, worker));
    expect(answered).toBe(1_000);
  });
});
