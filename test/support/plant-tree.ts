/** A throw-away tree of source files with stand-ins for the packages that the layer rules speak of. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Packages of which only the name matters to the rules. */
const PACKAGES = ['better-sqlite3', 'onnxruntime-node', 'sharp', 'electron', 'zod', '@bufbuild/protobuf'];

/** Where the project's own configuration lies. */
const ROOT = join(import.meta.dirname, '../..');

/** A planted tree; `remove` deletes it. */
export interface PlantedTree {
  readonly folder: string;
  remove(): void;
}

/**
 * Writes files into a fresh folder next to copies of the project's layer rules and compiler options.
 * @param files path in the tree -> content
 */
export function plantTree(files: Readonly<Record<string, string>>): PlantedTree {
  const folder = mkdtempSync(join(tmpdir(), 'vislex-layers-'));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.base.json']) cpSync(join(ROOT, name), join(folder, name));
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const dependencies = Object.fromEntries(PACKAGES.map((name) => [name, '*']));
  write('package.json', JSON.stringify({ name: 'planted', type: 'module', dependencies }));
  for (const name of PACKAGES) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, 'export const stub = 1;\n');
    write(`node_modules/${name}/index.d.ts`, 'export declare const stub: number;\n');
  }
  for (const [path, content] of Object.entries(files)) write(path, content);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
