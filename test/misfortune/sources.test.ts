/** Images and models that are gone, changed or elsewhere: said by name, words stay to look at, and putting them back heals. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTinyApplication } from '../support/tiny-application.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import { put, tinyImage, TINY_LEARN } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';
import { copyTo, nameWord, namesOf, openScene, refused } from './scene.ts';

let world: TinyWorld;
let app: TinyApplication;
let project: string;
let imageId: number;
let count = 0;

beforeAll(async () => {
  world = await openScene();
});
afterAll(() => world.close());
beforeEach(async () => {
  app = openTinyApplication(world);
  // Another name each time: nothing is left of the cache of the test before.
  ({ project } = await app.call('projects.open', { path: copyTo(world, `sources ${++count}`, 'birds.vislex') }));
  const { ids } = await app.call('images.columns', { project });
  imageId = ids[0]!;
});
afterEach(() => app.close());

const explain = () => app.call('explain.image', { project, image: { imageId } });
const view = (id = imageId) => app.application.asset(`${project}/view/${id}?scale=1`);

/** Everything that needs neither images nor model. */
async function expectBrowsable(): Promise<void> {
  expect(await namesOf(app, project)).toHaveLength(4);
  const { patches } = await app.call('words.get', { project, index: 0 });
  expect(patches.length).toBeGreaterThan(0);
  expect((await app.call('projects.summary', { project })).images.total).toBe(15);
  expect((await app.call('images.get', { project, imageId })).basePrediction).not.toBeNull();
  await nameWord(app, project, 3, `named ${count}`);
}

async function failedJob(ticket: Promise<{ readonly jobId: number }>) {
  const { jobId } = await ticket;
  return (await app.until(jobId, ({ state }) => state === 'failed')).error!;
}

describe('a folder of images that is moved', () => {
  it('leaves thumbnails and words, explains with what and where and what to do, and heals without a restart', async () => {
    renameSync(world.imagesFolder, world.at('elsewhere'));
    try {
      expect((await app.application.asset(`${project}/thumbnail/${imageId}`))?.type).toBe('image/jpeg');
      expect(await view()).toBeUndefined();
      await expectBrowsable();
      const { path } = await app.call('images.get', { project, imageId });
      const { code, message } = await refused(explain());
      expect(code).toBe('image-unreadable');
      expect(message).toContain(JSON.stringify(join(world.imagesFolder, path)));
      expect(message).toMatch(/put .* back/i);
      // Features are kept: strong patches are found without the images.
      const more = await app.call('words.patches', { project, index: 0, kind: 'top', offset: 0, limit: 5 });
      expect(more.total).toBeGreaterThan(0);
    } finally {
      renameSync(world.at('elsewhere'), world.imagesFolder);
    }
    expect((await view())?.type).toBe('image/jpeg');
    expect((await explain()).contributions).toHaveLength(4);
  });

  it('of which one image was changed refuses that one by name and shows no other picture in its place', async () => {
    const { path } = await app.call('images.get', { project, imageId });
    const file = join(world.imagesFolder, path);
    const original = readFileSync(file);
    put(file, await tinyImage(2, 4_711));
    try {
      const { code, message } = await refused(explain());
      expect(code).toBe('image-unreadable');
      expect(message).toContain(JSON.stringify(file));
      expect(message).toMatch(/changed since it was imported/);
      expect(await view()).toBeUndefined();
    } finally {
      writeFileSync(file, original);
    }
    expect((await explain()).contributions).toHaveLength(4);
    expect((await view())?.type).toBe('image/jpeg');
  });
});

describe('a model', () => {
  it.each<[string, RegExp, () => void]>([
    ['that is gone', /tiny.onnx/, () => rmSync(world.modelPath)],
    [
      'that was changed',
      /tiny.onnx.*changed/,
      () => writeFileSync(world.modelPath, Buffer.concat([readFileSync(world.modelPath), Buffer.of(0x7a, 0)])),
    ],
    [
      'that is cut off',
      /tiny.onnx/,
      () => writeFileSync(world.modelPath, readFileSync(world.modelPath).subarray(0, 500)),
    ],
    ['that is a text', /tiny.onnx/, () => writeFileSync(world.modelPath, 'Dear diary')],
  ])('%s is refused by name wherever it is needed; words stay to look at and to name', async (_what, wanted, harm) => {
    const original = readFileSync(world.modelPath);
    harm();
    try {
      await expectBrowsable();
      expect((await view())?.type).toBe('image/jpeg');
      const { code, message } = await refused(explain());
      expect(code).not.toBe('internal');
      expect(message).toMatch(wanted);
      const curves = await failedJob(app.call('explain.curves', { project, image: { imageId } }));
      const learning = await failedJob(app.call('runs.learn', { project, ...TINY_LEARN }));
      for (const error of [curves, learning]) {
        expect(error.message).toMatch(wanted);
        expect(['internal', 'task-failed', 'compute-crashed']).not.toContain(error.code);
      }
    } finally {
      writeFileSync(world.modelPath, original);
    }
    expect((await explain()).contributions).toHaveLength(4);
  });
});
