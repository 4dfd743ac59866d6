/** Frames of a window while it does something: when they came, and the processor time that its tasks took. */
import type { Browser, Page } from 'playwright-core';

/** What happened to frames. */
export interface FrameReport {
  /** Between two frames, ms. */
  readonly frameMs: readonly number[];
  /** Longest task of the window's main thread, in time on the processor, ms: what a machine with nothing else to do shows. */
  readonly longestTaskMs: number;
  /** All its tasks, time on the processor, ms. */
  readonly busyMs: number;
}

/** Longest gap that nobody sees, ms. */
export const LONG_FRAME_MS = 50;

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Time on the processor, microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Watches the frames of a page while `work` goes on. */
export async function watchFrames(browser: Browser, page: Page, work: () => Promise<unknown>): Promise<FrameReport> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await page.evaluate(() => {
    const times: number[] = [];
    const note = (time: number): void => {
      times.push(time);
      if (!state.isOver) requestAnimationFrame(note);
    };
    const state = { times, isOver: false };
    Object.assign(window, { frameWatch: state });
    requestAnimationFrame(note);
  });
  await work();
  const times = await page.evaluate(() => {
    const { frameWatch } = window as unknown as { frameWatch: { times: number[]; isOver: boolean } };
    frameWatch.isOver = true;
    return frameWatch.times;
  });
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  // The window that was at work is the busiest; an empty spare one stands ready beside it.
  const tasks = [...mainThreadTasks(traceEvents).values()].sort((a, b) => sum(b) - sum(a))[0] ?? [];
  return {
    frameMs: times.slice(1).map((time, place) => time - times[place]!),
    longestTaskMs: Math.max(0, ...tasks),
    busyMs: sum(tasks),
  };
}

/** Processor time of every task on the main thread of every window, ms, by process. */
function mainThreadTasks(events: readonly TraceEvent[]): Map<number, number[]> {
  const keyOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const named = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const threads = new Set(named.map(keyOf));
  const tasks = new Map<number, number[]>();
  for (const event of events) {
    if (event.name !== 'ThreadControllerImpl::RunTask' || !threads.has(keyOf(event))) continue;
    const ofProcess = tasks.get(event.pid) ?? [];
    ofProcess.push((event.tdur ?? 0) / 1000);
    tasks.set(event.pid, ofProcess);
  }
  return tasks;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
