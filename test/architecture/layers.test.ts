/** The layers hold in the real tree, and every layer rule fires on a file planted to break it. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plantTree } from '../support/plant-tree.ts';
import type { PlantedTree } from '../support/plant-tree.ts';

const ROOT = join(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = (require(join(ROOT, '.dependency-cruiser.cjs')) as { forbidden: { name: string }[] }).forbidden;

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

/** Runs the layer check as `npm run check:layers` does, in a folder of choice. */
function violationsIn(folder: string, paths: readonly string[]): Violation[] {
  const result = spawnSync(
    process.execPath,
    [CRUISER, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...paths],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  );
  if (!result.stdout.startsWith('{')) throw new Error(`dependency-cruiser failed: ${result.stderr}`);
  return (JSON.parse(result.stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

const value = 'export const value = 1;\n';

/** What the planted files import; every one is sound itself. */
const SOUND: Readonly<Record<string, string>> = {
  'main/engine/tensor/tensor.ts': value,
  'main/engine/onnx/proto/onnx_pb.js': "import '@bufbuild/protobuf';\n",
  'main/engine/runtime/session.ts': "import 'onnxruntime-node';\nimport 'node:fs';\nimport '../tensor/tensor.ts';\n",
  'main/engine/runtime/decode-image.ts': "import 'sharp';\n",
  'main/platform/paths.ts': "import 'node:path';\n",
  'main/store/index.ts': "import './images.ts';\nimport '../platform/paths.ts';\n",
  'main/store/thread/reading-thread.ts': "import 'node:worker_threads';\n",
  'main/server/index.ts': "import '../services/index.ts';\nimport 'node:http';\n",
  'main/store/images.ts': "import type {} from '../../preload/contract/index.ts';\nimport 'better-sqlite3';\n",
  'main/report/index.ts': value,
  'main/jobs/index.ts': "import '../engine/tensor/tensor.ts';\n",
  'main/jobs/worker.ts': "import '../engine/runtime/session.ts';\n",
  'main/services/index.ts': "import '../store/index.ts';\nimport '../report/index.ts';\nimport '../jobs/index.ts';\n",
  'main/services/words.ts': "import '../engine/tensor/tensor.ts';\n",
  'main/cli/index.ts': "import '../services/index.ts';\nimport '../jobs/worker.ts';\n",
  'main/app/ipc.ts': "import 'electron';\nimport '../services/index.ts';\n",
  'preload/contract/index.ts': "import 'zod';\nimport './domain.ts';\n",
  'preload/contract/domain.ts': value,
  'preload/index.ts': "import 'electron';\nimport './contract/index.ts';\n",
  'renderer/pages/Words.svelte': '<script lang="ts">\n  import \'../../preload/contract/index.ts\';\n</script>\n',
  'test/support/helper.ts': value,
};

/** Rule, what is wrong, the planted file, its content. */
const PLANTED: readonly (readonly [rule: string, about: string, path: string, content: string])[] = [
  ['no-circular', 'two files import each other', 'main/engine/words/a.ts', "import './b.ts';\n"],
  ['no-circular', 'a cycle of types only', 'main/engine/words/c.ts', "import type {} from './d.ts';\n"],
  ['not-to-test', 'the program uses a test helper', 'main/engine/words/e.ts', "import '../../../test/support/helper.ts';\n"],
  ['engine-no-core', 'the engine reads files', 'main/engine/words/f.ts', "import { readFileSync } from 'node:fs';\n"],
  ['engine-no-core', 'the engine reads files, old spelling', 'main/engine/words/g.ts', "import fs from 'fs';\n"],
  ['engine-is-pure', 'the engine names a type of the database', 'main/engine/words/h.ts', "import type Database from 'better-sqlite3';\n"],
  ['sqlite-only-in-store', 'the engine names a type of the database', 'main/engine/words/h.ts', "import type Database from 'better-sqlite3';\n"],
  ['engine-is-pure', 'the engine uses its runtime', 'main/engine/training/i.ts', "import '../runtime/session.ts';\n"],
  ['engine-is-pure', 'the engine knows the contract', 'main/engine/training/j.ts', "import type {} from '../../../preload/contract/index.ts';\n"],
  ['engine-is-pure', 'the engine imports a service by a computed import', 'main/engine/training/k.ts', "export const load = () => import('../../services/index.ts');\n"],
  ['runtime-only-engine', 'the runtime knows the store', 'main/engine/runtime/providers.ts', "import '../../store/index.ts';\n"],
  ['onnxruntime-only-in-session', 'a job opens sessions itself', 'main/jobs/extract.ts', "import 'onnxruntime-node';\n"],
  ['onnxruntime-only-in-session', 'another runtime file uses the native module', 'main/engine/runtime/other.ts', "import type {} from 'onnxruntime-node';\n"],
  ['image-codec-only-in-decode', 'a service decodes images', 'main/services/thumbnails.ts', "import 'sharp';\n"],
  ['sqlite-only-in-store', 'a service writes SQL', 'main/services/sql.ts', "import Database from 'better-sqlite3';\n"],
  ['contract-imports-nothing', 'the contract knows the engine', 'preload/contract/bad.ts', "import type {} from '../../main/engine/tensor/tensor.ts';\n"],
  ['contract-imports-nothing', 'the contract uses node', 'preload/contract/node.ts', "import 'node:path';\n"],
  ['renderer-only-contract', 'a page asks the store', 'renderer/pages/Bad.svelte', "<script lang=\"ts\">\n  import { value } from '../../main/store/index.ts';\n</script>\n<p>{value}</p>\n"],
  ['renderer-only-contract', 'a page imports the bridge itself', 'renderer/state/bridge.svelte.ts', "import '../../preload/index.ts';\n"],
  ['renderer-no-core', 'a page reads files', 'renderer/pages/Files.svelte', "<script lang=\"ts\">\n  import { readFileSync } from 'node:fs';\n</script>\n"],
  ['store-is-below', 'the store computes', 'main/store/bad.ts', "import '../engine/tensor/tensor.ts';\n"],
  ['store-is-below', 'the reading thread computes', 'main/store/thread/bad.ts', "import '../../engine/tensor/tensor.ts';\n"],
  ['sqlite-only-in-store', 'the server reads rows', 'main/server/rows.ts', "import 'better-sqlite3';\n"],
  ['preload-is-a-bridge', 'the bridge asks a service itself', 'preload/shortcut.ts', "import '../main/services/index.ts';\n"],
  ['report-is-below', 'a report asks the store', 'main/report/bad.ts', "import '../store/index.ts';\n"],
  ['jobs-know-no-store', 'a job writes rows', 'main/jobs/bad.ts', "import '../store/index.ts';\n"],
  ['platform-is-bottom', 'the platform knows a service', 'main/platform/bad.ts', "import '../services/index.ts';\n"],
  ['services-know-no-carrier', 'a service prints to the command line', 'main/services/bad.ts', "import '../cli/index.ts';\n"],
  ['carriers-only-services', 'a command asks the store', 'main/cli/bad.ts', "import '../store/index.ts';\n"],
  ['services-know-no-carrier', 'a procedure answers over HTTP', 'main/services/procedures/bad.ts', "import type {} from '../../server/index.ts';\n"],
  ['carriers-only-services', 'the window asks the store', 'main/app/bad.ts', "import '../store/index.ts';\n"],
  ['carriers-only-services', 'the server computes', 'main/server/bad.ts', "import type {} from '../engine/tensor/tensor.ts';\n"],
  ['electron-only-in-app', 'the server needs Electron', 'main/server/window.ts', "import 'electron';\n"],
  ['electron-only-in-app', 'a page needs Electron', 'renderer/state/shell.svelte.ts', "import 'electron';\n"],
  ['entry-only-main-store', 'a service opens a private file', 'main/services/private.ts', "import '../store/images.ts';\n"],
  ['entry-only-main-store', 'a service talks to the reading thread itself', 'main/services/thread.ts', "import '../store/thread/reading-thread.ts';\n"],
  ['renderer-only-contract', 'a panel asks the server', 'renderer/panels/Bad.svelte', "<script lang=\"ts\">\n  import {} from '../../main/server/index.ts';\n</script>\n"],
  ['entry-only-main-services', 'a command opens a private file', 'main/cli/private.ts', "import '../services/words.ts';\n"],
  ['entry-only-main-jobs', 'a service opens a private file', 'main/services/queue.ts', "import '../jobs/extract.ts';\n"],
  ['entry-only-main-report', 'a service opens a private file', 'main/services/html.ts', "import '../report/bad.ts';\n"],
  ['entry-only-preload-contract', 'the bridge opens a private file', 'preload/private.ts', "import './contract/domain.ts';\n"],
]; // prettier-ignore

/** The other halves of the planted cycles. */
const PARTNERS = {
  'main/engine/words/b.ts': "import './a.ts';\n",
  'main/engine/words/d.ts': "import type {} from './c.ts';\n",
};

describe('a planted violation', () => {
  let tree: PlantedTree;
  let violations: Violation[];

  beforeAll(() => {
    tree = plantTree({
      ...SOUND,
      ...PARTNERS,
      ...Object.fromEntries(PLANTED.map(([, , path, content]) => [path, content])),
    });
    violations = violationsIn(tree.folder, ['main', 'preload', 'renderer']);
  });
  afterAll(() => tree.remove());

  it.each(PLANTED)('is caught by %s: %s', (rule, _, path) => {
    expect(violations.filter(({ from }) => from === path).map((violation) => violation.rule.name)).toContain(rule);
  });

  it('is the only kind reported: sound files are not', () => {
    expect(violations.filter(({ from }) => from in SOUND)).toEqual([]);
  });

  it('exists for every rule', () => {
    const covered = new Set(PLANTED.map(([rule]) => rule));
    expect(RULES.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
  });
});

describe('the door of the window', () => {
  const cases: readonly (readonly [about: string, path: string, text: string, isRefused: boolean])[] = [
    ['the carrier', 'main/app/ipc.ts', "import { ipcMain } from 'electron';\nipcMain.handle('x', () => 1);\n", false],
    ['another file', 'main/app/menu.ts', "import { ipcMain } from 'electron';\nipcMain.handle('x', () => 1);\n", true],
    ['another name', 'main/app/menu.ts', "import { ipcMain as door } from 'electron';\ndoor.handle('x', () => 1);\n", true],
    ['everything at once', 'main/app/menu.ts', "import * as all from 'electron';\nall.app.quit();\n", true],
    ['the entry', 'main/index.ts', "import electron from 'electron';\nelectron.ipcMain.handle('x', () => 1);\n", true],
    ['what is harmless', 'main/app/menu.ts', "import { Menu } from 'electron';\nMenu.setApplicationMenu(null);\n", false],
  ]; // prettier-ignore

  it.each(cases)('ipcMain: %s', async (_, path, text, isRefused) => {
    const eslint = new ESLint({ cwd: ROOT });
    const [result] = await eslint.lintText(text, { filePath: join(ROOT, path) });
    const found = result!.messages.some(({ message }) => message.includes('Only main/app/ipc.ts'));
    expect(found, JSON.stringify(result!.messages)).toBe(isRefused);
  });
});

describe('the real tree', () => {
  it('keeps every layer rule', () => {
    const found = violationsIn(ROOT, ['main', 'preload', 'renderer']);
    expect(found.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  });
});
