/**
 * An annotator's first minutes, by keyboard, on an empty data folder: the tour, an empty list of projects, a project
 * from a model and a folder of images, words learned from it, and the page where they are named.
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeProject, learnWords } from '../support/pages/beginning.ts';
import { countedKeyboard } from '../support/pages/keyboard.ts';
import type { CountedKeyboard } from '../support/pages/keyboard.ts';
import { settled } from '../support/pages/settled.ts';
import { missingForPages, openSite } from '../support/pages/site.ts';
import type { Site } from '../support/pages/site.ts';
import { copySmallMaterial } from '../support/pages/small-material.ts';
import type { SmallMaterial } from '../support/pages/small-material.ts';
import type { Watch } from '../support/pages/watch.ts';
import { sampleProject } from '../support/sample-project.ts';

const missing = missingForPages();

/** Images of each class in each split. */
const PER_CLASS = 6;
const WORDS = 8;

// One story: each test goes on where the one before ended.
describe.skipIf(missing !== undefined)(`the first launch${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let site: Site;
  let page: Page;
  let watch: Watch;
  let keyboard: CountedKeyboard;
  let material: SmallMaterial;

  beforeAll(async () => {
    site = await openSite({ isTourDone: false });
    material = copySmallMaterial(await sampleProject(), join(site.folder, 'material'), PER_CLASS);
    ({ page, watch } = await site.open());
    keyboard = countedKeyboard(page);
    await page.goto(site.at(''));
  });
  afterAll(() => site?.close());

  it('offers the tour, and does not offer it again once it is skipped', async () => {
    const welcome = page.getByRole('heading', { name: 'Welcome to Vislex' });
    await welcome.waitFor();
    await keyboard.press('Escape');
    await welcome.waitFor({ state: 'hidden' });
    await page.reload();
    await settled(page);
    expect(await welcome.isVisible()).toBe(false);
  });

  it('says on the empty page of projects how to begin', async () => {
    await page.getByRole('heading', { name: /What does your classifier/ }).waitFor();
    for (const name of [/^Make the sample/, /^Open a project/]) {
      expect(await page.getByRole('button', { name }).isEnabled()).toBe(true);
    }
    expect(await page.getByRole('link', { name: 'New project' }).isVisible()).toBe(true);
  });

  it('proves that the model is fed the right pixels, and makes the project', async () => {
    await keyboard.press('g', 'n');
    await makeProject(page, keyboard, material);
    await expect.poll(() => page.getByText(`${material.imageCount} images: `).count()).toBe(1);
  });

  it('learns words, shows them as they come, and opens their page', async () => {
    await learnWords(page, keyboard, WORDS);
    await expect.poll(() => page.locator('article.word').count(), { timeout: 20_000 }).toBe(WORDS);
    await settled(page);
    expect(watch.take()).toEqual([]);
  });

  it('lists the project from then on', async () => {
    await keyboard.press('g', 'p');
    const card = page.getByRole('article').filter({ hasText: 'demo' });
    await card.waitFor();
    expect(await card.textContent()).toContain(`0 of ${WORDS} words named`);
    expect(watch.take()).toEqual([]);
  });
});
