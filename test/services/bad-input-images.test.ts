/** Images that are no good or unusual: imported, or listed with the reason; the rest goes on without them. */
import { chmodSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTinyWorld, put, putTinyImages, refusalOf, tinyImage, traces } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

const QUICK = { preset: 'kmeans', wordCount: 4, device: 'cpu' } as const;

let world: TinyWorld;

beforeAll(async () => {
  world = await openTinyWorld(5);
});

afterAll(() => world.close());

/** Stretches a PNG's header to a size that its pixels do not have; the checksum fits. */
function withHugeHeader(png: Uint8Array, side: number): Buffer {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(side, 16);
  bytes.writeUInt32BE(side, 20);
  let checksum = 0xffffffff;
  for (const byte of bytes.subarray(12, 29)) {
    checksum ^= byte;
    for (let bit = 0; bit < 8; bit++) checksum = (checksum >>> 1) ^ (checksum & 1 ? 0xedb88320 : 0);
  }
  bytes.writeUInt32BE((checksum ^ 0xffffffff) >>> 0, 29);
  return bytes;
}

describe('a folder that holds no images', () => {
  it('is refused by its name, and no project is left behind', async () => {
    put(world.at('texts', 'red', 'notes.txt'), 'nothing to see');
    const cases = [
      [world.at('texts'), 'too-few-images', /No images were found in .*texts".*one folder a class/],
      [world.at('nowhere'), 'missing', /nowhere". Check the path/],
      [world.modelPath, 'configuration', /tiny.onnx" is a file, not a folder/],
    ] as const;
    for (const [imagesFolder, code, message] of cases) {
      const refusal = await refusalOf(world.make('none.vislex', { imagesFolder }));
      expect(refusal).toMatchObject({ code, message: expect.stringMatching(message) });
      expect(traces(world, 'none')).toEqual([]);
    }
  });

  it('is refused as well when none of its images can be read', async () => {
    put(world.at('broken', 'red', 'a.png'), 'no image');
    put(world.at('broken', 'red', 'b.jpg'), '');
    const refusal = await refusalOf(world.make('broken.vislex', { imagesFolder: world.at('broken') }));
    expect(refusal).toMatchObject({ code: 'too-few-images', message: expect.stringMatching(/None of the 2 images/) });
    expect(traces(world, 'broken.')).toEqual([]);
  });
});

describe('unusual and broken images among sound ones', () => {
  it('are imported, or listed by name with the reason, and words are learned from the rest', async () => {
    const imagesFolder = world.at('mixed');
    await putTinyImages(imagesFolder, 5);
    const png = await tinyImage(0, 77);
    const raw = { width: 32, height: 32, channels: 3 } as const;
    const pixels = await sharp(png).raw().toBuffer();
    const train = (name: string) => join(imagesFolder, 'train', 'red', name);
    const taken: Readonly<Record<string, Uint8Array>> = {
      'cmyk.jpg': await sharp(pixels, { raw }).toColourspace('cmyk').jpeg().toBuffer(),
      'deep.png': await sharp(pixels, { raw }).toColourspace('rgb16').png().toBuffer(),
      'grey.png': await sharp(pixels, { raw }).greyscale().png().toBuffer(),
      'clear.png': await sharp(pixels, { raw }).ensureAlpha(0.5).png().toBuffer(),
      'moving.gif': await sharp(Buffer.concat([pixels, pixels.map((value) => 255 - value)]), {
        raw: { ...raw, height: 64, pageHeight: 32 },
      })
        .gif()
        .toBuffer(),
    };
    const refused: Readonly<Record<string, readonly [Uint8Array | string, RegExp]>> = {
      'cut.png': [png.subarray(0, png.length >> 1), /cut.png" cannot be decoded/],
      'empty.jpg': ['', /empty.jpg" is empty \(0 bytes\)/],
      'huge.png': [withHugeHeader(png, 60_000), /huge.png" is too large.*accepted are at most 120 megapixels/],
      'letter.png': ['Dear Sir or Madam', /letter.png" is not an image Vislex reads/],
      'drawing.svg': ['<svg xmlns="http://www.w3.org/2000/svg"/>', /svg/i],
    };
    for (const [name, bytes] of Object.entries(taken)) put(train(name), bytes);
    for (const [name, [bytes]] of Object.entries(refused)) put(train(name), bytes);
    put(train('twin.png'), readFileSync(train('2.png')));

    const { images, leftOut, warnings } = await world.make('mixed.vislex', { imagesFolder });
    expect(images).toMatchObject({ total: 26, unreadable: 5, duplicate: 1, train: 14, validation: 3, test: 3 });
    for (const [name, [, reason]] of Object.entries(refused)) {
      expect(leftOut.find(({ path }) => path === `train/red/${name}`)?.reason).toMatch(reason);
    }
    expect(leftOut).toContainEqual({ path: 'train/red/twin.png', reason: 'Same content as train/red/2.png.' });
    expect(warnings.join(' ')).toMatch(/5 images cannot be read.*1 images have the same content/);

    const run = await world.services.learn(world.at('mixed.vislex'), QUICK);
    expect(run.status).toBe('done');
    expect((await world.services.verify(world.at('mixed.vislex'))).isOk).toBe(true);
  });
});

describe('an image that may not be read', () => {
  // Nothing is forbidden to the superuser.
  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'is listed by name, the rest imported',
    async () => {
      const imagesFolder = world.at('private');
      await putTinyImages(imagesFolder, 5);
      chmodSync(join(imagesFolder, 'train/red/2.png'), 0);
      const { images, leftOut } = await world.make('private.vislex', { imagesFolder });
      expect(images).toMatchObject({ total: 15, unreadable: 1, train: 8 });
      expect(leftOut).toMatchObject([{ path: 'train/red/2.png', reason: expect.stringMatching(/may not read/) }]);
    },
  );
});

describe('few images', () => {
  it('are learned from when there is one class only', async () => {
    const imagesFolder = world.at('single');
    await putTinyImages(imagesFolder, 5, [1]);
    await world.make('single.vislex', { imagesFolder });
    const run = await world.services.learn(world.at('single.vislex'), QUICK);
    expect(run.status).toBe('done');
    const report = await world.services.evaluate(world.at('single.vislex'), { split: 'train', withoutControls: true });
    expect(report.imageCount).toBe(3);
  });

  it('are learned from, or refused with the count, when there is one image a class', async () => {
    const imagesFolder = world.at('ones');
    for (const [label, name] of ['red', 'green', 'blue'].entries()) {
      put(join(imagesFolder, name, 'one.png'), await tinyImage(label, 50 + label));
    }
    const { images, warnings } = await world.make('ones.vislex', { imagesFolder });
    expect(images.total).toBe(3);
    expect(warnings.join(' ')).toMatch(/made by content hash/);
    const path = world.at('ones.vislex');
    if (images.train > 0) {
      expect((await world.services.learn(path, { ...QUICK, wordCount: 3 })).status).toBe('done');
    } else {
      expect((await refusalOf(world.services.learn(path, QUICK))).code).toBe('too-few-images');
    }
    expect((await world.services.verify(path)).isOk).toBe(true);
  });

  it('without labels leave accuracy out and measure both fidelities', async () => {
    const imagesFolder = world.at('flat');
    for (let index = 0; index < 24; index++) {
      put(join(imagesFolder, `${index}.png`), await tinyImage(index % 3, 300 + index));
    }
    const { baseAccuracy, warnings } = await world.make('flat.vislex', { imagesFolder });
    expect(baseAccuracy.value).toBeNull();
    expect(warnings.join(' ')).toMatch(/24 of 24 images are unlabelled: the folder itself.*Accuracy is not assessed/);
    const path = world.at('flat.vislex');
    await world.services.learn(path, QUICK);
    const report = await world.services.evaluate(path, { split: 'train', withoutControls: true });
    expect(report.accuracy.value).toBeNull();
    expect(report.predictionFidelity.value).not.toBeNull();
    expect(report.attentionFidelity['50'].value).not.toBeNull();
  });
});

describe('images that change after they were imported', () => {
  it('are looked for where they were; once the folder is back, learning goes on', async () => {
    const imagesFolder = world.at('moving');
    await putTinyImages(imagesFolder, 5);
    await world.make('moving.vislex', { imagesFolder });
    const path = world.at('moving.vislex');
    renameSync(imagesFolder, world.at('moved'));
    const refusal = await refusalOf(world.services.learn(path, QUICK));
    expect(refusal.code).toBe('image-unreadable');
    expect(refusal.message).toMatch(/None of the 15 images can be used.*"[^"]*\/moving"; put the folder back there/);
    const { isOk, checks } = await world.services.verify(path);
    expect(isOk).toBe(false);
    expect(checks.filter((check) => !check.isOk).map(({ name }) => name)).toEqual(['image files']);
    renameSync(world.at('moved'), imagesFolder);
    expect(await world.services.learn(path, QUICK)).toMatchObject({ id: 1, status: 'done' });
    expect((await world.services.verify(path)).isOk).toBe(true);
  });

  it('are left out by name when they are gone or no longer the same', async () => {
    const imagesFolder = world.at('edited');
    await putTinyImages(imagesFolder, 5);
    await world.make('edited.vislex', { imagesFolder });
    put(join(imagesFolder, 'train/red/2.png'), await tinyImage(2, 999));
    mkdirSync(world.at('elsewhere'));
    renameSync(join(imagesFolder, 'train/red/3.png'), world.at('elsewhere', '3.png'));
    const run = await world.services.learn(world.at('edited.vislex'), QUICK);
    expect(run.status).toBe('done');
    const notes = run.notes.join(' ');
    expect(notes).toMatch(/2 images were left out because they are gone, changed or unreadable/);
    expect(notes).toMatch(/2.png: The file has changed since it was imported/);
    expect(notes).toMatch(/3.png/);
  });
});
