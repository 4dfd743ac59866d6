/** A window on 100,000 images: its first paint, and every filter and sort from the click to the picture. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { inTempFolder } from '../support/temp-project.ts';
import { median } from './bench-result.ts';
import type { BenchResult } from './bench-result.ts';
import { createLargeProject } from './large-project.ts';
import { mainThreadTime } from './processes.ts';
import { inWindowWorld, repeated, timed, watchBusy } from './window-world.ts';
import type { WindowWorld } from './window-world.ts';

/** Issue of the desktop application, targets. */
const PAINT_MS = 1_000;
const ANSWER_MS = 100;

/** Windows opened on a server that knows the project already. */
const WARM_WINDOWS = 5;

/** Times each filter and sort is used. */
const TURNS = 7;

/** Longer than the page waits before it writes the address, ms. */
const SETTLED_MS = 300;

/** From navigation, ms. */
interface PageTimes {
  readonly paint: number;
  readonly counted: number;
  readonly pictures: number;
  /** Time on the processor of the window's main thread and of the server's until then, ms. */
  readonly windowBusy: number;
  readonly serverBusy: number;
}

/** Opens the Images page in a fresh window. */
async function openImages(world: WindowWorld): Promise<{ readonly page: Page; readonly times: PageTimes }> {
  const page = await world.open();
  // Runs before the page's own scripts, and looks once per frame.
  await page.addInitScript(() => {
    const times = { counted: 0, pictures: 0 };
    Object.assign(window, { pageTimes: times });
    const look = (): void => {
      if (times.counted === 0 && document.querySelector('p.shown')) times.counted = performance.now();
      const shown = [...document.querySelectorAll<HTMLImageElement>('main a img')].slice(0, 12);
      if (shown.length === 12 && shown.every((image) => image.complete && image.naturalWidth > 0)) {
        times.pictures = performance.now();
      } else {
        requestAnimationFrame(look);
      }
    };
    requestAnimationFrame(look);
  });
  const { served } = world;
  const before = mainThreadTime(served.process.pid!).busyMs;
  const busy = await watchBusy(page);
  await page.goto(world.pageOf('images'));
  await page.waitForFunction(() => (window as unknown as { pageTimes: PageTimes }).pageTimes.pictures > 0);
  const [windowBusy, serverBusy] = [await busy(), mainThreadTime(served.process.pid!).busyMs - before];
  const times = await page.evaluate(() => ({
    ...(window as unknown as { pageTimes: PageTimes }).pageTimes,
    paint: performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
  }));
  return { page, times: { ...times, windowBusy, serverBusy } };
}

/** Something a person does to the list of images, again and again. */
interface Act {
  readonly name: string;
  /** Event that it begins with. */
  readonly begins: 'click' | 'input';
  /** Done once before. */
  readonly prepare?: (page: Page) => Promise<void>;
  readonly act: (page: Page, turn: number) => Promise<void>;
}

const button = (page: Page, name: RegExp) => page.getByRole('button', { name }).first();

/** Sorts by a value, then turns the order round at every turn. */
const sortBy = (name: string): Act => ({
  name: `sort 100,000 images: ${name.toLowerCase()}`,
  begins: 'click',
  prepare: async (page) => {
    await page.getByLabel(/^Sort/).first().click();
    await page.getByRole('option', { name, exact: true }).click();
  },
  act: (page) => button(page, /turn round/).click(),
});

const ACTS: readonly Act[] = [
  { name: 'filter 100,000 images: outcome', begins: 'click', act: (page) => button(page, /^Wrong/).click() },
  { name: 'filter 100,000 images: split', begins: 'click', act: (page) => button(page, /^Validation/).click() },
  {
    name: 'search 100,000 names, per letter',
    begins: 'input',
    prepare: (page) => page.locator('input[type=search]').first().focus(),
    act: (page, turn) => page.keyboard.press(turn % 2 === 0 ? '4' : 'Backspace'),
  },
  ...['Confidence', 'Label', 'Prediction', 'File name'].map(sortBy),
];

/** How long an act took. */
interface Answer {
  /** From the event to the picture, ms. */
  readonly took: number;
  /** Processor time of the window's main thread, what it does afterwards included, ms. */
  readonly busy: number;
}

/** From the event to the first picture after it, ms, of one act; checks that nothing changed later. */
async function answerTime(page: Page, { begins, act }: Act, turn: number): Promise<Answer> {
  const busy = await watchBusy(page);
  await page.evaluate((type) => {
    const state = { took: -1, shown: '' };
    Object.assign(window, { answer: state });
    const begin = (event: Event): void => {
      requestAnimationFrame(() => {
        // A task after the frame's callbacks comes when the frame was drawn.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          state.took = performance.now() - event.timeStamp;
          state.shown = document.querySelector('main')!.textContent;
        };
        port2.postMessage(null);
      });
    };
    document.addEventListener(type, begin, { capture: true, once: true });
  }, begins);
  await act(page, turn);
  await page.waitForFunction(() => (window as unknown as { answer: { took: number } }).answer.took >= 0);
  await page.waitForTimeout(SETTLED_MS);
  const { took, isSettled } = await page.evaluate(() => {
    const { answer } = window as unknown as { answer: { took: number; shown: string } };
    return { took: answer.took, isSettled: answer.shown === document.querySelector('main')!.textContent };
  });
  if (!isSettled) throw new Error('the list of images changed after its answer was drawn');
  return { took, busy: await busy() };
}

function pageResults(what: string, all: readonly PageTimes[]): BenchResult[] {
  const result = (name: string, key: keyof PageTimes, target?: number): BenchResult => ({
    name: `${what}, ${name}`,
    value: median(all.map((times) => times[key])),
    unit: 'ms',
    ...(target !== undefined && { target }),
  });
  return [
    result('first paint', 'paint', PAINT_MS),
    result('counts shown', 'counted'),
    result('twelve thumbnails drawn', 'pictures'),
    result('until then, window on the processor', 'windowBusy'),
    result('until then, server on the processor', 'serverBusy'),
  ];
}

/** Builds the project in a temporary folder and opens it. */
export async function run(): Promise<BenchResult[]> {
  return inTempFolder(async (folder) => {
    const path = join(folder, 'large.vislex');
    (await createLargeProject(path)).project.close();
    return inWindowWorld(path, async (world) => {
      const { page, times: cold } = await openImages(world);
      const warm: PageTimes[] = [];
      for (let turn = 0; turn < WARM_WINDOWS; turn++) {
        const { page: more, times } = await openImages(world);
        warm.push(times);
        await more.context().close();
      }
      const reading = await repeated(WARM_WINDOWS, () =>
        timed(() => world.call('images.columns', { project: world.project })),
      );
      const results = [
        ...pageResults('100,000 images, first window', [cold]),
        ...pageResults('100,000 images', warm),
        { name: 'columns of 100,000 images over HTTP', value: median(reading), unit: 'ms' },
      ];
      for (const act of ACTS) {
        await act.prepare?.(page);
        await page.waitForTimeout(SETTLED_MS);
        const answers = await repeated(TURNS, (turn) => answerTime(page, act, turn));
        results.push(
          { name: act.name, value: median(answers.map(({ took }) => took)), unit: 'ms', target: ANSWER_MS },
          { name: `${act.name}, on the processor`, value: median(answers.map(({ busy }) => busy)), unit: 'ms' },
        );
      }
      return results;
    });
  });
}
