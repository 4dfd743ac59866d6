/** Places have addresses: links, back and forward and reload keep what was chosen; two windows agree; viewers look. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { settled } from '../support/pages/settled.ts';
import { missingForPages, openSite } from '../support/pages/site.ts';
import type { Site, WatchedPage } from '../support/pages/site.ts';
import { sampleProject } from '../support/sample-project.ts';

const missing = missingForPages();
const why = missing ? ` (skipped: ${missing})` : '';

/** Longest that a change may take to show in another window, ms. */
const SEEN_MS = 1_000;

describe.skipIf(missing !== undefined)(`addresses${why}`, () => {
  let site: Site;
  let opened: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    site = await openSite({ project: await sampleProject() });
    opened = await site.open();
    page = opened.page;
  });
  afterAll(() => site?.close());
  afterEach(() => expect(opened.watch.take()).toEqual([]));

  const go = async (address: string) => {
    await page.goto(address);
    await settled(page);
  };
  const hash = () => page.evaluate(() => location.hash);

  it('opens a link to filtered words as they were sent, and keeps them on reload', async () => {
    await go(site.pageOf('words', null, { q: 'robot', sort: '-fidelity' }));
    const shown = async () => {
      await page.locator('article.word').first().waitFor();
      return page.locator('article.word').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-word')));
    };
    const first = await shown();
    expect(await page.getByRole('textbox', { name: /search/i }).inputValue()).toBe('robot');
    await page.reload();
    await settled(page);
    expect(await shown()).toEqual(first);
    await page.getByText(/of 40 words/).waitFor();
  });

  it('keeps the word that is looked at on reload of its page', async () => {
    await go(site.pageOf('words', '7'));
    await page.keyboard.press('j');
    await expect.poll(hash).not.toContain('/words/7');
    const next = await hash();
    await page.reload();
    await settled(page);
    expect(await hash()).toBe(next);
    await page.getByRole('tab', { name: /^Top/ }).waitFor();
  });

  it('keeps the word chosen in the gallery on reload', async () => {
    await go(site.pageOf('words'));
    await page.locator('article.word .choose').nth(2).click();
    const chosen = await page.locator('article.word.cursor').getAttribute('data-word');
    await expect.poll(hash).toContain(`at=${chosen}`);
    await page.reload();
    await settled(page);
    await expect.poll(() => page.locator('article.word.cursor').getAttribute('data-word')).toBe(chosen);
  });

  it('keeps filter and matrix of the images on reload', async () => {
    await go(site.pageOf('images', null, { split: 'test', outcome: 'wrong', matrix: 'label' }));
    const shown = page.locator('p.shown');
    const sentence = await shown.textContent();
    expect(sentence).toMatch(/\d+ of 720/);
    await page.reload();
    await settled(page);
    expect(await shown.textContent()).toBe(sentence);
  });

  it('keeps the explained image and its pinned word on reload', async () => {
    await go(site.pageOf('explain', null, { walk: 'wrong' }));
    await expect.poll(hash).toMatch(/\/explain\/\d+/);
    await page.keyboard.press('ArrowRight');
    await settled(page);
    await page.goto(`${site.origin}/${(await hash()).replace(/\?.*$/, '')}?layer=gradCam&pin=3`);
    await settled(page);
    const before = await hash();
    const title = await page.locator('main h1').first().textContent();
    await page.reload();
    await settled(page);
    expect(await hash()).toBe(before);
    expect(await page.locator('main h1').first().textContent()).toBe(title);
  });

  it('goes back and forward through pages as a browser does', async () => {
    await go(site.at('#/projects'));
    await page.getByRole('link', { name: 'demo' }).first().click();
    await page.locator('article.word').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.locator('p.shown').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await expect.poll(hash).toMatch(/^#\/help/);
    await page.goBack();
    await page.locator('p.shown').waitFor();
    await page.goBack();
    await page.locator('article.word').first().waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Projects' }).waitFor();
    await page.goForward();
    await page.locator('article.word').first().waitFor();
    await settled(page);
  });

  it('says so at an address that is none, and at a project that is gone', async () => {
    await go(site.at('#/nowhere/at/all'));
    await page.getByRole('link', { name: 'All projects' }).last().waitFor();
    await page.goto(site.at(`#/project/${encodeURIComponent('/nowhere/gone.vislex')}/words`));
    await page.getByText('/nowhere/gone.vislex').first().waitFor();
    // The refusal is an answer, but Chromium writes each into its console.
    opened.watch.take();
  });
});

describe.skipIf(missing !== undefined)(`two windows on one project${why}`, () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite({ project: await sampleProject() });
  });
  afterAll(() => site?.close());

  it('show each other’s names within a second', async () => {
    const [one, two] = [await site.open(), await site.open()];
    for (const { page } of [one, two]) {
      await page.goto(site.pageOf('words'));
      await page.locator('article.word').first().waitFor();
      await settled(page);
    }
    await one.page.locator('article.word .choose').first().click();
    await one.page.keyboard.press('Enter');
    await one.page.keyboard.type('torn corner');
    await one.page.keyboard.press('Enter');
    const pressed = Date.now();
    await two.page.locator('article.word').getByText('torn corner').waitFor({ timeout: SEEN_MS });
    console.info(`a name was in the other window after ${Date.now() - pressed} ms`);
    expect([...one.watch.take(), ...two.watch.take()]).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)(`a viewer${why}`, () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite({ project: await sampleProject(), given: ['--role', 'viewer'] });
  });
  afterAll(() => site?.close());

  it('looks at words without being able to change them, and is told why', async () => {
    const { page, watch } = await site.open();
    await page.goto(site.pageOf('words'));
    await page.locator('article.word').first().waitFor();
    await settled(page);
    await page.locator('article.word .choose').first().click();
    for (const key of ['Enter', 'q', '1', 'x', 'z']) await page.keyboard.press(key);
    expect(await page.locator('main input[type="text"]:focus').count()).toBe(0);
    expect(await page.getByRole('button', { name: /^Name word/ }).count()).toBe(0);
    await page
      .getByText(/You may look|Only for looking/)
      .first()
      .waitFor();
    // The shell is no way around: the server refuses too.
    const status = await page.evaluate(async () => {
      const answer = await fetch('call/words.edit', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ project: 'p1', edits: [{ index: 1, name: 'no' }] }),
      });
      return answer.status;
    });
    expect(status).toBe(403);
    expect(watch.take().filter((problem) => !problem.includes('403'))).toEqual([]);
  });

  it('cannot learn words, make projects or take anything back, and is told why', async () => {
    const { page } = await site.open();
    await page.goto(site.pageOf('learn'));
    await page.getByRole('radiogroup', { name: 'Preset' }).waitFor();
    expect(await page.getByRole('button', { name: /^Learn/ }).isDisabled()).toBe(true);
    await page.goto(site.at('#/projects'));
    await page.getByRole('heading', { name: 'Projects' }).waitFor();
    expect(await page.getByRole('link', { name: 'New project' }).count()).toBe(0);
  });
});
