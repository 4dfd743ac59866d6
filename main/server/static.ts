/** The built pages, read once at the start: what a client asks for is looked up in a table and never reaches the disk. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { FileError, systemCode } from '../platform/files.ts';
import { HASHED_NAME, PAGE_FILE_TYPES } from '../platform/page-headers.ts';

/** One file as it is sent. */
export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly cacheControl: string;
}

/** Files by path of the address: '/', '/assets/index-4f0c.js'. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/**
 * Reads the built pages; files of unknown types are left out.
 * @throws FileError 'missing' when they were not built
 */
export async function readPages(folder: string): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  for (const name of await list(folder)) {
    const type = PAGE_FILE_TYPES[extname(name)];
    if (type === undefined) continue;
    const file: PageFile = {
      bytes: new Uint8Array(await readFile(join(folder, name))),
      type,
      cacheControl: HASHED_NAME.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    files.set(`/${name.split(sep).join('/')}`, file);
  }
  const index = files.get('/index.html');
  if (!index) throw notBuilt(folder);
  return files.set('/', index);
}

async function list(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (error) {
    throw systemCode(error) === 'ENOENT' ? notBuilt(folder) : error;
  }
}

function notBuilt(folder: string): FileError {
  return new FileError(
    'missing',
    `The pages are not built: there is no index.html in ${JSON.stringify(folder)}. Run "npm run build" first.`,
    folder,
  );
}
