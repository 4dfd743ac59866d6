/** Entry 2, command line: checks the Node that runs it, then loads the program. Nothing native may load before the check. */
import { basename } from 'node:path';
import { nodeProblem } from './node-version.ts';

const problem = nodeProblem(process.versions);
if (problem === undefined) {
  const { start } = await import('./start.ts');
  // Only an entry knows where it lies: when bundled, everything else moves to chunks.
  const isCheckout = basename(import.meta.filename) === 'index.ts';
  process.exitCode = await start(import.meta.dirname, isCheckout ? '../jobs/worker.ts' : 'worker.js');
} else {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 1;
}
