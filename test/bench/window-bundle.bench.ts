/** What a window loads: scripts, styles and letters, compressed as they would be sent. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sampleProject } from '../support/sample-project.ts';
import type { BenchResult } from './bench-result.ts';
import { inWindowWorld } from './window-world.ts';

const RENDERER = join(import.meta.dirname, '../../out/renderer');

/** Issue of the desktop application, target. */
const TARGET_MB = 1.5;

/** MB after gzip; fonts, compressed already, hardly change. */
function compressed(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(RENDERER, file))).length, 0) / 1e6;
}

/** Everything built, and what the Words page asks for when it is the first one opened. */
export async function run(): Promise<BenchResult[]> {
  const all = globSync('**/*.{js,css,woff2,html}', { cwd: RENDERER });
  const loaded = await inWindowWorld(await sampleProject(), async ({ open, pageOf }) => {
    const page = await open();
    const names = new Set<string>();
    page.on('response', (response) => names.add(basename(new URL(response.url()).pathname)));
    await page.goto(pageOf('words'));
    await page.locator('article.word canvas').first().waitFor();
    return all.filter((file) => names.has(basename(file)) || file === 'index.html');
  });
  return [
    { name: `all pages, ${all.length} files, gzipped`, value: compressed(all), unit: 'MB', target: TARGET_MB },
    { name: `first load of the Words page, ${loaded.length} files, gzipped`, value: compressed(loaded), unit: 'MB' },
    {
      name: 'scripts alone, gzipped',
      value: compressed(all.filter((file) => file.endsWith('.js'))),
      unit: 'MB',
    },
  ];
}
