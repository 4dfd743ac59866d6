/** The event stream: what the application tells arrives, streams are counted, and a page that sleeps costs nothing. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromWire } from '../../preload/contract/index.ts';
import { openServed } from '../support/served.ts';
import type { Served } from '../support/served.ts';

const LIMITS = { eventStreams: 2, heartbeatMs: 50, eventBufferBytes: 32 * 1024 };

/** Characters of a stream that tests look at. */
const KEPT = 40_000;

let served: Served;
let cookie: string;
beforeAll(async () => {
  served = await openServed({ limits: LIMITS });
  cookie = await served.signIn();
});
afterAll(() => served.close());

/** Opens a stream; it can be read until it is aborted. */
async function openEvents(from = served, signedIn = cookie) {
  const controller = new AbortController();
  const response = await fetch(`${from.origin}/events`, { headers: { cookie: signedIn }, signal: controller.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    /** Reads until the text so far fits. */
    until: async (pattern: RegExp) => {
      while (!pattern.test(text)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the stream ended after ${JSON.stringify(text.slice(-200))}`);
        text = (text + value).slice(-KEPT);
      }
      return text;
    },
    close: () => controller.abort(),
  };
}

test('an event arrives as it was told, whatever is in it', async () => {
  const stream = await openEvents();
  try {
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    await stream.until(/heartbeat/);
    const to = 'open?path=/a\n\ndata: "forged"\r\n\u2028é';
    served.application.navigate(to);
    const text = await stream.until(/data: \{[^\n]*\}\n\n/);
    const line = text.split('\n').find((each) => each.startsWith('data: {'))!;
    expect(fromWire(line.slice('data: '.length))).toEqual({ name: 'navigate', payload: { to } });
  } finally {
    stream.close();
  }
});

test('signs of life come by themselves', async () => {
  const stream = await openEvents();
  try {
    const text = await stream.until(/(heartbeat[^h]*){3}/);
    expect(text.replaceAll('event: heartbeat\ndata: -\n\n', '')).toBe('');
  } finally {
    stream.close();
  }
});

test('too many windows are refused; closing one makes room', async () => {
  const crowded = await openServed({ limits: LIMITS });
  const signedIn = await crowded.signIn();
  const open = () => openEvents(crowded, signedIn);
  const streams = [await open(), await open()];
  const refused = await fetch(`${crowded.origin}/events`, { headers: { cookie: signedIn } });
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain('Close one');
  streams[0]!.close();
  await expect
    .poll(async () => {
      const stream = await open();
      streams.push(stream);
      return stream.response.status;
    })
    .toBe(200);
  for (const stream of streams) stream.close();
  await crowded.close();
});

test('a page that does not read is cut off; the others hear on', async () => {
  const other = await openServed({ limits: { eventBufferBytes: LIMITS.eventBufferBytes } });
  const signedIn = await other.signIn();
  const asleep = connect(other.port, '127.0.0.1');
  asleep.on('error', () => undefined);
  asleep.pause();
  asleep.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${signedIn}\r\n\r\n`);
  const awake = await openEvents(other, signedIn);
  try {
    await awake.until(/heartbeat/);
    // Far more than the system's own buffers of a connection hold, one at a time, so that who reads keeps up.
    const filler = 'x'.repeat(16 * 1024);
    for (let count = 0; count < 1_000; count++) {
      other.application.navigate(`${filler}${count}`);
      await awake.until(new RegExp(`x${count}"`));
    }
    const received = new Promise<number>((resolve) => {
      let bytes = 0;
      asleep.on('data', (piece) => (bytes += piece.length));
      asleep.on('close', () => resolve(bytes));
    });
    asleep.resume();
    expect(await received).toBeLessThan(1_000 * filler.length);
  } finally {
    awake.close();
    asleep.destroy();
    await other.close();
  }
});

test('closing the server ends the streams', async () => {
  const other = await openServed({ limits: LIMITS });
  const signedIn = await other.signIn();
  const response = await fetch(`${other.origin}/events`, { headers: { cookie: signedIn } });
  const ended = response.text();
  await other.close();
  expect(await ended).toContain('heartbeat');
});
