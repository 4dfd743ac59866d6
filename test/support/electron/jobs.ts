/** Calls and jobs of a launched application, as its page follows them. */
import { setTimeout } from 'node:timers/promises';
import { vi } from 'vitest';
import type { Input, JobName, JobSnapshot, JobTicket, Output, ProcedureName } from '../../../preload/contract/index.ts';
import type { LaunchedApp } from './launch.ts';

/** Pause between two looks, ms. */
const LOOK_MS = 50;

/** How long a test waits for what must happen, ms: the machine may be busy with other things. */
const PATIENCE_MS = 30_000;

/** Tries until it holds. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: PATIENCE_MS, interval: LOOK_MS });
}

/** Calls through the page's bridge. @throws Error with the code and the sentence of a refusal */
export async function ask<Name extends ProcedureName>(
  app: LaunchedApp,
  name: Name,
  input: Input<Name>,
): Promise<Name extends JobName ? JobTicket : Output<Name>> {
  const reply = await app.call(name, input);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.code}: ${reply.error.message}`);
  return reply.value as Name extends JobName ? JobTicket : Output<Name>;
}

/** Waits for the end of a job. */
export async function jobEnd(app: LaunchedApp, jobId: number): Promise<JobSnapshot> {
  for (;;) {
    const job = (await ask(app, 'jobs.list', {})).find((each) => each.jobId === jobId);
    if (job === undefined) throw new Error(`there is no job ${jobId}`);
    if (['done', 'failed', 'cancelled'].includes(job.state)) return job;
    await setTimeout(LOOK_MS);
  }
}
