/** Serves the built renderer under app://bundle, and nothing outside its folder. */
import { protocol } from 'electron';
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

const SCHEME = 'app';

/** Address of the page. */
export const RENDERER_URL = `${SCHEME}://bundle/index.html`;

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

/** Makes the scheme standard and secure; must run before Electron is ready. */
export function registerRendererScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true } }]);
}

/**
 * Answers requests for the page's files.
 * @param folder absolute path of the built renderer
 */
export function serveRenderer(folder: string): void {
  protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    const type = MIME_TYPES[extname(url.pathname)];
    if (url.host !== 'bundle' || type === undefined) return new Response(null, { status: 404 });
    try {
      const root = await realpath(folder);
      const file = await realpath(join(root, decodeURIComponent(url.pathname)));
      if (!file.startsWith(root + sep)) return new Response(null, { status: 404 });
      return new Response(new Uint8Array(await readFile(file)), {
        headers: { 'content-type': type, 'x-content-type-options': 'nosniff' },
      });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return new Response(null, { status: 404 });
      }
      throw error;
    }
  });
}
