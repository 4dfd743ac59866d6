/** A disk that takes nothing any more: refused in plain words, nothing half-written, and it goes on once there is room. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { openTinyApplication } from '../support/tiny-application.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import { TINY_LEARN } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';
import { copyTo, fillDisk, mountSmallDisk, nameWord, namesOf, NO_MOUNTS, openScene, refused, unplug } from './scene.ts';

let world: TinyWorld;
let app: TinyApplication;

beforeAll(async () => {
  world = await openScene();
});
afterAll(() => world.close());
afterEach(() => app.close());

/** Does something on a disk of its own, or skips the test where none can be had. */
async function onSmallDisk(
  test: TestContext,
  name: string,
  kilobytes: number,
  action: (folder: string) => Promise<void>,
): Promise<void> {
  app = openTinyApplication(world);
  const folder = world.at(name);
  if (!mountSmallDisk(folder, kilobytes)) return test.skip(NO_MOUNTS);
  try {
    await action(folder);
  } finally {
    await app.close();
    unplug(folder);
  }
}

const isWhole = async (project: string) => (await app.finish('projects.verify', { project })).isOk;

describe('a full disk', () => {
  it('while naming keeps every acknowledged name, says what to do, and takes the same name once there is room', (test) =>
    onSmallDisk(test, 'full', 4_000, async (folder) => {
      const path = copyTo(world, 'full', 'birds.vislex');
      const { project } = await app.call('projects.open', { path });
      await nameWord(app, project, 0, 'before');
      const makeRoom = fillDisk(folder);
      // What SQLite has reserved already may take some more names.
      let acknowledged = 'before';
      const { code, message } = await refused(
        (async () => {
          for (let count = 0; count < 2_000; count++) {
            await nameWord(app, project, 0, `name ${count}`);
            acknowledged = `name ${count}`;
          }
        })(),
      );
      expect(code).toBe('disk-full');
      expect(message).toMatch(/birds.vislex" is full: nothing of this step was kept\. Free some space and try again/);
      expect((await namesOf(app, project))[0]).toBe(acknowledged);
      expect((await refused(nameWord(app, project, 1, 'wing'))).code).toBe('disk-full');
      const refusedUndo = refused(app.call('history.undo', { project }));
      expect((await refusedUndo).code).toBe('disk-full');
      // Looking and explaining go on.
      expect((await app.call('history.list', { project, limit: 1 })).lines[0]!.detail).toContain(acknowledged);
      expect((await app.call('explain.image', { project, image: { imageId: 1 } })).contributions).toHaveLength(4);
      expect((await app.application.asset(`${project}/view/1?scale=1`))?.type).toBe('image/jpeg');
      makeRoom();
      await nameWord(app, project, 1, 'wing');
      expect((await namesOf(app, project)).slice(0, 2)).toEqual([acknowledged, 'wing']);
      expect(await isWhole(project)).toBe(true);
      await app.call('projects.close', { project });
      const again = await app.call('projects.open', { path });
      expect((await namesOf(app, again.project)).slice(0, 2)).toEqual([acknowledged, 'wing']);
    }));

  it('when a project is opened lets it be opened, or says why not, and loses nothing', (test) =>
    onSmallDisk(test, 'stuffed', 4_000, async (folder) => {
      const path = copyTo(world, 'stuffed', 'birds.vislex');
      const first = await app.call('projects.open', { path });
      await nameWord(app, first.project, 0, 'before');
      await app.call('projects.close', { project: first.project });
      const makeRoom = fillDisk(folder);
      const reply = await app.application.call('projects.open', { path }, { actor: 'tester', role: 'auditor' });
      if (!reply.ok)
        expect(reply.error).toMatchObject({ code: 'disk-full', message: expect.stringMatching(/Free some/) });
      makeRoom();
      const { project } = await app.call('projects.open', { path });
      expect((await namesOf(app, project))[0]).toBe('before');
      await nameWord(app, project, 0, 'after');
      expect(await isWhole(project)).toBe(true);
    }));

  it('while words are learned fails the job by name; with room it goes on to the end', (test) =>
    onSmallDisk(test, 'learning', 4_000, async (folder) => {
      const path = copyTo(world, 'learning', 'birds.vislex');
      const { project } = await app.call('projects.open', { path });
      const { jobId } = await app.call('runs.learn', { project, ...TINY_LEARN });
      await app.until(jobId, ({ progress }) => progress?.phase === 'learn');
      const makeRoom = fillDisk(folder);
      const { error } = await app.until(jobId, ({ state }) => state === 'failed');
      expect(error).toMatchObject({ code: 'disk-full', message: expect.stringMatching(/Free some space/) });
      makeRoom();
      expect((await app.finish('runs.learn', { project, ...TINY_LEARN })).status).toBe('done');
      expect(await isWhole(project)).toBe(true);
    }));

  it('stops a backup by name and leaves no half one', (test) =>
    onSmallDisk(test, 'backups', 4_000, async (folder) => {
      const { project } = await app.call('projects.open', { path: copyTo(world, 'backups', 'birds.vislex') });
      const makeRoom = fillDisk(folder);
      const { jobId } = await app.call('projects.backUp', { project });
      const { error } = await app.until(jobId, ({ state }) => state === 'failed');
      expect(error).toMatchObject({ code: 'disk-full' });
      makeRoom();
      const backup = await app.finish('projects.backUp', { project });
      expect(readdirSync(dirname(backup.path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      expect(existsSync(backup.path)).toBe(true);
    }));

  it('under the settings refuses a change and keeps what was chosen; projects open all the same', (test) =>
    onSmallDisk(test, 'settings', 100, async (folder) => {
      await app.close();
      app = openTinyApplication(world, undefined, { dataFolder: folder });
      await app.call('app.saveSettings', { theme: 'dark' });
      const makeRoom = fillDisk(folder);
      const refusal = await refused(app.call('app.saveSettings', { theme: 'light' }));
      expect(refusal).toMatchObject({
        code: 'disk-full',
        message: expect.stringMatching(/settings.json.*Free some space/),
      });
      expect((await app.call('app.settings', {})).theme).toBe('dark');
      const { project } = await app.call('projects.open', { path: copyTo(world, 'elsewhere', 'birds.vislex') });
      await nameWord(app, project, 0, 'saved');
      makeRoom();
      expect((await app.call('app.saveSettings', { theme: 'light' })).theme).toBe('light');
      expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toMatchObject({ theme: 'light' });
      expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }));
});

/** What a settings file may hold after an accident, an old version or a curious person. */
const BROKEN = [
  '',
  '{',
  'null',
  '[]',
  '42',
  '"dark"',
  '\u0000\u0001',
  '{"theme":"purple","actorName":7}',
  '[1,{"path":5}]',
];

describe('what is kept for the user', () => {
  it.each(BROKEN)('broken (%j) does not keep Vislex from starting, and works again at once', async (text) => {
    const data = world.at('broken data');
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data);
    for (const name of ['settings.json', 'recent.json']) writeFileSync(join(data, name), text);
    app = openTinyApplication(world, undefined, { dataFolder: data });
    expect(await app.call('app.settings', {})).toMatchObject({ theme: 'system', actorName: null });
    expect(await app.call('projects.recent', {})).toEqual([]);
    const path = copyTo(world, 'kept', 'birds.vislex');
    await app.call('projects.open', { path });
    expect((await app.call('projects.recent', {})).map((recent) => recent.path)).toEqual([path]);
    expect((await app.call('app.saveSettings', { theme: 'dark' })).theme).toBe('dark');
  });

  it('in place of which there are folders is left alone, and the refusal names it', async () => {
    const data = world.at('folders');
    for (const name of ['settings.json', 'recent.json']) mkdirSync(join(data, name, 'full'), { recursive: true });
    app = openTinyApplication(world, undefined, { dataFolder: data });
    expect((await app.call('app.settings', {})).theme).toBe('system');
    const { project } = await app.call('projects.open', { path: copyTo(world, 'kept', 'birds.vislex') });
    await nameWord(app, project, 0, 'saved');
    expect((await app.call('app.saveSettings', { theme: 'dark' })).theme).toBe('dark');
  });

  it('in a folder that cannot be written is said when a setting is changed; everything else works', async (test) => {
    const data = world.at('locked');
    // A file where the folder should be: nobody can write there, the superuser included.
    writeFileSync(data, '');
    app = openTinyApplication(world, undefined, { dataFolder: data });
    expect((await app.call('app.settings', {})).theme).toBe('system');
    const refusal = await refused(app.call('app.saveSettings', { theme: 'dark' }));
    expect(refusal.message).toContain('locked');
    expect(refusal.code).not.toBe('internal');
    expect((await app.call('app.settings', {})).theme).toBe('system');
    const { project } = await app.call('projects.open', { path: copyTo(world, 'kept', 'birds.vislex') });
    expect(await app.call('projects.recent', {})).toEqual([]);
    await nameWord(app, project, 0, 'saved');
    const { jobId } = await app.call('projects.sample', {});
    const { error } = await app.until(jobId, ({ state }) => state === 'failed');
    expect(error?.code).not.toBe('internal');
    expect(error?.message).toContain('locked');
    if (process.getuid?.() === 0) {
      await test.annotate('permissions do not bind the superuser: only a file in the way was tried');
      return;
    }
    rmSync(data);
    mkdirSync(data);
    chmodSync(data, 0o500);
    expect((await refused(app.call('app.saveSettings', { theme: 'dark' }))).code).toBe('no-permission');
  });
});
