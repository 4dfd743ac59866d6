/** The board of long actions: order, cancel, pause, memory. */
import { describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../preload/contract/index.ts';
import { EngineError } from '../../main/engine/errors.ts';
import { silentLog } from '../../main/platform/log.ts';
import { createEventHub } from '../../main/services/events.ts';
import { toWireError } from '../../main/services/failures.ts';
import { createJobBoard } from '../../main/services/job-board.ts';
import type { JobBoard, JobOrder, JobWatch } from '../../main/services/job-board.ts';
import { fakeClock } from '../support/fake-clock.ts';

/** A board and what it told. */
function open(): { board: JobBoard; told: JobSnapshot[] } {
  const events = createEventHub(silentLog);
  const told: JobSnapshot[] = [];
  events.subscribe((event) => {
    if (event.name === 'job') told.push(event.payload);
  });
  const toError = (error: unknown, name: string) => toWireError(error, name, silentLog);
  return { board: createJobBoard({ clock: fakeClock(), events, toError }), told };
}

/** A job that ends when told to, or when it is stopped. */
function gate(given: Partial<JobOrder> = {}) {
  const attempts: { watch: JobWatch; finish: (value: unknown) => void; fail: (error: unknown) => void }[] = [];
  const order: JobOrder = {
    procedure: 'runs.learn',
    project: 'p1',
    title: 'Learning',
    canPause: true,
    weight: 'heavy',
    run: (watch) =>
      new Promise((finish, fail) => {
        attempts.push({ watch, finish, fail });
        watch.signal.addEventListener('abort', () => fail(new EngineError('cancelled', 'stopped')));
      }),
    ...given,
  };
  return { order, attempts };
}

/** Lets promises settle. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the board', () => {
  it('runs heavy jobs one at a time in their order, and light ones beside them', async () => {
    const { board } = open();
    const [first, second, light] = [gate(), gate(), gate({ weight: 'light' })];
    const ids = [first, second, light].map(({ order }) => board.start(order).jobId);
    expect(board.list().map(({ jobId, state }) => [jobId, state])).toEqual([
      [ids[2], 'running'],
      [ids[1], 'waiting'],
      [ids[0], 'running'],
    ]);
    first.attempts[0]!.finish('learned');
    await settle();
    expect(board.result(ids[0]!)).toBe('learned');
    expect(second.attempts).toHaveLength(1);
  });

  it('goes on with a paused job in a new attempt under its number, after what was started meanwhile', async () => {
    const { board, told } = open();
    const [learning, other] = [gate(), gate()];
    const { jobId } = board.start(learning.order);
    expect(board.pause(jobId).state).toBe('pausing');
    await settle();
    board.start(other.order);
    expect(board.resume(jobId).state).toBe('waiting');
    other.attempts[0]!.finish(1);
    await settle();
    learning.attempts[1]!.finish(2);
    await settle();
    expect(board.result(jobId)).toBe(2);
    const states = told.filter((job) => job.jobId === jobId).map(({ state }) => state);
    expect(states).toEqual(['waiting', 'running', 'pausing', 'paused', 'waiting', 'running', 'done']);
  });

  it('cancels what runs, waits or is paused, and keeps a failure that came first', async () => {
    const { board } = open();
    const [running, waiting, failing] = [gate(), gate(), gate({ weight: 'light' })];
    const [a, b, c] = [running, waiting, failing].map(({ order }) => board.start(order).jobId);
    expect(board.cancel(a!).state).toBe('cancelling');
    expect(board.cancel(b!).state).toBe('cancelled');
    failing.attempts[0]!.fail(new EngineError('too-few-images', 'Give more images.'));
    await settle();
    expect(board.cancel(c!)).toMatchObject({ state: 'failed', error: { code: 'too-few-images' } });
    expect(board.list().find(({ jobId }) => jobId === a)!.state).toBe('cancelled');
    expect(waiting.attempts).toHaveLength(0);
    expect(() => board.result(c!)).toThrow('Give more images.');
    const paused = board.start(gate().order).jobId;
    board.pause(paused);
    await settle();
    expect(board.cancel(paused).state).toBe('cancelled');
  });

  it('refuses to pause what cannot, to resume what is not paused, and to speak of what it forgot', async () => {
    const { board } = open();
    const { jobId } = board.start(gate({ canPause: false, title: 'Importing images' }).order);
    expect(() => board.pause(jobId)).toThrow('"Importing images" cannot pause');
    expect(() => board.resume(jobId)).toThrow('is not paused');
    expect(() => board.cancel(99)).toThrow('There is no job 99');
    for (let index = 0; index < 60; index++) {
      board.start({ ...gate({ weight: 'light' }).order, run: () => Promise.resolve(index) });
    }
    await settle();
    expect(board.list().filter(({ state }) => state === 'done')).toHaveLength(50);
    expect(() => board.result(jobId + 1)).toThrow('There is no job');
    expect(board.result(jobId + 60)).toBe(59);
    expect(board.list().at(-1)!.jobId).toBe(jobId);
  });

  it('tells progress at a bearable rate, and the end at once', async () => {
    const { board, told } = open();
    const job = gate();
    const { jobId } = board.start(job.order);
    const { onProgress } = job.attempts[0]!.watch;
    const progress = {
      phase: 'learn',
      total: 1000,
      unit: 'parts',
      ratePerSecond: undefined,
      secondsLeft: 3,
      message: undefined,
    };
    for (let done = 0; done < 1000; done++) onProgress({ ...progress, done });
    job.attempts[0]!.finish(0);
    await settle();
    expect(told.length).toBeLessThan(6);
    expect(told.at(-1)).toMatchObject({
      jobId,
      state: 'done',
      progress: { done: 999, secondsLeft: 3, perSecond: null },
    });
  });

  it('stops everything when the program closes, and takes nothing new', async () => {
    const { board } = open();
    const job = gate();
    board.start(job.order);
    expect(board.isBusy('p1')).toBe(true);
    await board.dispose();
    expect(job.attempts[0]!.watch.signal.aborted).toBe(true);
    expect(board.isBusy('p1')).toBe(false);
    expect(() => board.start(job.order)).toThrow('Vislex is closing');
  });
});
