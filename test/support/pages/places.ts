/** Every place of the application: how to get there, when it is there, and what one must be able to do there. */
import type { Locator, Page } from 'playwright-core';
import type { Site } from './site.ts';

/** One page, one view of a page, or one thing that opens above it. */
export interface Place {
  /** Name of its screenshots. */
  readonly name: string;
  readonly title: string;
  readonly address: (site: Site) => string;
  /** Opens what lies above the page. */
  readonly open?: (page: Page) => Promise<void>;
  /** Something that only this place shows, with its content. */
  readonly content: (page: Page) => Locator;
  /** What one must be able to press here, in the smallest window too. */
  readonly actions: (page: Page) => readonly Locator[];
}

const projects = (site: Site) => site.at('#/projects');
const words = (site: Site) => site.pageOf('words');
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first();
const link = (page: Page, name: string | RegExp) => page.getByRole('link', { name }).first();
const press = (keys: string) => async (page: Page) => {
  for (const key of keys.split(' ')) await page.keyboard.press(key);
};

export const PLACES: readonly Place[] = [
  {
    name: 'projects',
    title: 'Projects',
    address: projects,
    content: (page) => page.getByRole('heading', { name: 'demo', exact: true }),
    actions: (page) => [link(page, 'New project'), button(page, /^Open/), link(page, 'demo'), button(page, /sample/)],
  },
  {
    name: 'new-project',
    title: 'New project',
    address: (site) => site.at('#/new'),
    content: (page) => page.getByRole('heading', { name: 'New project' }),
    actions: (page) => [button(page, 'Choose an ONNX file'), button(page, 'Choose a folder')],
  },
  {
    name: 'learn',
    title: 'Learn',
    address: (site) => site.pageOf('learn'),
    content: (page) => page.locator('main:has(table tbody tr) canvas').first(),
    actions: (page) => [button(page, /^Learn/), page.getByRole('textbox', { name: /Words/ })],
  },
  {
    name: 'words-grid',
    title: 'Words as a grid',
    address: words,
    content: (page) => page.locator('article.word canvas').first(),
    actions: (page) => [page.getByRole('textbox', { name: /search/i }), page.locator('article.word .choose').first()],
  },
  {
    name: 'words-map',
    title: 'Words as a map',
    address: (site) => site.pageOf('words', null, { view: 'map' }),
    content: (page) => page.getByRole('application', { name: /Map of/ }),
    actions: (page) => [button(page, 'Lasso'), button(page, 'Show all')],
  },
  {
    name: 'words-table',
    title: 'Words as a table',
    address: (site) => site.pageOf('words', null, { view: 'table' }),
    content: (page) => page.locator('.table canvas, .table .patch img').first(),
    actions: (page) => [button(page, 'Table'), page.getByRole('textbox', { name: /search/i })],
  },
  {
    name: 'word',
    title: 'A word',
    address: (site) => site.pageOf('words', '3'),
    content: (page) => page.getByRole('tab', { name: /^Top/ }),
    actions: (page) => [
      link(page, 'All words'),
      button(page, /Next word/),
      page.getByRole('tab', { name: /^Counter/ }),
    ],
  },
  {
    name: 'explain',
    title: 'Explain',
    address: (site) => site.pageOf('explain'),
    content: (page) => page.locator('figure[aria-busy="false"] canvas').first(),
    actions: (page) => [button(page, /Next image/), button(page, 'Open an image')],
  },
  {
    name: 'images-grid',
    title: 'Images as a grid',
    address: (site) => site.pageOf('images'),
    content: (page) => page.locator('main a img').first(),
    actions: (page) => [page.locator('main a:has(img)').first()],
  },
  {
    name: 'images-matrix',
    title: 'Images with the confusion matrix',
    address: (site) => site.pageOf('images', null, { matrix: 'label' }),
    content: (page) => page.getByRole('grid').or(page.locator('main table')).first(),
    actions: (page) => [page.locator('main a:has(img)').first()],
  },
  {
    name: 'help',
    title: 'Help',
    address: (site) => site.at('#/help'),
    content: (page) => page.locator('main article h1, main h1').first(),
    actions: (page) => [page.getByRole('searchbox').or(page.getByRole('textbox')).first()],
  },
  {
    name: 'help-chapter',
    title: 'A chapter of the guide',
    address: (site) => site.at('#/help/naming-words'),
    content: (page) => page.locator('main h1').first(),
    actions: (page) => [page.getByRole('searchbox').or(page.getByRole('textbox')).first()],
  },
  {
    name: 'settings',
    title: 'Settings',
    address: projects,
    open: press('Control+,'),
    content: (page) => page.getByRole('dialog', { name: 'Settings' }),
    actions: (page) => [page.getByRole('dialog').getByRole('button', { name: 'Close' })],
  },
  {
    name: 'palette',
    title: 'The command palette',
    address: words,
    open: press('Control+k'),
    content: (page) => page.getByRole('dialog').getByRole('option').first(),
    actions: (page) => [page.getByRole('dialog').getByRole('combobox')],
  },
  {
    name: 'history',
    title: 'The history',
    address: words,
    open: press('h'),
    content: (page) => page.getByRole('complementary', { name: /history/i }),
    actions: (page) => [page.getByRole('complementary', { name: /history/i }).getByRole('button', { name: /close/i })],
  },
  {
    name: 'shortcuts',
    title: 'The sheet of shortcuts',
    address: words,
    open: press('?'),
    content: (page) => page.getByRole('dialog').locator('dl').first(),
    actions: (page) => [page.getByRole('dialog').getByRole('button', { name: 'Close' })],
  },
  {
    name: 'files',
    title: 'The file browser',
    address: projects,
    open: press('Control+o'),
    content: (page) => page.getByRole('dialog').getByRole('button', { name: 'Up one folder' }),
    actions: (page) => [page.getByRole('dialog').getByRole('combobox')],
  },
  {
    name: 'tour',
    title: 'The tour',
    address: projects,
    open: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').getByRole('combobox').fill('tour');
      await page.keyboard.press('Enter');
    },
    content: (page) => page.getByRole('heading', { name: 'Welcome to Vislex' }),
    actions: (page) => [button(page, 'Next'), button(page, 'Skip the tour')],
  },
];
