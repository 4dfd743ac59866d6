/** A compute process with tasks that misbehave on demand. */
import { writeSync } from 'node:fs';
import { getPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../main/engine/errors.ts';
import { openChannel, serveJobs } from '../../main/jobs/serve.ts';
import type { Task } from '../../main/jobs/task.ts';

/** What the task is to do. */
export interface Order {
  readonly action:
    | 'echo'
    | 'count'
    | 'pid'
    | 'priority'
    | 'wait'
    | 'ignore-cancel'
    | 'spin'
    | 'crash'
    | 'refuse'
    | 'bug'
    | 'uncloneable';
  readonly value?: unknown;
}

const obey: Task<Order, unknown, unknown> = async ({ action, value }, context) => {
  switch (action) {
    case 'echo':
      return value;
    case 'pid':
      return process.pid;
    case 'priority':
      return getPriority();
    case 'count': {
      const total = Number(value);
      for (let done = 0; done <= total; done++) {
        // Also backwards now and then, as a careless task might report.
        context.progress({ phase: 'count', done: done % 7 === 3 ? done - 2 : done, total, unit: 'numbers' });
        await context.emit(done);
        if (done % 10 === 0) await sleep(5);
      }
      return total;
    }
    case 'wait':
      context.progress({ phase: 'wait', done: 0, total: 1, unit: 'things' });
      await sleep(60_000, undefined, { signal: context.signal });
      return undefined;
    case 'ignore-cancel':
      context.progress({ phase: 'wait', done: 0, total: 1, unit: 'things' });
      await sleep(60_000);
      return undefined;
    case 'spin':
      context.progress({ phase: 'spin', done: 0, total: 1, unit: 'things' });
      await sleep(20);
      for (;;);
    case 'crash':
      writeSync(2, 'first line\nout of patience\n');
      process.kill(process.pid, 'SIGSEGV');
      return sleep(60_000);
    case 'refuse':
      throw new EngineError('cut-point', 'There is no such tensor.', { tensor: 'x' });
    case 'bug':
      throw new TypeError('x is not a function');
    case 'uncloneable':
      return () => 0;
  }
};

serveJobs(openChannel(), { inspectImages: () => Promise.resolve(obey) }, import.meta.filename);
