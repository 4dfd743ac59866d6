/** The guide as the window shows it: all chapters of the index, whole links, a glossary that machines can read. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readGuide, readGuidePicture } from '../../main/services/guide.ts';
import { inTempFolder } from '../support/temp-project.ts';
import { put } from '../support/tiny-project.ts';

const RESOURCES = join(import.meta.dirname, '../../resources');
const GUIDE = join(RESOURCES, 'guide');

it('gives the chapters in the order of the index, titled by their headings, pictures by their address', () =>
  inTempFolder(async (folder) => {
    put(
      join(folder, 'guide/index.md'),
      '# Guide\n- [B](b.md)\n- [A](a.md)\n- [B again](b.md)\n- [D](decisions/d.md)\n',
    );
    put(
      join(folder, 'guide/a.md'),
      '# The *a*\nSee [b](b.md). ![A map](images/a-map.png) ![far](https://x.org/y.png)\n',
    );
    put(join(folder, 'guide/b.md'), 'no heading');
    put(join(folder, 'guide/decisions/d.md'), '# Decision');
    expect(await readGuide(folder)).toEqual([
      { slug: 'b', title: 'b', markdown: 'no heading' },
      {
        slug: 'a',
        title: 'The *a*',
        markdown: '# The *a*\nSee [b](b.md). ![A map](assets/guide/a-map.png) ![far](https://x.org/y.png)',
      },
    ]);
  }));

it('has every chapter in the index, and only links and pictures that exist', async () => {
  const chapters = await readGuide(RESOURCES);
  const files = readdirSync(GUIDE).filter((name) => name.endsWith('.md') && name !== 'index.md');
  expect(chapters.map(({ slug }) => `${slug}.md`).sort()).toEqual(files.sort());
  expect(chapters.slice(0, 4).map(({ slug }) => slug)).toEqual([
    'first-steps',
    'naming-words',
    'reading-an-explanation',
    'glossary',
  ]);
  for (const { slug, markdown } of chapters) {
    expect(markdown.startsWith('# '), slug).toBe(true);
    for (const [, target] of markdown.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const picture = /^assets\/guide\/(.+)$/.exec(target!);
      const isThere = picture
        ? (await readGuidePicture(RESOURCES, picture[1]!)) !== undefined
        : existsSync(join(GUIDE, target!));
      expect(isThere, `${slug}: ${target!}`).toBe(true);
    }
  }
});

it('has a glossary of terms, each with one sentence', async () => {
  const { markdown } = (await readGuide(RESOURCES)).find(({ slug }) => slug === 'glossary')!;
  const [, ...entries] = markdown.split(/^## /m);
  const terms = entries.map((entry) => entry.split('\n')[0]!);
  expect(new Set(terms).size).toBe(terms.length);
  for (const entry of entries) expect(entry).toMatch(/^[^\n]+\n[^\n]+\.\n*$/);
  expect(terms).toEqual(
    expect.arrayContaining(['visual word', 'residual', 'Grad-CAM', 'prediction fidelity', 'chance']),
  );
});
