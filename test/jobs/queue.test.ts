/** The job queue: order, progress, cancel, crashes; with a compute process that misbehaves on demand. */
import { getPriority } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../main/engine/errors.ts';
import { createJobQueue, JobError } from '../../main/jobs/index.ts';
import type { JobOptions, JobQueue, Progress } from '../../main/jobs/index.ts';
import type { Order } from './test-worker.ts';

let queue: JobQueue;

beforeEach(() => {
  queue = createJobQueue({ workerPath: `${import.meta.dirname}/test-worker.ts`, cancelGraceMs: 300 });
});

afterEach(async () => {
  await queue.dispose();
});

/** The test worker answers to the name of a real task. */
function run(order: Order, options?: JobOptions<'inspectImages'>): Promise<unknown> {
  return queue.run('inspectImages', order as never, options);
}

/** Resolves once the job has started. */
function started(order: Order, signal?: AbortSignal) {
  let result: Promise<unknown> = Promise.resolve();
  const running = new Promise<void>((resolve) => {
    result = run(order, { onProgress: () => resolve(), ...(signal ? { signal } : {}) });
  });
  result.catch(() => undefined);
  return { running, result };
}

describe('a job', () => {
  it('brings typed arrays there and back', async () => {
    const value = {
      weights: Float32Array.of(1, 2.5),
      half: new Uint16Array(3),
      big: 2n ** 60n,
      map: new Map([[1, 'x']]),
    };
    expect(await run({ action: 'echo', value })).toEqual(value);
  });

  it('hands on every event in order, all before the result', async () => {
    const events: unknown[] = [];
    await run({ action: 'count', value: 100 }, { onEvent: (event) => events.push(event) });
    expect(events).toEqual(Array.from({ length: 101 }, (_, index) => index));
  });

  it('reports progress that never goes back and ends at the total', async () => {
    const seen: Progress[] = [];
    await run({ action: 'count', value: 300 }, { onProgress: (progress) => seen.push(progress) });
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ done: 300, total: 300, unit: 'numbers', phase: 'count' });
    expect(seen.length).toBeLessThan(60);
  });

  it('fails with the very error the task refused its input with', async () => {
    const error = await run({ action: 'refuse' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: 'cut-point', message: 'There is no such tensor.', details: { tensor: 'x' } });
  });

  it('tells a bug of the task from a refusal, with the place it came from', async () => {
    const error = await run({ action: 'bug' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'JobError',
      code: 'task-failed',
      message: expect.stringContaining('x is not a function'),
    });
    expect((error as Error).cause).toContain('test-worker.ts');
  });

  it('fails when its result cannot be sent', async () => {
    await expect(run({ action: 'uncloneable' })).rejects.toMatchObject({ code: 'task-failed' });
  });

  it('ends with the error of a listener that throws', async () => {
    const full = new Error('disk full');
    const onEvent = () => {
      throw full;
    };
    await expect(run({ action: 'count', value: 100_000 }, { onEvent })).rejects.toBe(full);
    expect(await run({ action: 'echo', value: 1 })).toBe(1);
  });
});

describe('the queue', () => {
  it('runs one job at a time, in the order they came, in one process', async () => {
    const order: number[] = [];
    const jobs = [30, 10, 20].map(async (value, index) => {
      await run({ action: 'count', value });
      order.push(index);
    });
    expect(queue.size).toBe(3);
    await Promise.all(jobs);
    expect(order).toEqual([0, 1, 2]);
    expect(await run({ action: 'pid' })).toBe(await run({ action: 'pid' }));
  });

  it('survives a SIGKILL in the middle of a job, and the next job works in a new process', async () => {
    const pid = (await run({ action: 'pid' })) as number;
    const { running, result } = started({ action: 'wait' });
    await running;
    process.kill(pid, 'SIGKILL');
    await expect(result).rejects.toMatchObject({
      name: 'JobError',
      code: 'compute-crashed',
      details: { exitSignal: 'SIGKILL' },
    });
    expect(await run({ action: 'pid' })).not.toBe(pid);
  });

  it('quotes the last words of a process that crashed', async () => {
    const next = run({ action: 'crash' }).catch((reason: unknown) => reason);
    const waiting = run({ action: 'echo', value: 'after' });
    expect(await next).toMatchObject({ code: 'compute-crashed', message: expect.stringContaining('out of patience') });
    expect(await waiting).toBe('after');
  });

  it('survives a process that dies while it idles', async () => {
    const pid = (await run({ action: 'pid' })) as number;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await run({ action: 'echo', value: 2 })).toBe(2);
  });

  it('says so when the process cannot be started', async () => {
    const broken = createJobQueue({ workerPath: `${import.meta.dirname}/there-is-none.ts` });
    const error = await broken.run('inspectImages', { paths: [] }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(JobError);
    expect((error as JobError).message).toContain('there-is-none.ts');
    await broken.dispose();
  });
});

describe('cancel', () => {
  it('stops a task that listens, and keeps its process', async () => {
    const pid = await run({ action: 'pid' });
    const controller = new AbortController();
    const { running, result } = started({ action: 'wait' }, controller.signal);
    await running;
    controller.abort();
    await expect(result).rejects.toMatchObject({ name: 'EngineError', code: 'cancelled' });
    expect(await run({ action: 'pid' })).toBe(pid);
  });

  it.each(['ignore-cancel', 'spin'] as const)(
    'kills a task that does not listen (%s) after the grace time',
    async (action) => {
      const controller = new AbortController();
      const { running, result } = started({ action }, controller.signal);
      await running;
      controller.abort();
      await expect(result).rejects.toMatchObject({ code: 'cancelled' });
      expect(await run({ action: 'echo', value: 3 })).toBe(3);
    },
  );

  it('takes a waiting job out of the queue without touching the running one', async () => {
    const controller = new AbortController();
    const first = run({ action: 'count', value: 200 });
    const second = run({ action: 'echo', value: 1 }, { signal: controller.signal });
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    expect(await first).toBe(200);
  });

  it('refuses a job that was cancelled before it was queued', async () => {
    await expect(run({ action: 'echo' }, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('kills a job that runs past its limit', async () => {
    await expect(run({ action: 'spin' }, { timeoutMs: 400 })).rejects.toMatchObject({ code: 'compute-timeout' });
    expect(await run({ action: 'echo', value: 4 })).toBe(4);
  });
});

describe('dispose', () => {
  it('ends the process, the running job and the waiting ones, and takes no more', async () => {
    const pid = (await run({ action: 'pid' })) as number;
    const { running, result } = started({ action: 'wait' });
    const waiting = run({ action: 'echo' });
    waiting.catch(() => undefined);
    await running;
    await queue.dispose();
    await queue.dispose();
    await expect(result).rejects.toMatchObject({ code: 'queue-closed' });
    await expect(waiting).rejects.toMatchObject({ code: 'queue-closed' });
    await expect(run({ action: 'echo' })).rejects.toMatchObject({ code: 'queue-closed' });
    expect(isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process
  }
}

it('gives way to the rest of the application in the background only', async () => {
  const order: Order = { action: 'priority' };
  const background = createJobQueue({ workerPath: `${import.meta.dirname}/test-worker.ts`, isBackground: true });
  try {
    expect(await background.run('inspectImages', order as never)).toBeGreaterThan(getPriority());
    expect(await run(order)).toBe(getPriority());
  } finally {
    await background.dispose();
  }
});
