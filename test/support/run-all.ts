/** `npm test`: checks, build, then every test; the last line is counted from the runner's own report. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareChromium } from './chromium.ts';

const MINIMUM_NODE_MAJOR = 24;

/** The part of Vitest's JSON report that is read. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numFailedTestSuites: number;
}

/** Runs a command of the project with its output shown; true when it exits with 0. */
function step(title: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  console.log(`\n== ${title}`);
  const started = Date.now();
  const result = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  console.log(
    `== ${title}: ${result.status === 0 ? 'ok' : 'FAILED'} in ${Math.round((Date.now() - started) / 1000)} s`,
  );
  return result.status === 0;
}

function main(): number {
  if (Number(process.versions.node.split('.')[0]) < MINIMUM_NODE_MAJOR) {
    console.error(
      `The tests need Node ${MINIMUM_NODE_MAJOR}, found ${process.version}. Run them as "npm test" after "npm ci"; ` +
        'if install scripts were off, "npm rebuild node" brings the bundled Node back.',
    );
    return 1;
  }
  const noPages = prepareChromium(console.log);
  if (noPages !== undefined) console.log(`Tests that draw pages are skipped: there is no Chromium, ${noPages}.`);
  const folder = mkdtempSync(join(tmpdir(), 'vislex-test-'));
  const reportFile = join(folder, 'report.json');
  try {
    const checked = step('check', 'npm', ['run', '-s', 'check']);
    const built = step('build', 'npm', ['run', '-s', 'build']);
    const tested = step('test', 'npm', ['run', '-s', 'test:unit'], { VITEST_REPORT: reportFile });
    if (!existsSync(reportFile)) {
      console.log('\nThe tests could not be started; see above.');
      console.log('\n0 passed, 1 failed, 0 skipped');
      return 1;
    }
    const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
    const skipped = report.numPendingTests + report.numTodoTests;
    if (!checked || !built) console.log(`\n${checked ? 'The build' : 'npm run check'} failed; see above.`);
    console.log(`\n${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`);
    return checked && built && tested && report.numPassedTests > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = main();
