/** What was built keeps the layers too: the page holds nothing of Node, the command line and the compute process nothing of Electron. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const OUT = join(import.meta.dirname, '../../out');
const isBuilt = existsSync(OUT);
const title = isBuilt ? 'what was built' : 'what was built (skipped: there is no out/, run "npm run build" first)';

/** Every way a bundle names another module: import and export from, dynamic import, require. */
const MODULE_NAME = /\b(?:from|import|import\(|require\()\s*["']([^"']+)["']/g;

/** Native modules and Electron itself: never bundled, because their binaries belong to the machine. */
const EXTERNAL = ['onnxruntime-node', 'better-sqlite3', 'sharp', 'electron'];

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(MODULE_NAME)].map((match) => match[1]!);
}

/** Names of the modules that an entry loads from outside, through all its chunks. */
function outsideImportsOf(entry: string): Set<string> {
  const outside = new Set<string>();
  const files = [join(OUT, entry)];
  for (const file of files) {
    for (const name of importsOf(file)) {
      const inside = join(dirname(file), name);
      if (!name.startsWith('.')) outside.add(name);
      else if (existsSync(inside) && !files.includes(inside)) files.push(inside);
    }
  }
  return outside;
}

/** The package of a module name: `zod/v4` is of `zod`. */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function isElectron(name: string): boolean {
  return packageOf(name) === 'electron';
}

describe.skipIf(!isBuilt)(title, () => {
  it.each(['main/index.js', 'main/cli.js', 'main/worker.js', 'preload/index.cjs', 'renderer/index.html'])(
    'has the entry %s',
    (entry) => {
      expect(existsSync(join(OUT, entry))).toBe(true);
    },
  );

  it('is a page without Node and without Electron', () => {
    const scripts = readdirSync(join(OUT, 'renderer'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.js'),
    );
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      const text = readFileSync(join(OUT, 'renderer', script), 'utf8');
      expect(text, script).not.toMatch(/\bnode:|\brequire\(/);
      const outside = importsOf(join(OUT, 'renderer', script)).filter((name) => isBuiltin(name) || isElectron(name));
      expect(outside, script).toEqual([]);
    }
  });

  it.each(['main/cli.js', 'main/worker.js'])('is an entry %s that runs without Electron', (entry) => {
    expect([...outsideImportsOf(entry)].filter(isElectron)).toEqual([]);
  });

  it.each([
    ['main/index.js', ['electron']],
    ['main/cli.js', ['better-sqlite3']],
    ['main/worker.js', ['onnxruntime-node', 'sharp']],
  ])('leaves the native modules of %s outside: %s', (entry, expected) => {
    const outside = [...outsideImportsOf(entry)].map(packageOf);
    expect(EXTERNAL.filter((name) => outside.includes(name))).toEqual(expect.arrayContaining(expected));
  });

  it('has a preload script that a sandbox can load: CommonJS with Electron and nothing else', () => {
    const outside = [...outsideImportsOf('preload/index.cjs')].filter((name) => !isElectron(name));
    expect(outside).toEqual([]);
    expect(readFileSync(join(OUT, 'preload/index.cjs'), 'utf8')).not.toMatch(/^\s*(import|export)\s/m);
  });

  it('finds an import in every form a bundler writes', () => {
    const forms = ['import"a"', "import x from 'b'", 'export * from "c"', "import('d')", 'require("e")'];
    const found = forms.flatMap((text) => [...text.matchAll(MODULE_NAME)].map((match) => match[1]));
    expect(found).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
