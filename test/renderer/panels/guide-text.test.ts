/** The guide as data: no foreign HTML, no foreign links, everything found. */
import { describe, expect, test } from 'vitest';
import { createGuideSearch, excerptOf } from '../../../renderer/panels/help/guide-search.ts';
import {
  anchorOf,
  decodeEntities,
  headingsOf,
  isGuidePicture,
  linkTarget,
  parseMarkdown,
  plainText,
  sectionsOf,
  titleText,
} from '../../../renderer/panels/help/guide-text.ts';

const chapter = (slug: string, markdown: string) => ({ slug, title: /^# (.*)/.exec(markdown)?.[1] ?? slug, markdown });
const words = chapter(
  'words',
  '# Words\n\nA *word* is a patch.\n\n## What n means\n\nThe number of images.\n\n### `pushed`\n\n| a | b |\n|---|---|\n| one | two |\n',
);

test('headings get the anchors that Markdown links use', () => {
  expect(headingsOf(parseMarkdown(words.markdown))).toEqual([
    { depth: 2, text: 'What n means', anchor: 'what-n-means' },
    { depth: 3, text: 'pushed', anchor: 'pushed' },
  ]);
  expect(anchorOf('Größe: 95 % interval, n')).toBe('größe-95--interval-n');
});

test('a chapter is divided at its headings, tables included', () => {
  expect(sectionsOf(words).map(({ id, title, text }) => ({ id, title, text }))).toEqual([
    { id: 'words#', title: 'Words', text: 'A word is a patch.' },
    { id: 'words#what-n-means', title: 'What n means', text: 'The number of images.' },
    { id: 'words#pushed', title: 'pushed', text: 'a b one two' },
  ]);
});

test('titles lose their marks', () =>
  expect(titleText('The JSON of `vislex evaluate`')).toBe('The JSON of vislex evaluate'));

test('HTML in the text stays text', () => {
  const tokens = parseMarkdown('Look: <img src=x onerror=alert(1)>\n');
  expect(plainText(tokens)).toContain('<img src=x onerror=alert(1)>');
  expect(decodeEntities('a &lt;b&gt; &amp;c; &#39;')).toBe("a <b> &c; '");
});

describe('links', () => {
  const slugs = new Set(['words', 'models']);
  const target = (href: string) => linkTarget(href, 'words', slugs);

  test('between chapters and headings stay in the application', () => {
    expect(target('models.md')).toEqual({ kind: 'inside', href: '#/help/models' });
    expect(target('./models.md#cut-points')).toEqual({ kind: 'inside', href: '#/help/models?at=cut-points' });
    expect(target('#what-n-means')).toEqual({ kind: 'inside', href: '#/help/words?at=what-n-means' });
  });

  test('to the web go outside', () => expect(target('https://onnx.ai/x').kind).toBe('outside'));

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'http://x.org',
    '../secret.md',
    'absent.md',
    '//x.org',
  ])('to %s lead nowhere', (href) => expect(target(href).kind).toBe('none'));
});

test('only pictures of the guide are shown', () => {
  expect(isGuidePicture('assets/guide/cut.png')).toBe(true);
  for (const href of [
    'https://x.org/a.png',
    'assets/guide/../p1/view/1',
    'assets/p1/view/1',
    'data:image/png;base64,x',
  ])
    expect(isGuidePicture(href), href).toBe(false);
});

describe('the search', () => {
  const search = createGuideSearch([words, chapter('models', '# Models\n\nA model is cut at one tensor.\n')]);

  test('finds beginnings of words, misspellings and titles first', () => {
    expect(search('tens')[0]?.slug).toBe('models');
    expect(search('numbr')[0]?.anchor).toBe('what-n-means');
    expect(search('model')[0]?.title).toBe('Models');
  });

  test('finds nothing for nothing', () => {
    expect(search('  ')).toEqual([]);
    expect(search('zebra crossing')).toEqual([]);
  });

  test('shows the words around the match, complete', () => {
    const text = `${'before '.repeat(20)}target ${'after '.repeat(40)}`.trim();
    const [before, match, after] = excerptOf(text, ['target']);
    expect(match).toBe('target');
    expect(before).toMatch(/^…(before )+$/);
    expect(after).toMatch(/^( after)+…$/);
  });
});
