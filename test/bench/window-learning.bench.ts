/** Whether the main process answers at once while words are learned: calls over HTTP all through a run on the sample. */
import { setTimeout as wait } from 'node:timers/promises';
import { sampleProject } from '../support/sample-project.ts';
import { median } from './bench-result.ts';
import type { BenchResult } from './bench-result.ts';
import { mainThreadTime } from './processes.ts';
import { inWindowWorld, quantile, timed } from './window-world.ts';
import type { WindowWorld } from './window-world.ts';

/** Issue of the desktop application, target. */
const ANSWER_MS = 50;

/** Between two calls, ms. */
const PAUSE_MS = 15;

/** Longest run that is watched, ms. */
const LIMIT_MS = 240_000;

/** One call. */
interface Answer {
  /** From sending to the whole answer, ms. */
  readonly took: number;
  /** Time of the server's main thread on the processor meanwhile, ms. */
  readonly busy: number;
  /** Time in which it could not have the processor, ms. */
  readonly waited: number;
}

async function ask({ call, served }: WindowWorld): Promise<Answer> {
  const pid = served.process.pid!;
  const before = mainThreadTime(pid);
  const took = await timed(() => call('app.settings', {}));
  const after = mainThreadTime(pid);
  return { took, busy: after.busyMs - before.busyMs, waited: after.waitedMs - before.waitedMs };
}

/** Calls until the job is over. @throws Error when it fails or takes too long */
async function watch(world: WindowWorld, jobId: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    answers.push(await ask(world));
    await wait(PAUSE_MS);
    const job = (await world.call('jobs.list', {})).find((one) => one.jobId === jobId);
    if (job?.state === 'done') return answers;
    if (job?.state === 'failed') throw new Error(`learning failed: ${job.error?.message ?? ''}`);
    if (Date.now() > until) throw new Error('learning took too long to be watched');
  }
}

/** Learns the sample's words once more. */
export async function run(): Promise<BenchResult[]> {
  return inWindowWorld(await sampleProject(), async (world) => {
    const resting: Answer[] = [];
    for (let turn = 0; turn < 200; turn++) resting.push(await ask(world));
    const jobId = await world.start('runs.learn', { project: world.project, seed: 2, device: 'cpu' });
    const answers = await watch(world, jobId);
    const times = answers.map(({ took }) => took);
    return [
      { name: 'answer without work, median', value: median(resting.map(({ took }) => took)), unit: 'ms' },
      { name: 'answer without work, worst', value: Math.max(...resting.map(({ took }) => took)), unit: 'ms' },
      { name: `answer while learning, median of ${answers.length}`, value: median(times), unit: 'ms' },
      { name: 'answer while learning, 95 of 100', value: quantile(times, 0.95), unit: 'ms', target: ANSWER_MS },
      { name: 'answer while learning, worst', value: Math.max(...times), unit: 'ms' },
      {
        name: 'answer while learning, worst on the processor',
        value: Math.max(...answers.map(({ busy }) => busy)),
        unit: 'ms',
        target: ANSWER_MS,
      },
      {
        name: 'answer while learning, longest wait for a processor',
        value: Math.max(...answers.map(({ waited }) => waited)),
        unit: 'ms',
      },
    ];
  });
}
