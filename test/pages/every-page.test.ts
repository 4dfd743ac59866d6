/**
 * Every place of the application, drawn by Chromium over the real engine and a really learned project, in both themes
 * and several sizes: nothing fails, nothing is cut off, axe finds nothing. Pictures are left in test/output/pages.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, cutOff, longestMotion, paperOf, runningAnimations } from '../support/pages/checks.ts';
import { PLACES } from '../support/pages/places.ts';
import type { Place } from '../support/pages/places.ts';
import { settled } from '../support/pages/settled.ts';
import { missingForPages, openSite, WINDOW } from '../support/pages/site.ts';
import type { Site, WatchedPage } from '../support/pages/site.ts';
import { sampleProject } from '../support/sample-project.ts';

const missing = missingForPages();
const OUTPUT = join(import.meta.dirname, '../output/pages');

/** The sizes a page is looked at beside the usual window; the last is 1280 x 800 at 200 % zoom. */
const LARGE = { width: 1920, height: 1080 };
const ZOOMED = { width: 640, height: 400 };

/** Motion explains where a thing went; it must not keep anybody waiting, ms. */
const LONGEST_MOTION_MS = 140;
/** A page for people who want none may still change within a frame, ms. */
const NO_MOTION_MS = 16;

/** As one text, so that a failure is read in full. */
const nothing = (found: readonly string[]) => expect(found.join('\n')).toBe('');

describe.skipIf(missing !== undefined)(`every page${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let site: Site;
  let light: WatchedPage;
  let dark: WatchedPage;
  let zoomed: WatchedPage;

  beforeAll(async () => {
    mkdirSync(OUTPUT, { recursive: true });
    site = await openSite({ project: await sampleProject() });
    light = await site.open({ colorScheme: 'light' });
    dark = await site.open({ colorScheme: 'dark' });
    zoomed = await site.open({ colorScheme: 'light', viewport: ZOOMED, deviceScaleFactor: 2 });
  });
  afterAll(() => site?.close());

  /** What a window shows: another look at the same place loads nothing. */
  const shown = new Map<Page, Place>();

  /** Loads the place, if it is not there already, and waits for its content. */
  async function visit(page: Page, place: Place): Promise<void> {
    if (shown.get(page) === place) return;
    shown.set(page, place);
    // The hash alone would not load anything.
    await page.goto('about:blank');
    await page.goto(place.address(site));
    await settled(page);
    await place.open?.(page);
    await place.content(page).waitFor();
    await settled(page);
  }
  const picture = (page: Page, place: Place, theme: string) => {
    const { width, height } = page.viewportSize()!;
    return page.screenshot({ path: join(OUTPUT, `${place.name}-${theme}-${width}x${height}.png`) });
  };

  describe.each(PLACES)('$title', (place) => {
    it.each([['light'], ['dark']] as const)('is whole and accessible in %s', async (theme) => {
      const { page, watch } = theme === 'light' ? light : dark;
      await page.setViewportSize(WINDOW);
      await visit(page, place);
      await picture(page, place, theme);
      expect(await paperOf(page)).toBe(theme);
      nothing(await axeFindings(page));
      nothing(await cutOff(page));
      nothing(watch.take());
    });

    it('fills a large window', async () => {
      const { page, watch } = light;
      await visit(page, place);
      await page.setViewportSize(LARGE);
      await settled(page);
      await picture(page, place, 'light');
      nothing(await cutOff(page));
      expect(await longestMotion(page)).toBeLessThanOrEqual(LONGEST_MOTION_MS);
      nothing(watch.take());
    });

    it('can be used at 200 % zoom', async () => {
      const { page, watch } = zoomed;
      await visit(page, place);
      await picture(page, place, 'light');
      nothing(await cutOff(page));
      for (const action of place.actions(page)) await action.click({ trial: true, timeout: 3_000 });
      nothing(await axeFindings(page));
      nothing(watch.take());
    });

    it('stands still for people who want no motion', async () => {
      const { page, watch } = light;
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await visit(page, place);
      expect(await longestMotion(page)).toBeLessThanOrEqual(NO_MOTION_MS);
      expect(await runningAnimations(page)).toBe(0);
      await page.emulateMedia({ reducedMotion: null });
      nothing(watch.take());
    });
  });
});
