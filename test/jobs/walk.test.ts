/** Listing the images of a folder: order, links, loops, other files. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listImageFiles } from '../../main/platform/walk.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vislex-walk-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function plant(...files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
}

const relative = (found: readonly { readonly relativePath: string }[]) => found.map((file) => file.relativePath);

describe('listImageFiles', () => {
  it('lists images of all folders by relative path, whatever the case of their ending', async () => {
    plant('b/2.JPG', 'b/10.jpeg', 'a/x.png', 'z.webp', 'Ä/ü.tif');
    const { files } = await listImageFiles(folder);
    expect(relative(files)).toEqual(['a/x.png', 'b/10.jpeg', 'b/2.JPG', 'z.webp', 'Ä/ü.tif']);
    expect(files[0]!.path).toBe(join(folder, 'a', 'x.png'));
  });

  it('counts other files, and names pictures it cannot read', async () => {
    plant('a.jpg', 'notes.txt', '.hidden.jpg', 'drawing.svg', 'photo.heic');
    const found = await listImageFiles(folder);
    expect(relative(found.files)).toEqual(['a.jpg']);
    expect(found.ignoredCount).toBe(2);
    expect(relative(found.skipped)).toEqual(['drawing.svg', 'photo.heic']);
    expect(found.skipped[0]!.reason).toContain('SVG');
  });

  it('follows links, and enters a folder once when links make a loop', async () => {
    plant('class/a.jpg');
    symlinkSync(folder, join(folder, 'class', 'loop'));
    symlinkSync(join(folder, 'class', 'a.jpg'), join(folder, 'b.jpg'));
    const { files, skipped } = await listImageFiles(folder);
    expect(relative(files)).toEqual(['b.jpg', 'class/a.jpg']);
    expect(relative(skipped)).toEqual(['class/loop']);
  });

  it('lists links that lead nowhere or to themselves', async () => {
    symlinkSync(join(folder, 'gone.jpg'), join(folder, 'a.jpg'));
    symlinkSync(join(folder, 'self.jpg'), join(folder, 'self.jpg'));
    const { skipped } = await listImageFiles(folder);
    expect(skipped.map((file) => file.reason)).toEqual(['a link that leads nowhere', 'a link to itself']);
  });

  it('says that a folder is missing', async () => {
    await expect(listImageFiles(join(folder, 'none'))).rejects.toMatchObject({ name: 'FileError', code: 'missing' });
  });
});
