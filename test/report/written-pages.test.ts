/** Pages as they lie on the disk: every picture is there, nothing stale stays, one file is enough for an explanation. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WordSheet } from '../../preload/contract/index.ts';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import type { JobQueue } from '../../main/jobs/index.ts';
import { sha256 } from '../../main/platform/hash.ts';
import { silentLog } from '../../main/platform/log.ts';
import { writeContactSheet } from '../../main/services/contact-sheet.ts';
import { writeExplanationPage } from '../../main/services/explanation-page.ts';
import { sampleExplanation, sampleSheet, sampleWord } from './sample-sheet.ts';

const preprocessing = presetPreprocessing('imagenet', { width: 224, height: 224, channels: 3, layout: 'NCHW' });

let jobs: JobQueue;
let folder: string;
let hash: string;

beforeAll(async () => {
  jobs = createJobQueue();
  folder = mkdtempSync(join(tmpdir(), 'vislex-pages-'));
  const create = { width: 300, height: 280, channels: 3, background: '#336699' } as const;
  const bytes = await sharp({ create }).png().toBuffer();
  hash = sha256(bytes);
  for (let id = 0; id < 5; id++) writeFileSync(pathOf(id), bytes);
});

afterAll(async () => {
  await jobs.dispose();
  rmSync(folder, { recursive: true });
});

function pathOf(id: number): string {
  return join(folder, `${id}.png`);
}

/** The sample with its images in the folder. */
function sheetOf(names: readonly string[]): WordSheet {
  const words = names.map((name, index) => {
    const word = sampleWord(index, name);
    return { ...word, patches: word.patches.map((patch) => ({ ...patch, imagePath: pathOf(patch.imageId) })) };
  });
  return sampleSheet(words);
}

it('writes every picture the sheet shows, removes its own old ones, and leaves other files alone', async () => {
  const target = join(folder, 'sheet');
  const stale = join(target, 'pictures', `${'0'.repeat(20)}.jpg`);
  const foreign = join(target, 'pictures', 'holiday.jpg');
  mkdirSync(dirname(stale), { recursive: true });
  writeFileSync(stale, 'old');
  writeFileSync(foreign, 'mine');
  const path = await writeContactSheet({ jobs, log: silentLog }, sheetOf(['fur']), preprocessing, () => hash, target);
  const shown = [...readFileSync(path, 'utf8').matchAll(/src="([^"]+)"/g)].map((match) => match[1]!);
  expect(path).toBe(join(target, 'index.html'));
  expect(shown).toHaveLength(5);
  for (const address of shown) expect(existsSync(join(target, address))).toBe(true);
  expect(existsSync(stale)).toBe(false);
  expect(readFileSync(foreign, 'utf8')).toBe('mine');
  expect(readdirSync(target, { recursive: true }).filter((name) => String(name).endsWith('.tmp'))).toEqual([]);
});

it('writes the sheet with placeholders when images have changed', async () => {
  const target = join(folder, 'changed');
  const context = { jobs, log: silentLog };
  const path = await writeContactSheet(context, sheetOf(['fur']), preprocessing, () => '0'.repeat(64), target);
  expect(readFileSync(path, 'utf8').match(/the file is gone or has changed<\/title>/g)).toHaveLength(4);
});

it('writes an explanation that needs no other file', async () => {
  const path = join(folder, 'explanation.html');
  const explanation = { ...sampleExplanation([1, -0.5]), imagePath: pathOf(0), sha256: hash };
  const imageOf = (id: number) => ({ path: pathOf(id), sha256: hash });
  await writeExplanationPage({ jobs, log: silentLog }, explanation, preprocessing, imageOf, path);
  const addresses = [...readFileSync(path, 'utf8').matchAll(/(?:src|href)="([^#"]+)"/g)].map((match) => match[1]!);
  // The view, two attention maps, and a patch and a map for each of two words.
  expect(addresses).toHaveLength(7);
  for (const address of addresses) expect(address).toMatch(/^data:image\/(?:jpeg|png);base64,/);
});
