/** Who gets in: the token, the cookie, the name in Host, the page in Origin. Requests are made as attackers make them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROCEDURES } from '../../preload/contract/index.ts';
import { openServed, post, raw } from '../support/served.ts';
import type { Served } from '../support/served.ts';

describe('the token', () => {
  let served: Served;
  beforeAll(async () => (served = await openServed()));
  afterAll(() => served.close());

  const visit = (token: string, cookie?: string) =>
    fetch(`${served.origin}/?token=${encodeURIComponent(token)}`, {
      redirect: 'manual',
      headers: cookie === undefined ? {} : { cookie },
    });

  test.each(['', 'x', 'A'.repeat(43), 'ü'.repeat(20), 'A'.repeat(4_000)])('"%.10s..." opens nothing', async (token) => {
    const response = await visit(token);
    expect(response.status).toBe(401);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await response.text()).toContain('start it again and open the new address');
  });

  test('the right one becomes a cookie that no script can read and no other site can use, and leaves the address', async () => {
    const response = await visit(served.token);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/');
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^vislex-\d+=[\w-]{43}; /);
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Strict');
    expect(cookie).not.toContain(served.token);

    const again = await visit(served.token);
    expect(again.status).toBe(401);
    expect(again.headers.getSetCookie()).toEqual([]);

    const sameBrowser = await visit(served.token, cookie.split(';')[0]);
    expect(sameBrowser.status).toBe(303);
    expect(sameBrowser.headers.getSetCookie()).toEqual([]);
  });
});

describe('requests', () => {
  let served: Served;
  let cookie: string;
  beforeAll(async () => {
    served = await openServed();
    cookie = await served.signIn();
  });
  afterAll(() => served.close());

  const name = () => cookie.split('=')[0]!;

  test.each([
    ['none', () => undefined],
    ['one with a wrong value', () => `${name()}=${'A'.repeat(43)}`],
    ['one with an empty value', () => `${name()}=`],
    ['the token instead', () => `${name()}=${served.token}`],
    ['one with a byte more', () => `${cookie}x`],
    ['the value under another name', () => cookie.replace(name(), 'vislex')],
  ])('without the cookie (%s) nothing can be called, watched or looked at', async (_which, value) => {
    const header = value();
    const { status, reply } = await post(served, 'app.info', '{}', { cookie: header });
    expect(status).toBe(401);
    expect(reply).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    for (const address of ['events', 'assets/p1/thumbnail/1']) {
      const response = await fetch(`${served.origin}/${address}`, {
        headers: header === undefined ? {} : { cookie: header },
      });
      expect(response.status).toBe(401);
    }
  });

  test('with it they can', async () => {
    const { status, reply } = await post(served, 'app.info', '{}', { cookie });
    expect(status).toBe(200);
    expect(reply).toMatchObject({ ok: true, value: { actor: 'tester', role: 'auditor', hasNativeDialogs: false } });
  });

  test.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'localhost.',
    '127.0.0.1@evil.example',
    '0.0.0.0',
    '192.168.0.7',
    '127.0.0.2',
    '[::1]',
    '127.0.0.1:80:80',
    '127.0.0.1:',
    '',
  ])('a name that was made to lead here is refused: Host "%s"', async (host) => {
    for (const path of ['/', `/?token=${served.token}`, '/events', '/assets/app-1a2B3c4D.js']) {
      const answer = await raw(served.port, [
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
      ]);
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
      expect(answer).not.toContain('<title>');
    }
    const answer = await raw(served.port, [
      `POST /call/app.info HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nCookie: ${cookie}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(answer).not.toContain('"ok":true');
  });

  test('the end of a tunnel on another port is served', async () => {
    const answer = await raw(served.port, [
      `POST /call/app.info HTTP/1.1\r\nHost: localhost:9000\r\nOrigin: http://localhost:9000\r\nCookie: ${cookie}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    ]);
    expect(answer).toContain('"ok":true');
  });

  test.each([
    ['another site', { origin: 'https://evil.example' }],
    ['another port of this host', { origin: 'http://127.0.0.1:1' }],
    ['the same host over another protocol', { origin: 'https://127.0.0.1' }],
    ['a page without an origin', { origin: 'null' }],
    ['a file', { origin: 'file://' }],
    ['an empty origin', { origin: '' }],
    ['nowhere', { origin: undefined }],
    ['another site, without Origin', { origin: undefined, 'sec-fetch-site': 'cross-site' }],
    ['another port, without Origin', { origin: undefined, 'sec-fetch-site': 'same-site' }],
    ['another port that claims our Origin', { 'sec-fetch-site': 'same-site' }],
  ])('a call from %s is refused', async (_where, headers) => {
    const { status, reply } = await post(served, 'app.info', '{}', { cookie, ...headers });
    expect(status).toBe(403);
    expect(reply).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  });

  test.each(['cross-site', 'same-site'])('another page (%s) can neither watch nor embed', async (site) => {
    for (const address of ['events', 'assets/p1/thumbnail/1']) {
      const response = await fetch(`${served.origin}/${address}`, { headers: { cookie, 'sec-fetch-site': site } });
      expect(response.status).toBe(403);
    }
  });

  test.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'a form could send content of type %s, so it is refused',
    async (type) => {
      const bytes = new TextEncoder().encode('{}');
      const { status } = await post(served, 'app.info', bytes, { cookie, 'content-type': type });
      expect(status).toBe(415);
    },
  );

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'])('the method %s is not there', async (method) => {
    const answer = await raw(served.port, [
      `${method} /call/app.info HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).not.toContain('access-control-allow');
  });

  test('every answer tells the browser to keep to itself, refusals included', async () => {
    const answers = await Promise.all([
      fetch(`${served.origin}/`),
      fetch(`${served.origin}/assets/app-1a2B3c4D.js`),
      fetch(`${served.origin}/nowhere`),
      fetch(`${served.origin}/events`),
      fetch(`${served.origin}/?token=wrong`),
      fetch(`${served.origin}/call/app.info`, { method: 'POST', body: '{}' }),
    ]);
    for (const { headers } of answers) {
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; " +
          "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  // On Linux all of 127.0.0.0/8 leads to this machine: who listened on every interface would answer there.
  test.skipIf(process.platform !== 'linux')('it listens on 127.0.0.1 and on no other interface', async () => {
    await expect(fetch(`http://127.0.0.2:${served.port}/`)).rejects.toThrow('fetch failed');
  });
});

describe('a role', () => {
  test('decides what may be called, whoever asks', async () => {
    const served = await openServed({ role: 'viewer' });
    try {
      const cookie = await served.signIn();
      const forbidden = Object.entries(PROCEDURES).filter(([, { role }]) => role !== 'viewer');
      expect(forbidden.length).toBeGreaterThan(5);
      for (const [name] of forbidden) {
        const { status, reply } = await post(served, name, '{}', { cookie });
        expect({ name, status }).toEqual({ name, status: 403 });
        expect(reply).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      }
    } finally {
      await served.close();
    }
  });
});
