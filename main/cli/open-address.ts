/** Hands an address to the system's own browser. */
import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The opener of each system; every other one follows the desktop standard. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [program: string, ...given: string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/**
 * Opens an address. It holds a token, and arguments of programs can be seen by everybody on a machine: the opener gets
 * a page that only this user can read and that leads there.
 * @returns why it could not be opened; undefined when the opener was started
 */
export async function openAddress(address: string, platform: NodeJS.Platform): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'vislex-open-'));
  const page = join(folder, 'open.html');
  const html = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${address}">`;
  await writeFile(page, html, { mode: 0o600 });
  const [program, ...given] = OPENERS[platform] ?? ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(program, [...given, pathToFileURL(page).href], { stdio: 'ignore', detached: true });
    child.once('error', (error) => resolve(error.message));
    child.once('spawn', () => resolve(undefined));
    child.unref();
  });
}
