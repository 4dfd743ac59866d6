/** Images and explanations through the application's door: sums, classes, what people left out, dropped files. */
import { readFileSync, renameSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../../preload/contract/index.ts';
import { openTinyApplication } from '../support/tiny-application.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import { openTinyWorld, tinyImage, TINY_CLASSES, TINY_LEARN, TINY_SIZE_PX } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

/** Contributions are float32 products; their sum is taken in float64. */
const DIGITS = 9;

let world: TinyWorld;
let app: TinyApplication;
let project: string;

beforeAll(async () => {
  world = await openTinyWorld(10);
  await world.make('tiny.vislex');
  await world.services.learn(world.at('tiny.vislex'), TINY_LEARN);
  app = openTinyApplication(world);
  ({ project } = await app.call('projects.open', { path: world.at('tiny.vislex') }));
});

afterAll(async () => {
  await app.close();
  await world.close();
});

const sumOf = ({ contributions, bias, residual }: Explanation): number =>
  contributions.reduce((sum, { contribution }) => sum + contribution, 0) + bias + residual;

async function firstImage(): Promise<number> {
  return (await app.call('images.columns', { project })).ids[0]!;
}

/** A PNG whose header says 20,000 x 20,000 px, with a fitting checksum. */
async function hugePng(): Promise<Uint8Array> {
  const bytes = Buffer.from(await tinyImage(0, 1));
  bytes.writeUInt32BE(20_000, 16);
  bytes.writeUInt32BE(20_000, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}

describe('columns of all images', () => {
  it('say of every image what the store says of it', async () => {
    const columns = await app.call('images.columns', { project });
    expect(columns.count).toBe(30);
    expect(columns.classes).toEqual([...TINY_CLASSES]);
    const names = columns.names.split('\n');
    for (const row of [0, 7, 29]) {
      const facts = await app.call('images.get', { project, imageId: columns.ids[row]! });
      expect(facts.path).toBe(names[row]);
      expect(facts.label).toBe(columns.classes[columns.labels[row]!]);
      expect(facts.basePrediction).toBe(columns.classes[columns.basePredictions[row]!]);
      expect(facts.wordPrediction).toBe(columns.classes[columns.wordPredictions[row]!]);
      expect(facts.split).toBe(['train', 'validation', 'test'][columns.splits[row]!]);
      expect([facts.widthPx, facts.heightPx]).toEqual([TINY_SIZE_PX, TINY_SIZE_PX]);
    }
  });

  it('have the scores of a word beside them, the same as each image has', async () => {
    const columns = await app.call('images.columns', { project });
    const { scores, presentFrom } = await app.call('images.wordScores', { project, index: 2 });
    expect(scores.length).toBe(columns.count);
    const facts = await app.call('images.get', { project, imageId: columns.ids[4]! });
    expect(facts.words.find(({ index }) => index === 2)!.score).toBe(scores[4]);
    // Six words only: the weakest of each image's is its "tenth strongest"; half of the images lie above the median.
    const all = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => app.call('images.wordScores', { project, index })));
    const weakest = Array.from(columns.ids, (_, row) => Math.min(...all.map((word) => word.scores[row]!)));
    expect(presentFrom).toBe(weakest.sort((a, b) => a - b)[14]);
  });

  it('are refused for a word and a run there is none of', async () => {
    await expect(app.call('images.wordScores', { project, index: 99 })).rejects.toMatchObject({ code: 'not-found' });
    await expect(app.call('images.columns', { project, runId: 99 })).rejects.toMatchObject({ code: 'not-found' });
    await expect(app.call('images.get', { project, imageId: 9_999 })).rejects.toMatchObject({ code: 'not-found' });
    await expect(app.call('images.columns', { project: 'p77' })).rejects.toMatchObject({ code: 'not-open' });
  });
});

describe('an explanation', () => {
  it('adds up to the base logit, for the predicted class and for any other', async () => {
    const imageId = await firstImage();
    const explained = await app.call('explain.image', { project, image: { imageId } });
    expect(explained.className).toBe(explained.base[0]!.className);
    expect(sumOf(explained)).toBeCloseTo(explained.baseLogit, DIGITS);
    for (const classIndex of [0, 1, 2]) {
      const other = await app.call('explain.image', { project, image: { imageId }, classIndex });
      expect(other.className).toBe(TINY_CLASSES[classIndex]);
      expect(sumOf(other)).toBeCloseTo(other.base.find((row) => row.classIndex === classIndex)!.logit, DIGITS);
      const words = other.wordModel.find((row) => row.classIndex === classIndex)!.logit;
      expect(other.baseLogit - other.residual).toBeCloseTo(words, 4);
    }
  });

  it('refuses a class that the model does not have', async () => {
    const image = { imageId: await firstImage() };
    const call = app.call('explain.image', { project, image, classIndex: 3 });
    await expect(call).rejects.toMatchObject({ code: 'configuration', message: expect.stringContaining('0 to 2') });
  });

  it('moves what an excluded word added into the residual, and takes it back', async () => {
    const image = { imageId: await firstImage() };
    const before = await app.call('explain.image', { project, image });
    const { wordIndex, contribution } = before.contributions[0]!;
    await app.call('words.edit', { project, edits: [{ index: wordIndex, isExcluded: true }] });
    const without = await app.call('explain.image', { project, image });
    expect(without.contributions.map((row) => row.wordIndex)).not.toContain(wordIndex);
    expect(without.contributions.length).toBe(before.contributions.length - 1);
    expect(without.residual).toBeCloseTo(before.residual + contribution, DIGITS);
    expect(sumOf(without)).toBeCloseTo(before.baseLogit, DIGITS);
    const logitOf = ({ wordModel, classIndex }: Explanation) =>
      wordModel.find((row) => row.classIndex === classIndex)!.logit;
    expect(logitOf(without)).toBeCloseTo(logitOf(before) - contribution, 4);
    await app.call('history.undo', { project });
    expect(await app.call('explain.image', { project, image })).toEqual(before);
  });

  it('shows merged words as one row of the same sum', async () => {
    const image = { imageId: await firstImage() };
    const before = await app.call('explain.image', { project, image });
    await app.call('words.edit', { project, edits: [{ index: 1, name: 'stripes' }] });
    await app.call('words.merge', { project, leader: 1, members: [0, 4] });
    const merged = await app.call('explain.image', { project, image });
    const parts = before.contributions.filter(({ wordIndex }) => [0, 1, 4].includes(wordIndex));
    const row = merged.contributions.find(({ wordIndex }) => wordIndex === 1)!;
    expect(merged.contributions.length).toBe(before.contributions.length - 2);
    expect(row.name).toBe('stripes');
    expect(row.contribution).toBeCloseTo(
      parts.reduce((sum, part) => sum + part.contribution, 0),
      DIGITS,
    );
    expect(row.score).toBe(Math.max(...parts.map(({ score }) => score)));
    expect(row.map.high).toBe(Math.max(...parts.map(({ map }) => map.high)));
    expect(merged.residual).toBeCloseTo(before.residual, DIGITS);
    const { scores } = await app.call('images.wordScores', { project, index: 1 });
    expect(scores[0]).toBeCloseTo(row.score, 2); // float16 features of the cache
    await app.call('history.undo', { project });
    await app.call('history.undo', { project });
  });

  it('says which file is gone', async () => {
    const imageId = await firstImage();
    const { path } = await app.call('images.get', { project, imageId });
    const file = world.at('images', path);
    renameSync(file, `${file}.away`);
    const call = app.call('explain.image', { project, image: { imageId } });
    await expect(call).rejects.toMatchObject({ code: 'image-unreadable', message: expect.stringContaining(file) });
    renameSync(`${file}.away`, file);
  });
});

describe('curves', () => {
  it('end where the image is whole and are the areas of what evaluation calls insertion and deletion', async () => {
    const image = { imageId: await firstImage() };
    const { base } = await app.call('explain.image', { project, image });
    const curves = await app.finish('explain.curves', { project, image });
    const { insertion, deletion, randomInsertion, randomDeletion, fractions } = curves;
    expect(curves.className).toBe(base[0]!.className);
    expect([fractions[0], fractions.at(-1)]).toEqual([0, 1]);
    for (const curve of [insertion, deletion, randomInsertion, randomDeletion]) {
      expect(curve.length).toBe(fractions.length);
      expect(Math.min(...curve)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...curve)).toBeLessThanOrEqual(1);
    }
    // All pixels back, or none gone: the base model's own probability; all gone: the same whatever the order.
    expect(insertion.at(-1)).toBeCloseTo(base[0]!.probability, 4);
    expect(deletion[0]).toBeCloseTo(base[0]!.probability, 4);
    expect(insertion[0]).toBeCloseTo(randomInsertion[0]!, 5);
    expect(deletion.at(-1)).toBeCloseTo(randomDeletion.at(-1)!, 5);
    const mean = (curve: readonly number[]) =>
      (curve.reduce((sum, value) => sum + value, 0) - (curve[0]! + curve.at(-1)!) / 2) / (curve.length - 1);
    expect(curves.insertionScore).toBeCloseTo(mean(insertion), 9);
    expect(curves.deletionScore).toBeCloseTo(mean(deletion), 9);
  });
});

describe('a dropped image', () => {
  it('is explained like the file it came from, without becoming part of the project', async () => {
    const imageId = await firstImage();
    const { path } = await app.call('images.get', { project, imageId });
    const bytes = new Uint8Array(readFileSync(world.at('images', path)));
    const upload = await app.call('images.upload', { project, name: 'C:\\pictures\\of me.png', bytes });
    expect(upload).toMatchObject({ widthPx: TINY_SIZE_PX, heightPx: TINY_SIZE_PX });
    const dropped = await app.call('explain.image', { project, image: { uploadId: upload.uploadId } });
    const { imagePath, ...rest } = await app.call('explain.image', { project, image: { imageId } });
    expect(imagePath).toContain(path);
    expect(dropped).toEqual({ ...rest, imagePath: 'of me.png' });
    const picture = await app.application.asset(`${project}/upload/${upload.uploadId}?scale=2`);
    expect((await sharp(picture!.bytes).metadata()).width).toBe(TINY_SIZE_PX);
    expect((await app.call('images.columns', { project })).count).toBe(30);
  });

  it('is refused in plain words when it is no image, damaged, or far too large', async () => {
    const jpeg = await sharp(await tinyImage(1, 5))
      .resize(256, 256)
      .jpeg()
      .toBuffer();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>';
    const cases = [
      ['drawing.svg', Buffer.from(svg), 'image-refused', /drawing\.svg" is not an image Vislex reads/],
      ['photo.png', Buffer.from('no image at all'), 'image-refused', /is not an image Vislex reads/],
      ['half.jpg', jpeg.subarray(0, jpeg.length / 2), 'image-unreadable', /half\.jpg" cannot be decoded/],
      ['header.png', Buffer.from(await tinyImage(0, 2)).subarray(0, 20), 'image-unreadable', /cannot be decoded/],
      ['huge.png', await hugePng(), 'image-refused', /too large; accepted are at most 120 megapixels/],
      ['nothing.gif', Buffer.alloc(0), 'image-unreadable', /is empty/],
    ] as const;
    for (const [name, bytes, code, message] of cases) {
      const call = app.call('images.upload', { project, name, bytes: new Uint8Array(bytes) });
      await expect(call, name).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    }
  });

  it('is forgotten when eight newer ones came, and cannot be had from another project', async () => {
    const bytes = await tinyImage(2, 77);
    const uploads = [];
    for (let index = 0; index < 9; index++) {
      uploads.push(await app.call('images.upload', { project, name: `${index}.png`, bytes: new Uint8Array(bytes) }));
    }
    const [oldest, second] = uploads;
    const gone = app.call('explain.image', { project, image: { uploadId: oldest!.uploadId } });
    await expect(gone).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('Drop it again') });
    await app.call('explain.image', { project, image: { uploadId: second!.uploadId } });
    await world.make('other.vislex');
    const other = await app.call('projects.open', { path: world.at('other.vislex') });
    expect(await app.application.asset(`${other.project}/upload/${second!.uploadId}`)).toBeUndefined();
    expect(await app.application.asset(`${project}/upload/${second!.uploadId}`)).toBeDefined();
    await app.call('projects.close', { project: other.project });
  });
});
