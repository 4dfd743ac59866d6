/** Misfortune as a person meets it, in Chromium over the built program: hostile names everywhere, and a disk that is full. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProject } from '../../main/store/index.ts';
import { launchChromium } from '../support/chromium.ts';
import { missingForPages, openSite } from '../support/pages/site.ts';
import type { Site, WatchedPage } from '../support/pages/site.ts';
import { serveProgram } from '../support/serve.ts';
import { put } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';
import { wordsText } from '../../renderer/text/en/words.ts';
import { copyTo, fillDisk, mountSmallDisk, NO_MOUNTS, openScene, unplug } from './scene.ts';

const missing = missingForPages();

const SCRIPT = '<script>window.hurt = 1</script><img src=x onerror="window.hurt = 1">';
const ARABIC = 'جناح أحمر (1) صغير';
const EMOJI = '🦜 wing é 👩🏽‍🔬';

let world: TinyWorld;

beforeAll(async () => {
  world = await openScene();
  const { write, close, read } = openProject(world.at('original.vislex'));
  const { runId } = read.runs.latestDone()!;
  // The first two stand in every explanation.
  [SCRIPT, SCRIPT, ARABIC, EMOJI].forEach((name, index) => write.words.rename('<b>ann</b>', runId, index, name));
  close();
}, 60_000);
afterAll(() => world.close());

/** True when something of a name was run or made into an element. */
const isHurt = (page: Page) =>
  page.evaluate(() => 'hurt' in window || document.querySelector('img[src="x"], [onerror]') !== null);

describe.skipIf(missing !== undefined)(`names made to do harm${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let site: Site;
  let window: WatchedPage;
  beforeAll(async () => {
    site = await openSite({ project: world.at('original.vislex') });
    window = await site.open();
  }, 60_000);
  afterAll(() => site?.close());

  it.each<[string, (site: Site) => string, string | undefined]>([
    ['the grid', (here) => here.pageOf('words'), undefined],
    ['the table', (here) => here.pageOf('words', null, { view: 'table' }), undefined],
    ['the detail', (here) => here.pageOf('words', '0'), undefined],
    ['the explanation', (here) => here.pageOf('explain'), undefined],
    ['the history', (here) => here.pageOf('words'), 'h'],
    ['the command palette', (here) => here.pageOf('words'), 'Control+k'],
  ])('are text in %s', async (_place, address, key) => {
    const { page } = window;
    await page.goto('about:blank');
    await page.goto(address(site));
    await page.getByText('window.hurt').first().waitFor();
    if (key !== undefined) {
      await page.keyboard.press(key);
      const above = page
        .getByRole('complementary', { name: /history/i })
        .or(page.getByRole('dialog'))
        .first();
      await above.waitFor();
      // The palette speaks of no names, whatever is looked for; the history does.
      if (key === 'h') await above.getByText('window.hurt').first().waitFor();
      else await above.getByRole('combobox').fill(SCRIPT);
      await page.keyboard.press('Escape');
    }
    expect(await isHurt(page)).toBe(false);
    expect(window.watch.take().filter((line) => /Content Security|uncaught/.test(line))).toEqual([]);
  });

  it('that run from right to left stand in an isolate of their own', async () => {
    const { page } = window;
    await page.goto(site.pageOf('words'));
    const name = page.locator('article.word').getByText(ARABIC).first();
    await name.waitFor();
    expect(await name.evaluate((element) => getComputedStyle(element).unicodeBidi)).toMatch(/isolate/);
    await page.locator('article.word').getByText(EMOJI.normalize('NFC')).first().waitFor();
  });

  it('are text in the contact sheet, in whose page no script may run', async () => {
    const folder = world.at('sheet');
    await world.services.writeContactSheet(world.at('original.vislex'), folder);
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(html).not.toContain('<script>window.hurt');
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(pathToFileURL(join(folder, 'index.html')).href);
      await page.getByText('window.hurt').first().waitFor();
      expect(await isHurt(page)).toBe(false);
    } finally {
      await browser.close();
    }
  });
});

describe.skipIf(missing !== undefined)(
  `a disk that fills up under the window${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    it('keeps the text that was typed, says why, and saves it when there is room', async (test) => {
      const disk = world.at('disk');
      if (!mountSmallDisk(disk, 6_000)) return test.skip(NO_MOUNTS);
      const path = copyTo(world, 'disk', 'birds.vislex');
      put(world.at('data', 'settings.json'), JSON.stringify({ isTourDone: true }));
      const served = await serveProgram({ folder: world.at('data'), given: [path] });
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        await page.goto(served.address);
        const card = page.locator('article.word').first();
        await card.waitFor();
        const makeRoom = fillDisk(disk);
        // SQLite has pages that still take names: until they are used up.
        await page.evaluate(async () => {
          for (let count = 0; count < 3_000; count++) {
            const edits = [{ index: 3, name: `filling ${count}` }];
            const response = await fetch('call/words.edit', {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ project: 'p1', edits }),
            });
            if (!response.ok) return;
          }
        });
        const typed = 'blue wing with a white edge';
        await card.locator('.name button').first().click();
        await card.getByRole('textbox').fill(typed);
        await page.keyboard.press('Enter');
        const failure = card.getByTitle(/is full: nothing of this step was kept\. Free some space and try again/);
        await failure.waitFor();
        await card.getByText(typed).waitFor();
        makeRoom();
        await card.getByRole('button', { name: wordsText.retry }).click();
        await failure.waitFor({ state: 'detached' });
        await page.reload();
        await page.locator('article.word').getByText(typed).waitFor();
      } finally {
        await browser.close();
        await served.stop();
        unplug(disk);
      }
    });
  },
);
