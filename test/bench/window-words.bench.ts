/** A window on 1,000 words: opening, scrolling, naming, the answers behind them, and the memory of it all. */
import type { Page } from 'playwright-core';
import { fromWire, PROCEDURES, toWire } from '../../preload/contract/index.ts';
import { median } from './bench-result.ts';
import type { BenchResult } from './bench-result.ts';
import { LONG_FRAME_MS, watchFrames } from './frames.ts';
import { mainThreadTime, memoryOf } from './processes.ts';
import { thousandWords } from './thousand-words.ts';
import { inWindowWorld, quantile, repeated, timed, watchBusy } from './window-world.ts';
import type { WindowWorld } from './window-world.ts';

/** Issue of the desktop application, targets. */
const SAVED_MS = 30;
const MEMORY_MB = 600;

/** Names given. */
const NAMES = 30;

/** Speed of the fingers on the wheel, px/s: three windows a second, all 1,000 words in half a minute. */
const SPEED = 2_400;

/** Readings of the whole list. */
const LISTS = 5;

async function openGallery(world: WindowWorld): Promise<Page> {
  const page = await world.open();
  await page.goto(world.pageOf('words'));
  await page.locator('article.word canvas').first().waitFor();
  return page;
}

/** From the first card to the last, as a finger does. */
async function scrollThrough(page: Page): Promise<void> {
  const scroller = page.locator('.gallery .scroller');
  const box = (await scroller.boundingBox())!;
  const distance = await scroller.evaluate((element) => element.scrollHeight - element.clientHeight);
  const session = await page.context().newCDPSession(page);
  await session.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    yDistance: -distance,
    speed: SPEED,
    gestureSourceType: 'mouse',
  });
  const left = await scroller.evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop);
  if (left > 2) throw new Error(`the gallery was scrolled to ${left} px before its end`);
  await session.detach();
}

async function scrolling(world: WindowWorld, page: Page): Promise<BenchResult[]> {
  // What the machine does to a window in which nothing happens, for comparison.
  const idle = await watchFrames(world.browser, page, () => page.waitForTimeout(5_000));
  const first = await watchFrames(world.browser, page, () => scrollThrough(page));
  await page.locator('.gallery .scroller').evaluate((element) => element.scrollTo(0, 0));
  const again = await watchFrames(world.browser, page, () => scrollThrough(page));
  return [
    { name: 'resting window, longest frame', value: Math.max(...idle.frameMs), unit: 'ms' },
    ...[
      { what: 'scroll through 1,000 words, pictures new', frames: first },
      { what: 'scroll through 1,000 words again', frames: again },
    ].flatMap(({ what, frames }): BenchResult[] => [
      { name: `${what}, frame, median`, value: median(frames.frameMs), unit: 'ms' },
      { name: `${what}, frame, 99 of 100`, value: quantile(frames.frameMs, 0.99), unit: 'ms' },
      { name: `${what}, longest frame`, value: Math.max(...frames.frameMs), unit: 'ms' },
      {
        name: `${what}, frames over ${LONG_FRAME_MS} ms of ${frames.frameMs.length}`,
        value: frames.frameMs.filter((time) => time > LONG_FRAME_MS).length,
        unit: 'frames',
      },
      {
        name: `${what}, longest task on the processor`,
        value: frames.longestTaskMs,
        unit: 'ms',
        target: LONG_FRAME_MS,
      },
      { name: `${what}, on the processor per frame`, value: frames.busyMs / frames.frameMs.length, unit: 'ms' },
    ]),
  ];
}

/** From Enter to "saved", ms. */
async function nameOne(page: Page, turn: number): Promise<number> {
  await page.keyboard.type(`n${turn} `);
  await page.evaluate(() => {
    const state = { took: -1 };
    Object.assign(window, { saving: state });
    const enter = (event: KeyboardEvent): void => {
      const card = (event.target as Element).closest('article.word')!;
      const look = new MutationObserver(() => {
        if (!card.querySelector('.state.done')) return;
        state.took = performance.now() - event.timeStamp;
        look.disconnect();
      });
      look.observe(card, { subtree: true, childList: true });
    };
    document.addEventListener('keydown', enter, { capture: true, once: true });
  });
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => (window as unknown as { saving: { took: number } }).saving.took >= 0);
  return page.evaluate(() => (window as unknown as { saving: { took: number } }).saving.took);
}

async function naming(page: Page): Promise<BenchResult[]> {
  await page.locator('.gallery .scroller').evaluate((element) => element.scrollTo(0, 0));
  await page.locator('article.word .choose').first().click();
  const busy = await watchBusy(page);
  const inWindow = await repeated(NAMES, (turn) => nameOne(page, turn));
  const windowMs = await busy();
  await page.keyboard.press('Escape');
  return [
    { name: 'Enter to "saved" in the window, median', value: median(inWindow), unit: 'ms', target: SAVED_MS },
    { name: 'Enter to "saved" in the window, 95 of 100', value: quantile(inWindow, 0.95), unit: 'ms' },
    { name: 'name a word, typing and all, window on the processor', value: windowMs / NAMES, unit: 'ms' },
  ];
}

/** Naming without any window, which would read again what another one changed. */
async function namingOverHttp({ call, project, served }: WindowWorld): Promise<BenchResult[]> {
  const pid = served.process.pid!;
  const before = mainThreadTime(pid).busyMs;
  const times = await repeated(NAMES, (turn) =>
    timed(() => call('words.edit', { project, edits: [{ index: 500 + turn, name: `over HTTP ${turn}` }] })),
  );
  const busyMs = mainThreadTime(pid).busyMs - before;
  return [
    { name: 'name a word over HTTP, median', value: median(times), unit: 'ms', target: SAVED_MS },
    { name: 'name a word over HTTP, server on the processor', value: busyMs / NAMES, unit: 'ms' },
  ];
}

/** The whole list: the server's part, and what the window does with it, done here by the same code. */
async function listing(world: WindowWorld): Promise<BenchResult[]> {
  const { call, project, served } = world;
  const pid = served.process.pid!;
  const before = mainThreadTime(pid).busyMs;
  const times = await repeated(LISTS, () => timed(() => call('words.list', { project })));
  const server = (mainThreadTime(pid).busyMs - before) / LISTS;
  const list = await call('words.list', { project });
  const text = toWire(list);
  const { output } = PROCEDURES['words.list'];
  const own = async (work: () => unknown): Promise<number> =>
    median(await repeated(LISTS, () => timed(() => Promise.resolve(work()))));
  return [
    { name: 'words.list of 1,000 words over HTTP', value: median(times), unit: 'ms' },
    { name: 'words.list, server on the processor', value: server, unit: 'ms' },
    { name: 'words.list, size', value: text.length / 1e6, unit: 'MB' },
    { name: 'words.list, to wire text', value: await own(() => toWire(list)), unit: 'ms' },
    { name: 'words.list, from wire text', value: await own(() => fromWire(text)), unit: 'ms' },
    { name: 'words.list, checked against the contract', value: await own(() => output.parse(list)), unit: 'ms' },
  ];
}

/** Answers that a compute process works out: the first opens sessions, later ones find them open. */
async function answers({ call, project }: WindowWorld): Promise<BenchResult[]> {
  const effect = (index: number) => call('words.effect', { project, change: { kind: 'exclude', words: [index] } });
  const { ids } = await call('images.columns', { project });
  const explain = (place: number) => call('explain.image', { project, image: { imageId: ids[place]! } });
  const firstEffect = await timed(() => effect(0));
  const effects = await repeated(5, (turn) => timed(() => effect(turn + 1)));
  const firstExplanation = await timed(() => explain(0));
  const explanations = await repeated(5, (turn) => timed(() => explain(turn + 1)));
  return [
    { name: 'effect of excluding a word, first', value: firstEffect, unit: 'ms' },
    { name: 'effect of excluding a word, later', value: median(effects), unit: 'ms' },
    { name: 'explanation of an image, first', value: firstExplanation, unit: 'ms' },
    { name: 'explanation of an image, later', value: median(explanations), unit: 'ms' },
  ];
}

/** The server without its compute processes, and the window's own process; the rest of the browser apart. */
async function memory({ browser, served }: WindowWorld, page: Page): Promise<BenchResult[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo.map(({ id, type }) => ({ isWindow: type === 'renderer', size: memoryOf(id) }));
  // An empty spare window stands ready beside the one that is looked at.
  const window = Math.max(...sizes.filter(({ isWindow }) => isWindow).map(({ size }) => size));
  const all = sizes.reduce((sum, { size }) => sum + size, 0);
  const server = memoryOf(served.process.pid!);
  const heap = await page.context().newCDPSession(page);
  await heap.send('HeapProfiler.collectGarbage');
  const { usedSize } = await heap.send('Runtime.getHeapUsage');
  return [
    { name: 'memory, window and server with 1,000 words open', value: window + server, unit: 'MB', target: MEMORY_MB },
    { name: 'memory, server without compute processes', value: server, unit: 'MB' },
    { name: 'memory, process of the window', value: window, unit: 'MB' },
    { name: "memory, the window's objects after collection", value: usedSize / 1e6, unit: 'MB' },
    { name: 'memory, rest of the browser', value: all - window, unit: 'MB' },
  ];
}

/** Opens 1,000 words, learned the first time. */
export async function run(): Promise<BenchResult[]> {
  return inWindowWorld(await thousandWords(), async (world) => {
    const pid = world.served.process.pid!;
    const before = mainThreadTime(pid).busyMs;
    const firstList = await timed(() => world.call('words.list', { project: world.project }));
    const firstListBusy = mainThreadTime(pid).busyMs - before;
    const overHttp = await namingOverHttp(world);
    const opening = await timed(() => openGallery(world).then((page) => page.context().close()));
    const page = await openGallery(world);
    return [
      { name: 'words.list over HTTP, first after opening', value: firstList, unit: 'ms' },
      { name: 'words.list, first, server on the processor', value: firstListBusy, unit: 'ms' },
      { name: 'gallery of 1,000 words drawn in a fresh window', value: opening, unit: 'ms' },
      ...(await scrolling(world, page)),
      ...(await listing(world)),
      ...(await naming(page)),
      ...overHttp,
      ...(await memory(world, page)),
      ...(await answers(world)),
    ];
  });
}
