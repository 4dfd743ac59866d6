/** Answers what the window asks for: files of the built page and pictures by address; nothing outside, nothing sniffed. */
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { CONTENT_POLICY, HASHED_NAME, PAGE_FILE_TYPES, PICTURE_POLICY } from '../platform/page-headers.ts';
import type { Application } from '../services/index.ts';
import { isOurs } from './addresses.ts';

/** Path that pictures of projects and of the guide lie under. */
const ASSETS = '/assets/';

/** Where the answers come from. */
export interface BundleSources {
  /** Absolute path of the built page. */
  readonly folder: string;
  readonly asset: Application['asset'];
}

/** A response with the headers that every answer has. */
function answer(
  status: number,
  type?: string,
  body: Uint8Array | null = null,
  policy: string = CONTENT_POLICY,
): Response {
  return new Response(body === null ? null : new Uint8Array(body), {
    status,
    headers: {
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      ...(type === undefined ? {} : { 'content-type': type }),
    },
  });
}

/** Codes of the system that mean: there is no such file to serve. */
const NOT_THERE = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE'];

/** A file below the folder by its path, links followed before the check; undefined when it is not there or not below. */
async function fileBelow(folder: string, path: string): Promise<Uint8Array | undefined> {
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, path));
    return file.startsWith(root + sep) ? await readFile(file) : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.includes(String(error.code))) return undefined;
    throw error;
  }
}

/** Path of an address without its escapes; undefined for escapes that are none. */
function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Makes the function that answers each request of the window. It rejects only for failures of the disk. */
export function createBundleAnswer({ folder, asset }: BundleSources): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!isOurs(request.url)) return answer(404);
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405);
    const { pathname, search } = new URL(request.url);
    const path = decoded(pathname);
    if (path === undefined || path.includes('\0')) return answer(404);
    const type = PAGE_FILE_TYPES[extname(path).toLowerCase()];
    // The built page's own files lie under the same path: the bundler puts a hash into each of their names.
    if (type !== undefined && (!pathname.startsWith(ASSETS) || HASHED_NAME.test(path))) {
      const file = await fileBelow(folder, path);
      if (file !== undefined) return answer(200, type, file);
    }
    if (!pathname.startsWith(ASSETS)) return answer(404);
    const picture = await asset(pathname.slice(ASSETS.length) + search);
    return picture === undefined ? answer(404) : answer(200, picture.type, picture.bytes, PICTURE_POLICY);
  };
}
