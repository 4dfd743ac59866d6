/** The whole job on caltech24 through the command line: new, learn, evaluate, words; time and peak memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runWatched } from '../support/process-tree.ts';
import type { BenchResult } from './bench-result.ts';

const DATA = join(import.meta.dirname, '../../../shared/data');
const CLI = join(import.meta.dirname, '../../main/cli/index.ts');

/** Issue "The main job", targets: four minutes and 1.5 GB on two cores. */
const TARGET_SECONDS = 240;
const TARGET_MB = 1500;

/** Runs the four commands in turn on a fresh project. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vislex-bench-'));
  const project = join(folder, 'caltech24.vislex');
  const model = join(DATA, 'models/mobilenetv2_caltech24.onnx');
  const commands: Readonly<Record<string, readonly string[]>> = {
    new: ['new', project, '--model', model, '--images', join(DATA, 'caltech24')],
    learn: ['learn', project],
    evaluate: ['evaluate', project],
    words: ['words', project, '--html', join(folder, 'sheet')],
  };
  try {
    const results: BenchResult[] = [];
    let seconds = 0;
    let peakBytes = 0;
    for (const [name, args] of Object.entries(commands)) {
      const cost = await runWatched(process.execPath, [CLI, ...args]);
      seconds += cost.seconds;
      peakBytes = Math.max(peakBytes, cost.peakBytes);
      results.push({ name: `caltech24, ${name}`, value: cost.seconds, unit: 's' });
      results.push({ name: `caltech24, ${name}, peak memory`, value: cost.peakBytes / 1e6, unit: 'MB' });
    }
    results.push({ name: 'caltech24, whole job', value: seconds, unit: 's', target: TARGET_SECONDS });
    results.push({ name: 'caltech24, peak memory', value: peakBytes / 1e6, unit: 'MB', target: TARGET_MB });
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
