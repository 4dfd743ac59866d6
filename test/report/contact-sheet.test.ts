/** The contact sheet: pictures, escaping, policy, and the states a demanding reader meets. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { picturesOfSheet, renderContactSheet } from '../../main/report/index.ts';
import { addressesOf, sampleSheet, sampleWord } from './sample-sheet.ts';

function render(sheet: ReturnType<typeof sampleSheet>): string {
  return renderContactSheet(sheet, addressesOf(picturesOfSheet(sheet)));
}

describe('contact sheet', () => {
  it('shows every picture it wanted, and no other', () => {
    const sheet = sampleSheet([sampleWord(0, 'fur'), sampleWord(12, null)]);
    const addresses = addressesOf(picturesOfSheet(sheet));
    const shown = [...renderContactSheet(sheet, addresses).matchAll(/src="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(shown)).toEqual(new Set(addresses.values()));
  });

  it('shows names as text, whatever is in them', () => {
    const text = render(sampleSheet([sampleWord(0, '<script>alert(1)</script>" onload="x')]));
    expect(text).not.toMatch(/<script|" onload="/);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x');
    expect(text).toContain('Pets &amp; &lt;friends&gt;');
  });

  it('allows no script and only its own styles, which have the hash its policy names', () => {
    const text = render(sampleSheet([sampleWord(0, 'fur')]));
    const style = /<style>([\s\S]*)<\/style>/.exec(text)![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(text).toContain(
      `default-src &#39;none&#39;; img-src &#39;self&#39; data:; style-src &#39;sha256-${hash}&#39;`,
    );
    expect(text).not.toMatch(/<script|\sstyle=|\son[a-z]+=|https?:/);
  });

  it('calls a word without a name by its number', () => {
    expect(render(sampleSheet([sampleWord(12, null), sampleWord(3, '  ')]))).toMatch(/word 12[\s\S]*word 3</);
  });

  it('gives every picture a text or hides it as decoration, and loads it late', () => {
    const images = [...render(sampleSheet([sampleWord(0, 'fur')])).matchAll(/<img[^>]*>/g)].map(([tag]) => tag);
    expect(images).toHaveLength(5);
    for (const tag of images) expect(tag).toMatch(/alt="[^"]*"[\s\S]*loading="lazy"/);
    expect(images.filter((tag) => tag.includes('alt=""')).every((tag) => tag.includes('class="heat"'))).toBe(true);
  });

  it('puts a placeholder where a file is gone', () => {
    const text = renderContactSheet(sampleSheet([sampleWord(0, 'fur')]), new Map());
    expect(text).not.toContain('<img');
    expect(text.match(/the file is gone or has changed<\/title>/g)).toHaveLength(4);
  });

  it('warns when the words decide unlike the model, and only then', () => {
    const words = [sampleWord(0, 'fur')];
    expect(render(sampleSheet(words, 0.81))).toMatch(/do not represent this model[\s\S]*81\.0\u00a0%/);
    expect(render(sampleSheet(words, 0.9))).not.toContain('do not represent this model');
  });

  it('shows each fidelity with interval and n, beside chance and controls', () => {
    const text = render(sampleSheet([sampleWord(0, 'fur')]));
    expect(text).toMatch(/97\.9\u00a0%<\/b>\s*<span class="interval">\[95\.9, 98\.9\] n 436/);
    expect(text).toMatch(/random words<\/th>[\s\S]*41\.0\u00a0%<small>39\.0\u00a0% to 42\.0\u00a0%/);
  });

  it('says that an unevaluated run is of unknown fidelity', () => {
    const text = render({ ...sampleSheet([sampleWord(0, 'fur')]), evaluation: null });
    expect(text).toContain('Not evaluated yet');
  });

  it('has something to say without a single word', () => {
    const text = render(sampleSheet([]));
    expect(text).toContain('This run kept no word.');
    expect(text).toContain('0 visual words');
  });

  it('holds a thousand words', () => {
    const words = Array.from({ length: 1000 }, (_, index) => sampleWord(index, null));
    expect(render(sampleSheet(words)).match(/<article /g)).toHaveLength(1000);
  });
});
