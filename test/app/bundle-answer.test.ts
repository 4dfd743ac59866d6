/** What the application's scheme answers: its own files and pictures, nothing outside, nothing sniffed. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBundleAnswer } from '../../main/app/bundle-answer.ts';
import { CONTENT_POLICY } from '../../main/platform/page-headers.ts';
import { inTempFolder } from '../support/temp-project.ts';

/** A built page with a secret beside it; pictures answer with their address. */
function withBundle(work: (ask: (address: string, method?: string) => Promise<Response>) => Promise<void>) {
  return inTempFolder(async (folder) => {
    const page = join(folder, 'renderer');
    mkdirSync(join(page, 'assets'), { recursive: true });
    writeFileSync(join(page, 'index.html'), '<!doctype html>');
    writeFileSync(join(page, 'assets/index-a1b2c3d4.js'), 'export {};');
    writeFileSync(join(page, 'notes.txt'), 'not for the page');
    writeFileSync(join(folder, 'secret.html'), 'secret');
    symlinkSync(join(folder, 'secret.html'), join(page, 'link.html'));
    const answer = createBundleAnswer({
      folder: page,
      asset: async (address) =>
        address.startsWith('p1/') ? { bytes: new TextEncoder().encode(address), type: 'image/jpeg' } : undefined,
    });
    await work((address, method = 'GET') => answer(new Request(address, { method })));
  });
}

describe('the application’s scheme', () => {
  it('serves the page and its files with their types', () =>
    withBundle(async (ask) => {
      const page = await ask('app://bundle/index.html');
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await page.text()).toBe('<!doctype html>');
      const script = await ask('app://bundle/assets/index-a1b2c3d4.js');
      expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    }));

  it('hands pictures out by their address, query included', () =>
    withBundle(async (ask) => {
      const picture = await ask('app://bundle/assets/p1/view/12?scale=2');
      expect(picture.headers.get('content-type')).toBe('image/jpeg');
      expect(await picture.text()).toBe('p1/view/12?scale=2');
    }));

  it('hands a picture out whose name looks like a file of the page', () =>
    withBundle(async (ask) => {
      expect(await (await ask('app://bundle/assets/p1/photo-20240101.png')).text()).toBe('p1/photo-20240101.png');
    }));

  it.each([
    'app://bundle/',
    'app://bundle/missing.html',
    'app://bundle/notes.txt',
    'app://bundle/link.html',
    'app://bundle/../secret.html',
    'app://bundle/%2e%2e/secret.html',
    'app://bundle/..%2fsecret.html',
    'app://bundle/..%5csecret.html',
    'app://bundle/index.html%00.js',
    'app://bundle/%ff.html',
    'app://bundle/index.html/x.js',
    'app://bundle/assets',
    'app://bundle/assets/p9/view/1',
    'app://other/index.html',
  ])('has nothing at %s', (address) =>
    withBundle(async (ask) => {
      const answer = await ask(address);
      expect([answer.status, await answer.text()]).toEqual([404, '']);
    }),
  );

  it('takes no other method than reading', () =>
    withBundle(async (ask) => {
      expect((await ask('app://bundle/index.html', 'POST')).status).toBe(405);
    }));

  it.each([
    ['app://bundle/index.html', CONTENT_POLICY],
    ['app://bundle/missing.html', CONTENT_POLICY],
    ['app://bundle/assets/p1/view/1', "default-src 'none'; style-src 'unsafe-inline'; sandbox"],
  ])('sends a content policy and forbids sniffing with %s', (address, policy) =>
    withBundle(async (ask) => {
      const { headers } = await ask(address);
      expect(headers.get('content-security-policy')).toBe(policy);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }),
  );

  it('lets the page run nothing but its own files', () => {
    const policy = new Map(CONTENT_POLICY.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]));
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('script-src')).toEqual(["'self'"]);
    expect(policy.get('style-src')).toEqual(["'self'"]);
    for (const rule of ['frame-ancestors', 'base-uri', 'form-action']) expect(policy.get(rule)).toEqual(["'none'"]);
    expect(CONTENT_POLICY).not.toMatch(/unsafe|\*|https?:/);
  });
});
