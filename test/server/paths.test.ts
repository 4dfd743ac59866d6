/** What lies behind addresses: the built pages and pictures by handle, and nothing else of the disk. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPages } from '../../main/server/static.ts';
import { openServed, PAGES, raw } from '../support/served.ts';
import type { Served } from '../support/served.ts';

describe('addresses', () => {
  let served: Served;
  let cookie: string;
  beforeAll(async () => {
    served = await openServed();
    cookie = await served.signIn();
  });
  afterAll(() => served.close());

  const get = (path: string) =>
    raw(served.port, [`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`]);

  test('the page is sent fresh, files with a hash in their name are kept', async () => {
    const page = await fetch(`${served.origin}/`);
    expect(await page.text()).toBe(PAGES['index.html']);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const script = await fetch(`${served.origin}/assets/app-1a2B3c4D.js`);
    expect(await script.text()).toBe(PAGES['assets/app-1a2B3c4D.js']);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('cache-control')).toContain('immutable');
  });

  // `secret.html` lies beside the folder of the pages.
  test.each([
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/%2e%2e%2fsecret.html',
    '/..%2fsecret.html',
    '/..%5csecret.html',
    '/..\\secret.html',
    '/%252e%252e%252fsecret.html',
    '/%c0%ae%c0%ae/secret.html',
    '/./../secret.html',
    '//secret.html',
    '/....//secret.html',
    '/index.html%00.js',
    '/assets/p1/../../../secret.html',
    '/assets/p1/thumbnail/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/guide/..%2f..%2fpackage.json',
    '/assets/guide/%2e%2e%2f%2e%2e%2fpackage.json',
    '/assets/guide/..%5c..%5cpackage.json',
    '/assets/guide//etc/passwd',
    '/assets/guide/%00',
    '/assets/%',
    '/%',
    'http://127.0.0.1/../secret.html',
    'file:///etc/passwd',
    '/assets/p1/view/1?scale=../../x',
    `/${'a/'.repeat(3_000)}`,
    '/package.json',
    '/.git/config',
  ])('%.60s leads nowhere', async (path) => {
    const answer = await get(path);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toMatch(/secret|root:|"name"/);
  });

  test('a head that is too long is refused, and the next request is answered', async () => {
    expect(await get(`/?x=${'a'.repeat(100_000)}`)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await fetch(`${served.origin}/`)).status).toBe(200);
  });
});

test('pages that were not built are said to be missing, with the command that builds them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vislex-pages-'));
  for (const place of [folder, join(folder, 'not-there')]) {
    await expect(readPages(place)).rejects.toMatchObject({
      code: 'missing',
      message: expect.stringContaining('npm run build') as string,
    });
  }
});
