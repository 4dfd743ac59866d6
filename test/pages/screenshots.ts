/**
 * `npm run screenshots`: the pictures of the README and the guide, taken from the sample project with some words named.
 * Needs a build and Chromium; writes JPEG files of at most LIMIT_BYTES into resources/guide/images.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { settled } from '../support/pages/settled.ts';
import { missingForPages, openSite } from '../support/pages/site.ts';
import type { Site } from '../support/pages/site.ts';
import { sampleProject } from '../support/sample-project.ts';

const FOLDER = resolve(import.meta.dirname, '../../resources/guide/images');

/** Larger pictures make a page slow to open. */
const LIMIT_BYTES = 150_000;
const QUALITIES = [86, 78, 70, 60];

/** One picture: where, what is done there first, in which colours. */
interface Shot {
  readonly name: string;
  readonly address: (site: Site) => string;
  readonly prepare?: (page: Page) => Promise<void>;
  readonly theme?: 'dark';
}

const SHOTS: readonly Shot[] = [
  { name: 'page-projects', address: (site) => site.at('#/projects') },
  {
    name: 'page-learn',
    address: (site) => site.pageOf('learn'),
    prepare: (page) => page.locator('main canvas').first().waitFor(),
  },
  { name: 'page-words', address: (site) => site.pageOf('words') },
  { name: 'page-words-map', address: (site) => site.pageOf('words', null, { view: 'map' }) },
  { name: 'page-word', address: (site) => site.pageOf('words', '3') },
  { name: 'page-explain', address: (site) => site.pageOf('explain'), theme: 'dark' },
  { name: 'page-images', address: (site) => site.pageOf('images', null, { matrix: 'label' }) },
  { name: 'page-help', address: (site) => site.at('#/help/naming-words') },
];

/** Names a few words as a person would: a name for each, then its status. */
async function nameSome(page: Page, site: Site): Promise<void> {
  const names = ['wheel', 'wheel, right half', 'small wheel', 'warning stripes', 'chequered flag', 'red shell, dotted'];
  await page.goto(site.pageOf('words'));
  await page.locator('article.word').first().waitFor();
  await settled(page);
  await page.locator('article.word .choose').first().click();
  await page.keyboard.press('Enter');
  for (const name of names) {
    await page.locator('article.word input:focus').waitFor();
    await page.keyboard.type(name);
    await page.keyboard.press('Alt+1');
    await page.keyboard.press('Enter');
  }
  await page.keyboard.press('Escape');
  await page.getByText(`· ${names.length} named`).first().waitFor();
  // Going away would cut off what is still on its way.
  await page.getByText('saving', { exact: true }).first().waitFor({ state: 'detached' });
}

/** Writes the picture as small as it must be. @throws Error when no quality is small enough */
async function write(picture: Buffer, path: string): Promise<void> {
  for (const quality of QUALITIES) {
    await sharp(picture).jpeg({ quality, mozjpeg: true, chromaSubsampling: '4:4:4' }).toFile(path);
    if (statSync(path).size <= LIMIT_BYTES) return;
  }
  throw new Error(`${path} is larger than ${LIMIT_BYTES} bytes at every quality`);
}

async function main(): Promise<void> {
  const missing = missingForPages();
  if (missing !== undefined) throw new Error(`no screenshots: ${missing}`);
  mkdirSync(FOLDER, { recursive: true });
  const site = await openSite({ project: await sampleProject() });
  try {
    const { page } = await site.open({ colorScheme: 'light' });
    await nameSome(page, site);
    for (const { name, address, prepare, theme } of SHOTS) {
      await page.emulateMedia({ colorScheme: theme ?? 'light' });
      await page.goto('about:blank');
      await page.goto(address(site));
      await settled(page);
      await prepare?.(page);
      await settled(page);
      const path = join(FOLDER, `${name}.jpg`);
      await write(await page.screenshot(), path);
      console.log(`${name}.jpg ${Math.round(statSync(path).size / 1000)} kB`);
    }
  } finally {
    await site.close();
  }
}

await main();
