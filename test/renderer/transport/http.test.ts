/** The page's carrier over HTTP, with a browser whose clock and wires the test holds; the real browser is in test/server. */
import { beforeEach, describe, expect, test } from 'vitest';
import { toWire } from '../../../preload/contract/index.ts';
import type { AnyEvent, JobSnapshot, Reply } from '../../../preload/contract/index.ts';
import type { Carrier } from '../../../renderer/transport/carrier.ts';
import { connectHttp } from '../../../renderer/transport/http.ts';

type Heard = 'open' | 'error' | 'heartbeat' | 'message';

/** An event stream that the test feeds. */
class Stream {
  readonly address: string;
  isClosed = false;
  readonly #listeners = new Map<Heard, ((event: { data: unknown }) => void)[]>();

  constructor(address: string) {
    this.address = address;
  }

  addEventListener(type: Heard, listener: (event: { data: unknown }) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  close(): void {
    this.isClosed = true;
  }

  hears(type: Heard, data: unknown = ''): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }
}

/** A browser without a network: answers, streams and time are given by hand. */
class Browser {
  answers: Readonly<Record<string, unknown>> = {};
  answer: (name: string) => Promise<Response> = (name) =>
    Promise.resolve(new Response(toWire({ ok: true, value: this.answers[name] } satisfies Reply)));
  readonly streams: Stream[] = [];
  isHidden = false;
  #now = 0;
  #timers: { at: number; action: () => void }[] = [];
  #onVisibility = (): void => undefined;

  readonly world: Parameters<typeof connectHttp>[0] = {
    fetch: (address) => this.answer(decodeURIComponent(address.replace('call/', ''))),
    openEvents: (address) => {
      const stream = new Stream(address);
      this.streams.push(stream);
      return stream;
    },
    page: Object.defineProperty(
      {
        visibilityState: 'visible' as DocumentVisibilityState,
        addEventListener: (_type: string, listener: () => void) => (this.#onVisibility = listener),
        removeEventListener: () => (this.#onVisibility = () => undefined),
      },
      'visibilityState',
      { get: () => (this.isHidden ? 'hidden' : 'visible') },
    ) as unknown as Document,
    wait: (action, milliseconds) => {
      const timer = { at: this.#now + milliseconds, action };
      this.#timers.push(timer);
      return () => (this.#timers = this.#timers.filter((each) => each !== timer));
    },
  };

  /** The newest stream. */
  get stream(): Stream {
    return this.streams.at(-1)!;
  }

  /** Lets time go by. */
  pass(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (;;) {
      const next = this.#timers.toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined || next.at > until) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = next.at;
      next.action();
    }
    this.#now = until;
  }

  show(isHidden: boolean): void {
    this.isHidden = isHidden;
    this.#onVisibility();
  }
}

/** Lets everything that is ready go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

let browser: Browser;
let carrier: Carrier;
beforeEach(() => {
  browser = new Browser();
  carrier = connectHttp(browser.world);
});

describe('a call', () => {
  test('gives the reply, numbers and bytes as they were', async () => {
    const value = { map: Uint8Array.of(0, 255), score: Number.NaN };
    browser.answers = { 'words.get': value };
    expect(await carrier.call('words.get', {})).toEqual({ ok: true, value });
  });

  test('that is refused keeps the sentence, such as how to get a new address', async () => {
    const refused: Reply = { ok: false, error: { code: 'forbidden', message: 'start it again', details: {} } };
    browser.answer = () => Promise.resolve(new Response(toWire(refused), { status: 401 }));
    expect(await carrier.call('app.info', {})).toEqual(refused);
  });

  test.each([
    ['nobody', () => Promise.reject(new TypeError('Failed to fetch')), 'does not answer'],
    ['a proxy', () => Promise.resolve(new Response('<html>502</html>', { status: 502 })), 'not Vislex'],
    ['another program', () => Promise.resolve(new Response('{"ok":"yes"}')), 'not Vislex'],
    ['a half reply', () => Promise.resolve(new Response('{"ok":false,"error":{"code":1}}')), 'not Vislex'],
  ])('answered by %s is a reply that says so', async (_who, answer, sentence) => {
    browser.answer = answer;
    expect(await carrier.call('app.info', {})).toMatchObject({
      ok: false,
      error: { code: 'disconnected', message: expect.stringContaining(sentence) as string },
    });
  });
});

describe('events', () => {
  const job = { jobId: 7, state: 'done' } as JobSnapshot;
  const line = { sequence: 4, at: '', actor: 'ann', action: 'words.edit', detail: '' };
  let heard: AnyEvent[];
  let connected: boolean[];
  let stop: () => void;
  beforeEach(() => {
    browser.answers = {
      'jobs.list': [job],
      'projects.opened': [{ project: 'p1' }],
      'history.list': { lines: [line], undoable: null, redoable: null },
    };
    heard = [];
    connected = [];
    carrier.watchConnection!((isConnected) => connected.push(isConnected));
    stop = carrier.subscribe((event) => heard.push(event));
  });

  test('arrive at every listener over one stream', () => {
    const others: AnyEvent[] = [];
    carrier.subscribe((event) => others.push(event));
    const event: AnyEvent = { name: 'navigate', payload: { to: 'projects' } };
    browser.stream.hears('message', toWire(event));
    expect(heard).toEqual([event]);
    expect(others).toEqual([event]);
    expect(browser.streams.map(({ address }) => address)).toEqual(['events']);
  });

  test('that were missed before the stream was there are asked for', async () => {
    browser.stream.hears('open');
    await settle();
    expect(connected).toEqual([true]);
    expect(heard).toEqual([
      { name: 'job', payload: job },
      { name: 'projects', payload: [{ project: 'p1' }] },
    ]);
  });

  test('come back after a loss, later each time, with what was changed meanwhile', async () => {
    browser.stream.hears('open');
    await settle();
    heard.length = 0;
    const waited: number[] = [];
    for (let loss = 0; loss < 7; loss++) {
      const before = browser.streams.length;
      browser.stream.hears('error');
      let ms = 0;
      for (; browser.streams.length === before; ms += 100) browser.pass(100);
      waited.push(ms);
    }
    expect(waited).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    browser.stream.hears('open');
    await settle();
    expect(connected.at(-1)).toBe(true);
    expect(heard).toContainEqual({ name: 'journal', payload: { project: 'p1', line, runId: null, words: null } });
    expect(browser.streams.filter(({ isClosed }) => !isClosed)).toHaveLength(1);
  });

  test('are asked for again when the server has shown no sign of life', () => {
    browser.stream.hears('open');
    browser.pass(40_000);
    browser.stream.hears('heartbeat');
    browser.pass(40_000);
    expect(connected).toEqual([true]);
    browser.pass(11_000);
    expect(connected).toEqual([true, false]);
    expect(browser.streams).toHaveLength(2);
  });

  test('need no connection while the page is hidden for long; nobody is told that it was lost', async () => {
    browser.stream.hears('open');
    browser.show(true);
    browser.pass(10_000);
    browser.show(false);
    expect(browser.streams).toHaveLength(1);
    browser.show(true);
    browser.pass(60_000);
    expect(browser.stream.isClosed).toBe(true);
    expect(connected).toEqual([true]);
    browser.show(false);
    browser.stream.hears('open');
    await settle();
    expect(browser.streams).toHaveLength(2);
    expect(heard.at(-1)).toMatchObject({ name: 'journal' });
  });

  test('of a stream that is gone are not heard', () => {
    const first = browser.stream;
    first.hears('error');
    browser.pass(500);
    first.hears('error');
    browser.pass(60_000);
    expect(connected).toEqual([false, false]);
  });

  test('are looked after as soon as a call finds nobody', async () => {
    browser.stream.hears('open');
    await settle();
    browser.answer = () => Promise.reject(new TypeError('Failed to fetch'));
    await carrier.call('app.info', {});
    expect(connected).toEqual([true, false]);
    browser.pass(500);
    expect(browser.streams).toHaveLength(2);
  });

  test('end with the last listener', () => {
    stop();
    expect(browser.stream.isClosed).toBe(true);
    browser.pass(60_000);
    expect(browser.streams).toHaveLength(1);
  });
});
