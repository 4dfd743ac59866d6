/** What pages may load and do, and what kind of file is which: the same in the window and in a browser. */

/** What the page may load and do: only what comes from where it came from itself. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  // Counts only as a header, as its like do: a policy in the page itself cannot say it.
  "frame-ancestors 'none'",
].join('; ');

/** For pictures: a drawing of the guide may hold styles, but opened by itself it is nobody's page. */
export const PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** Types of the built page's files by their ending; a file of another type is not served. */
export const PAGE_FILE_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
};

/** Names that the bundler puts a hash of the content into: such a file never changes. */
export const HASHED_NAME = /-[\w-]{8,}\.\w+$/;
