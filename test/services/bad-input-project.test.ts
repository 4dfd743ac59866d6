/** Projects that cannot be made, opened or written: refused by name, and what was there stays as it was. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProject } from '../../main/store/index.ts';
import { openTinyWorld, put, putTinyImages, refusalOf, TINY_LEARN, traces } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

const QUICK = { preset: 'kmeans', wordCount: 4, device: 'cpu' } as const;

let world: TinyWorld;
let path: string;

beforeAll(async () => {
  world = await openTinyWorld(5);
  await world.make('sound.vislex');
  path = world.at('sound.vislex');
});

afterAll(() => world.close());

describe('a place where no project can be made', () => {
  it('is refused by name before any work is done', async () => {
    const before = readFileSync(path);
    const cases = [
      ['project.txt', 'configuration', /ends with ".vislex"; ".*project.txt" does not/],
      ['sound.vislex', 'project-exists', /sound.vislex" exists already. Choose another name/],
      ['nowhere/new.vislex', 'configuration', /folder ".*nowhere" does not exist. Make it first/],
    ] as const;
    for (const [name, code, message] of cases) {
      expect(await refusalOf(world.make(name))).toMatchObject({ code, message: expect.stringMatching(message) });
    }
    expect(readFileSync(path)).toEqual(before);
    expect(traces(world, 'project')).toEqual([]);
    expect((await world.services.verify(path)).isOk).toBe(true);
  });

  it('keeps a project that appears there while the images are looked at', async () => {
    const late = world.at('late.vislex');
    const refusal = await refusalOf(
      world.services.createProject(
        late,
        { modelPath: world.modelPath, imagesFolder: world.imagesFolder, preprocess: 'unit' },
        { onProgress: () => writeFileSync(late, "somebody else's") },
      ),
    );
    expect(refusal.message).toContain('late.vislex');
    expect(readFileSync(late, 'utf8')).toBe("somebody else's");
    expect(traces(world, 'late')).toEqual(['late.vislex']);
  });
});

describe('a file that is no project of this version', () => {
  it('is refused by name and left as it is', async () => {
    put(world.at('text.vislex'), 'Dear diary');
    const other = new Database(world.at('other.vislex'));
    other.exec('CREATE TABLE recipes (name TEXT)');
    other.close();
    mkdirSync(world.at('folder.vislex'));
    await world.make('newer.vislex');
    const newer = new Database(world.at('newer.vislex'));
    newer.pragma('user_version = 9999');
    newer.close();
    const cases = [
      ['missing.vislex', 'project-missing', /missing.vislex". Check the path/],
      ['text.vislex', 'not-a-project', /text.vislex"/],
      ['other.vislex', 'not-a-project', /other.vislex"/],
      ['folder.vislex', 'not-a-project', /folder.vislex".*folder/],
      ['newer.vislex', 'schema-newer', /newer.vislex".*newer.*Vislex/],
    ] as const;
    for (const [name, code, message] of cases) {
      for (const action of [world.services.summarize(world.at(name)), world.services.learn(world.at(name), QUICK)]) {
        expect(await refusalOf(action)).toMatchObject({ code, message: expect.stringMatching(message) });
      }
    }
    expect(readFileSync(world.at('text.vislex'), 'utf8')).toBe('Dear diary');
    expect(traces(world, 'missing')).toEqual([]);
  });
});

describe('a project that is open already', () => {
  it('is refused for a second writer by the name of its holder; readers are let in', async () => {
    const holder = openProject(path);
    try {
      const refusal = await refusalOf(world.services.learn(path, QUICK));
      expect(refusal.code).toBe('opened-twice');
      expect(refusal.message).toContain(`process ${process.pid} on `);
      expect(refusal.message).toMatch(/Close it there/);
      expect((await world.services.summarize(path)).runs).toEqual([]);
    } finally {
      holder.close();
    }
    expect((await world.services.learn(path, QUICK)).status).toBe('done');
  });
});

describe('requests about what is not there', () => {
  it('are refused with what there is, and leave no run behind', async () => {
    await world.services.learn(path, { ...QUICK, seed: 2 });
    const before = (await world.services.summarize(path)).runs.length;
    const refusals = [
      [() => world.services.learn(path, { ...QUICK, preset: 'magic' }), 'configuration', /no preset "magic".*kmeans/],
      [
        () => world.services.learn(path, { ...QUICK, wordCount: 0 }),
        'configuration',
        /number of words is 0; give a whole/,
      ],
      [() => world.services.learn(path, { ...QUICK, seed: 0.5 }), 'configuration', /seed is 0.5; give a whole number/],
      [() => world.services.verify(path, { signal: AbortSignal.abort() }), 'cancelled', /nothing was changed/],
      [() => world.services.evaluate(path, { runId: 99 }), 'not-found', /99/],
      [() => world.services.rename(path, 999, 'ear'), 'not-found', /999/],
    ] as const;
    for (const [action, code, message] of refusals) {
      expect(await refusalOf(action())).toMatchObject({ code, message: expect.stringMatching(message) });
    }
    const { runs } = await world.services.summarize(path);
    expect(runs).toHaveLength(before);
    expect((await world.services.verify(path)).isOk).toBe(true);
  });
});

/** Why a test of a full disk is left out. */
const NO_SMALL_DISK = 'a disk of a few hundred kilobytes can be mounted on Linux as root only';

/** Gives a folder a disk of its own of this size; false where that is not allowed. */
function mountSmallDisk(folder: string, kilobytes: number): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a full disk', () => {
  it('stops an import by name and leaves the disk empty; with more room the same import works', async (test) => {
    const disk = world.at('disk');
    mkdirSync(disk);
    const imagesFolder = world.at('many');
    await putTinyImages(imagesFolder, 40);
    const make = () => world.make('disk/full.vislex', { imagesFolder });
    // Full at the first tables, in the middle of the images, and only when the log is moved into the file.
    for (const kilobytes of [260, 400, 500]) {
      if (!mountSmallDisk(disk, kilobytes)) return test.skip(NO_SMALL_DISK);
      try {
        const refusal = await refusalOf(make());
        expect(refusal).toMatchObject({
          code: 'disk-full',
          message: expect.stringMatching(/full.vislex" is full.*Free/),
        });
        expect(readdirSync(disk)).toEqual([]);
        execFileSync('mount', ['-o', 'remount,size=64m', disk]);
        expect((await make()).images.total).toBe(120);
        expect((await world.services.verify(world.at('disk/full.vislex'))).isOk).toBe(true);
      } finally {
        execFileSync('umount', [disk]);
      }
    }
  });

  it('stops learning by name; with more room the run goes on', async (test) => {
    const disk = world.at('learn-disk');
    mkdirSync(disk);
    if (!mountSmallDisk(disk, 520)) return test.skip(NO_SMALL_DISK);
    try {
      await world.make('learn-disk/tight.vislex');
      const full = world.at('learn-disk/tight.vislex');
      const before = await world.services.summarize(full);
      const refusal = await refusalOf(world.services.learn(full, TINY_LEARN));
      expect(refusal.message).toMatch(/disk that holds .*tight.vislex.* is full/);
      execFileSync('mount', ['-o', 'remount,size=64m', disk]);
      expect((await world.services.summarize(full)).images).toEqual(before.images);
      expect((await world.services.learn(full, TINY_LEARN)).status).toBe('done');
      expect((await world.services.verify(full)).isOk).toBe(true);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
