/** The product's own sample project, really learned, made once and shared by the tests that look at pages. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
const CACHE = join(ROOT, 'node_modules/.cache/vislex-sample');

/** What decides how the sample turns out. */
const SOURCES = ['main/engine', 'main/jobs', 'main/store', 'main/services', 'resources/presets'];

/** Longer than the sample takes on two busy cores. */
const LIMIT_MS = 400_000;

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const folder of SOURCES) {
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (file.isFile()) hash.update(readFileSync(join(file.parentPath, file.name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Path of the sample project; copy it before changing it. Made by the command line when the sources are new. */
export async function sampleProject(): Promise<string> {
  const folder = join(CACHE, fingerprint());
  const project = join(folder, 'demo.vislex');
  const lock = `${folder}.lock`;
  mkdirSync(CACHE, { recursive: true });
  // The project keeps the absolute place of its images: it is made where it stays, and a mark says that it is whole.
  const mark = join(folder, 'whole');
  for (const started = Date.now(); !existsSync(mark); await wait(500)) {
    if (Date.now() - started > LIMIT_MS) throw new Error(`no sample project after ${LIMIT_MS} ms; remove ${lock}`);
    if (!claim(lock)) continue;
    try {
      if (!existsSync(mark)) make(folder, mark);
    } finally {
      rmSync(lock, { recursive: true });
    }
  }
  return project;
}

/** Making a folder succeeds for one process alone. */
function claim(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function make(folder: string, mark: string): void {
  rmSync(folder, { recursive: true, force: true });
  const given = [join(ROOT, 'main/cli/index.ts'), 'demo', folder, '--quiet'];
  const made = spawnSync(process.execPath, given, {
    encoding: 'utf8',
    env: { ...process.env, VISLEX_ACTOR: 'sample' },
  });
  if (made.status !== 0) throw new Error(`the sample project could not be made: ${made.stderr}`);
  writeFileSync(mark, '');
}
