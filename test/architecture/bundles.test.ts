/** What was built keeps the layers too: the page holds nothing of Node, the command line and the compute process nothing of Electron. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moduleNamesIn } from '../support/module-names.ts';

const OUT = join(import.meta.dirname, '../../out');
const isBuilt = existsSync(OUT);
const title = isBuilt ? 'what was built' : 'what was built (skipped: there is no out/, run "npm run build" first)';

/** Native modules and Electron itself: never bundled, because their binaries belong to the machine. */
const EXTERNAL = ['onnxruntime-node', 'better-sqlite3', 'sharp', 'electron'];

function importsOf(file: string): readonly string[] {
  return moduleNamesIn(readFileSync(file, 'utf8'));
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
      const outside = importsOf(join(OUT, 'renderer', script)).filter((name) => !name.startsWith('.'));
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
});

describe('what a bundle imports', () => {
  it.each([
    ['import"a"', ['a']],
    ["import x from 'b'", ['b']],
    ['import*as x from"c";export*from"d";export{y}from"e"', ['c', 'd', 'e']],
    ["const x = import('f')", ['f']],
    ['const x = import(`node:fs`)', ['node:fs']],
    ['const x=require("g"),y=z.require;', ['g']],
    ['const r=(0,createRequire)(import.meta.url);r("h")', ['h']],
    ['import(which)', ['(computed)']],
    ['if(a){b(()=>import("i"))}', ['i']],
  ])('is found in %s', (text, expected) => {
    expect(moduleNamesIn(text)).toEqual(expected);
  });

  it.each([
    "const guide = \"see require('fs') and import from 'electron'\"",
    'const guide = `node:fs, ${1} import("electron")`',
    '// import "electron"\n/* require("fs") */ x.require("y")',
    'const text = /import "electron"/',
  ])('is not looked for in prose: %s', (text) => {
    expect(moduleNamesIn(text)).toEqual([]);
  });
});
