/**
 * The journey with a stopwatch: from "New project" to fifty named words with the keyboard alone. Beyond the letters of
 * a name at most four presses are spent on it, and the names are kept: for the command line, a reload, another start.
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { learnWords, makeProject } from '../support/pages/beginning.ts';
import { countedKeyboard } from '../support/pages/keyboard.ts';
import type { CountedKeyboard } from '../support/pages/keyboard.ts';
import { settled } from '../support/pages/settled.ts';
import { missingForPages, openSite } from '../support/pages/site.ts';
import type { Site } from '../support/pages/site.ts';
import { copySmallMaterial } from '../support/pages/small-material.ts';
import type { SmallMaterial } from '../support/pages/small-material.ts';
import type { Watch } from '../support/pages/watch.ts';
import { runProgram } from '../support/run-cli.ts';
import { sampleProject } from '../support/sample-project.ts';

const missing = missingForPages();

const WORDS = 50;
/** Images of each class in each split: enough for fifty different patches. */
const PER_CLASS = 6;
/** Presses beyond the letters of a name. */
const MOST_EXTRA = 4;

const PARTS = ['wheel', 'stripe', 'fin', 'lamp', 'shell', 'tail', 'edge', 'eye', 'handle', 'sky'];
const KINDS = ['round', 'dark red', 'left', 'small', 'pale blue'];
/** Names as people give them, letters of the shortcuts and a space among them. */
const NAMES: readonly string[] = KINDS.flatMap((kind) => PARTS.map((part) => `${kind} ${part}`));

// One story: each test goes on where the one before ended.
describe.skipIf(missing !== undefined)(`naming fifty words${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let site: Site;
  let material: SmallMaterial;
  let project: string;
  let page: Page;
  let watch: Watch;
  let keyboard: CountedKeyboard;

  beforeAll(async () => {
    site = await openSite();
    material = copySmallMaterial(await sampleProject(), join(site.folder, 'material'), PER_CLASS);
    project = join(material.folder, 'demo.vislex');
    ({ page, watch } = await site.open());
    keyboard = countedKeyboard(page);
    await page.goto(site.at('#/projects'));
    await settled(page);
  });
  afterAll(() => site?.close());

  const wordsPage = () => site.at(`#/project/${encodeURIComponent(project)}/words`);
  const namedInBar = (count: number) => page.getByText(`· ${count} named`).first().waitFor();
  /** Names in the project file, as the command line reads them beside the running server. */
  async function namesInFile(): Promise<readonly string[]> {
    const { code, stdout, stderr } = await runProgram(['words', project, '--json'], { folder: site.folder });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { words } = JSON.parse(stdout) as { words: readonly { name: string | null }[] };
    return words.flatMap(({ name }) => name ?? []).sort();
  }

  it('comes from "New project" to fifty named words with at most four presses beyond the letters of each', async () => {
    const began = performance.now();
    await keyboard.press('g', 'n');
    await makeProject(page, keyboard, material);
    await learnWords(page, keyboard, WORDS);
    await page.locator('article.word').first().waitFor();
    await settled(page);
    const ready = { at: performance.now(), presses: keyboard.count() };

    // Enter opens the field of the first word; then name, Enter, name, Enter.
    if ((await page.locator('article.word.cursor').count()) === 0) await keyboard.press('j');
    await keyboard.press('Enter');
    for (const name of NAMES) {
      await page.locator('article.word input:focus').waitFor();
      await keyboard.type(name);
      await keyboard.press('Enter');
    }
    await namedInBar(WORDS);
    const letters = NAMES.reduce((sum, name) => sum + name.length, 0);
    const presses = keyboard.count() - ready.presses;
    const extra = (presses - letters) / WORDS;
    console.info(
      `new project to first word: ${seconds(ready.at - began)} s, ${ready.presses} presses, paths included; ` +
        `${WORDS} names: ${seconds(performance.now() - ready.at)} s, ${presses} presses for ${letters} letters, ` +
        `${extra.toFixed(2)} beyond the letters of each`,
    );
    expect(extra).toBeLessThanOrEqual(MOST_EXTRA);
    expect(watch.take()).toEqual([]);
  });

  it('has written every name to the project file', async () => {
    expect(await namesInFile()).toEqual([...NAMES].sort());
  });

  it('shows them after a reload', async () => {
    await page.reload();
    await namedInBar(WORDS);
    // The gallery is back where it was left, at the last word.
    await page.getByText(NAMES.at(-1)!, { exact: true }).first().waitFor();
    expect(watch.take()).toEqual([]);
  });

  it('shows them after the server ended and started again', async () => {
    await site.restart();
    ({ page, watch } = await site.open());
    keyboard = countedKeyboard(page);
    await page.goto(wordsPage());
    await namedInBar(WORDS);
    expect(watch.take()).toEqual([]);
  });

  it('takes all of them back, one press each, and gives them again', async () => {
    await settled(page);
    await keyboard.press(...NAMES.map(() => 'z'));
    await namedInBar(0);
    await expect.poll(namesInFile, { timeout: 20_000 }).toEqual([]);
    await keyboard.press(...NAMES.map(() => 'Shift+Z'));
    await namedInBar(WORDS);
    await expect.poll(namesInFile, { timeout: 20_000 }).toEqual([...NAMES].sort());
    expect(watch.take()).toEqual([]);
  });
});

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
