/** From nothing to learned words by keyboard alone, as the first minutes of every project go. */
import type { Locator, Page } from 'playwright-core';
import type { CountedKeyboard } from './keyboard.ts';
import type { SmallMaterial } from './small-material.ts';

/** Longest that reading, proving, importing or learning may take here, ms. */
const LIMIT_MS = 120_000;

/** Chooses a path in the file browser: typed, as one pastes it. */
async function goToPath(page: Page, keyboard: CountedKeyboard, path: string): Promise<void> {
  const field = page.getByRole('dialog').getByRole('combobox');
  await field.waitFor();
  await page
    .getByRole('dialog')
    .getByRole('listbox', { name: /^Contents of ./ })
    .waitFor({ state: 'attached' });
  await keyboard.type(path);
  await keyboard.press('Enter');
}

/** The file browser's list of a folder. */
const listed = (page: Page, folder: string): Locator =>
  page.getByRole('dialog').getByRole('listbox', { name: `Contents of ${folder}`, exact: true });

/** On the empty page "New project": chooses both, waits for the proof, and makes the project. */
export async function makeProject(page: Page, keyboard: CountedKeyboard, material: SmallMaterial): Promise<void> {
  await page.getByRole('heading', { name: 'New project' }).waitFor();
  await keyboard.tabTo('button', /Choose an ONNX file/);
  await keyboard.press('Enter');
  await goToPath(page, keyboard, material.folder);
  await listed(page, material.folder).waitFor();
  await keyboard.type('demo.onnx');
  await keyboard.press('Enter');
  await page.getByText(/6 classes/).waitFor({ timeout: LIMIT_MS });

  await keyboard.tabTo('button', /Choose a folder/);
  await keyboard.press('Enter');
  await goToPath(page, keyboard, material.imagesFolder);
  await listed(page, material.imagesFolder).waitFor();
  await keyboard.press('Control+Enter');

  const make = page.getByRole('button', { name: 'Make the project' });
  await page.getByText('✓ chosen').waitFor({ timeout: LIMIT_MS });
  await keyboard.tabTo('button', /Make the project/);
  await make.and(page.locator('*:focus')).waitFor();
  await keyboard.press('Enter');
  await page.getByText('The project is made').waitFor({ timeout: LIMIT_MS });
}

/** On the project just made: learns so many words and opens their page. */
export async function learnWords(page: Page, keyboard: CountedKeyboard, wordCount: number): Promise<void> {
  await keyboard.tabTo('link', /^Learn words/);
  await keyboard.press('Enter');
  await page.getByRole('radiogroup', { name: 'Preset' }).waitFor();
  await keyboard.tabTo('textbox', /^Words/);
  await keyboard.press('Control+a');
  await keyboard.type(String(wordCount));
  await keyboard.press('Control+Enter');
  const now = page.getByRole('region', { name: 'Now' });
  await now.waitFor();
  await now.waitFor({ state: 'detached', timeout: LIMIT_MS });
  await keyboard.press('g', 'w');
}
