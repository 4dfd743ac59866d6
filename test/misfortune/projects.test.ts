/** A project whose file goes away while it is open: nothing is lost, the window lives, and the sentence says what to do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openProject } from '../../main/store/index.ts';
import { openTinyApplication } from '../support/tiny-application.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import { TINY_LEARN } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';
import { copyTo, nameWord, namesOf, NO_MOUNTS, openScene, plugIn, refused, unplug } from './scene.ts';

let world: TinyWorld;
let app: TinyApplication;

beforeAll(async () => {
  world = await openScene();
});
afterAll(() => world.close());
beforeEach(() => {
  app = openTinyApplication(world);
});
afterEach(() => app.close());

/** A project of its own folder, open, with one name given. */
async function openNamed(folder: string): Promise<{ readonly path: string; readonly project: string }> {
  const path = copyTo(world, folder, 'birds.vislex');
  const { project } = await app.call('projects.open', { path });
  await nameWord(app, project, 0, 'given before');
  return { path, project };
}

/** Every kind of call says what happened to the file; everything else goes on. */
async function expectMissing(project: string, path: string): Promise<void> {
  const calls = [
    nameWord(app, project, 1, 'given after'),
    app.call('words.list', { project }),
    app.call('history.undo', { project }),
    app.call('projects.summary', { project }),
    app.call('explain.image', { project, image: { imageId: 1 } }),
  ];
  for (const call of calls) {
    const { code, message } = await refused(call);
    expect(code).toBe('project-missing');
    expect(message).toContain(JSON.stringify(path));
    expect(message).toMatch(/Put it back, or/);
  }
  expect(await app.application.asset(`${project}/thumbnail/1`)).toBeUndefined();
  expect(app.complaints.filter(({ message }) => message === 'a procedure failed')).toEqual([]);
  expect((await app.call('app.info', {})).actor).toBe('tester');
  const other = await app.call('projects.open', { path: copyTo(world, 'other', 'other.vislex') });
  await nameWord(app, other.project, 0, 'elsewhere');
  await app.call('projects.close', { project: other.project });
}

/** Sound, with exactly these names. */
function expectSound(path: string, ...names: readonly (string | null)[]): void {
  const { read, close } = openProject(path, { readonly: true });
  try {
    expect(read.verify().firstBroken).toBeNull();
    const { words } = read.words.page({ runId: read.runs.latestDone()!.runId });
    expect(words.map(({ name }) => name).slice(0, names.length)).toEqual(names);
  } finally {
    close();
  }
}

describe('a project that goes away while it is open', () => {
  it.each<[string, (path: string) => void, (path: string) => void]>([
    ['moved', (path) => renameSync(path, `${path}.away`), (path) => renameSync(`${path}.away`, path)],
    [
      'replaced by a text',
      (path) => {
        renameSync(path, `${path}.away`);
        writeFileSync(path, 'Dear diary');
      },
      (path) => renameSync(`${path}.away`, path),
    ],
    [
      'replaced by a link to itself',
      (path) => {
        renameSync(path, `${path}.away`);
        symlinkSync(path, path);
      },
      (path) => renameSync(`${path}.away`, path),
    ],
    [
      'taken away with its folder',
      (path) => renameSync(dirname(path), `${dirname(path)}-away`),
      (path) => renameSync(`${dirname(path)}-away`, dirname(path)),
    ],
    [
      'taken away with its folder, a file in its place',
      (path) => {
        renameSync(dirname(path), `${dirname(path)}-away`);
        writeFileSync(dirname(path), '');
      },
      (path) => {
        rmSync(dirname(path));
        renameSync(`${dirname(path)}-away`, dirname(path));
      },
    ],
  ])('%s: says so, and goes on when it is back', async (what, takeAway, putBack) => {
    const { path, project } = await openNamed(`gone ${what}`);
    takeAway(path);
    await expectMissing(project, path);
    putBack(path);
    expect((await namesOf(app, project)).slice(0, 2)).toEqual(['given before', null]);
    await nameWord(app, project, 1, 'given again');
    await app.call('projects.close', { project });
    expectSound(path, 'given before', 'given again');
  });

  it('on a disk that is pulled out: says so, and goes on when it is plugged in', async (test) => {
    mkdirSync(world.at('disk'));
    const place = world.at('plugged');
    if (!plugIn(world.at('disk'), place)) return test.skip(NO_MOUNTS);
    try {
      const { path, project } = await openNamed('plugged');
      unplug(place);
      await expectMissing(project, path);
      plugIn(world.at('disk'), place);
      await nameWord(app, project, 1, 'given again');
      await app.call('projects.close', { project });
      expectSound(path, 'given before', 'given again');
    } finally {
      unplug(place);
    }
  });

  it('deleted for good: can be closed, and another one made of the same name', async () => {
    const { path, project } = await openNamed('deleted');
    rmSync(path);
    await expectMissing(project, path);
    expect((await refused(app.call('projects.open', { path }))).code).toBe('project-missing');
    await app.call('projects.close', { project });
    expect((await app.call('projects.recent', {})).find((recent) => recent.path === path)).toMatchObject({
      isThere: false,
    });
    copyTo(world, 'deleted', 'birds.vislex');
    const again = await app.call('projects.open', { path });
    expect(await namesOf(app, again.project)).toEqual([null, null, null, null]);
    await nameWord(app, again.project, 0, 'of the new one');
    await app.call('projects.close', { project: again.project });
    expectSound(path, 'of the new one');
  });

  it('replaced by another project: that one is opened, and neither takes names of the other', async () => {
    const { path, project } = await openNamed('swapped');
    renameSync(path, `${path}.away`);
    copyFileSync(world.at('original.vislex'), path);
    await expectMissing(project, path);
    const opened = await app.call('projects.open', { path });
    expect(await namesOf(app, opened.project)).toEqual([null, null, null, null]);
    await nameWord(app, opened.project, 0, 'of the other');
    await app.call('projects.close', { project: opened.project });
    expectSound(path, 'of the other');
    expectSound(`${path}.away`, 'given before');
  });

  it('replaced by what is no project: opening says what it is', async () => {
    const { path } = await openNamed('text');
    rmSync(path);
    writeFileSync(path, 'Dear diary');
    expect((await refused(app.call('projects.open', { path }))).code).toBe('not-a-project');
    expect(await app.call('projects.opened', {})).toEqual([]);
  });

  it.each(['file', 'folder'])('whose %s is renamed and opened: every acknowledged name is there', async (what) => {
    const { path, project } = await openNamed(`renamed ${what}`);
    await nameWord(app, project, 1, 'given last');
    const isFile = what === 'file';
    const now = isFile ? join(dirname(path), 'moved.vislex') : join(`${dirname(path)} moved`, basename(path));
    if (isFile) renameSync(path, now);
    else renameSync(dirname(path), dirname(now));
    const opened = await app.call('projects.open', { path: now });
    expect(opened).toMatchObject({ path: now, isReadOnly: false, notes: [] });
    expect((await namesOf(app, opened.project)).slice(0, 2)).toEqual(['given before', 'given last']);
    await nameWord(app, opened.project, 2, 'given at the new place');
    for (const { project: key } of await app.call('projects.opened', {}))
      await app.call('projects.close', { project: key });
    expectSound(now, 'given before', 'given last', 'given at the new place');
  });

  it('moved and never opened again here: what was acknowledged is in the file when Vislex is closed', async () => {
    const { path } = await openNamed('left');
    renameSync(path, `${path}.away`);
    await app.close();
    renameSync(`${path}.away`, world.at('left', 'elsewhere.vislex'));
    expectSound(world.at('left', 'elsewhere.vislex'), 'given before');
  });

  it('while words are learned: the job says so instead of "done"', async () => {
    const { path, project } = await openNamed('learning');
    const { jobId } = await app.call('runs.learn', { project, ...TINY_LEARN });
    await app.until(jobId, ({ progress }) => progress?.phase === 'learn');
    renameSync(path, `${path}.away`);
    const { error } = await app.until(jobId, ({ state }) => state === 'failed');
    expect(error).toMatchObject({ code: 'project-missing', message: expect.stringContaining('Put it back') });
    renameSync(`${path}.away`, path);
    expect((await app.finish('runs.learn', { project, ...TINY_LEARN })).status).toBe('done');
    await app.call('projects.close', { project });
    expectSound(path);
  });
});

describe('a project that another process writes to', () => {
  /** Opens it for writing and stays. */
  async function hold(path: string) {
    const store = new URL('../../main/store/index.ts', import.meta.url).href;
    const script = `import { openProject } from ${JSON.stringify(store)};
      openProject(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(holder.stdout, 'data');
    return holder;
  }

  it('is looked at only, with a note who has it; names can be given once it is free', async () => {
    const path = copyTo(world, 'held', 'birds.vislex');
    const holder = await hold(path);
    const { project, isReadOnly, notes } = await app.call('projects.open', { path });
    expect(isReadOnly).toBe(true);
    expect(notes.join()).toMatch(new RegExp(`reading only.*by process ${holder.pid} on ".+" since 20.*Close it there`));
    expect(await namesOf(app, project)).toEqual([null, null, null, null]);
    expect((await app.call('explain.image', { project, image: { imageId: 1 } })).contributions.length).toBeGreaterThan(
      0,
    );
    for (const change of [
      nameWord(app, project, 0, 'mine'),
      app.call('history.undo', { project }),
      app.call('runs.note', { project, runId: 1, note: 'mine' }),
    ]) {
      const { code, message } = await refused(change);
      expect(code).toBe('opened-twice');
      expect(message).toContain(`process ${holder.pid}`);
    }
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await app.call('projects.open', { path })).toMatchObject({ project, isReadOnly: false, notes: [] });
    await nameWord(app, project, 0, 'mine');
    await app.call('projects.close', { project });
    expectSound(path, 'mine');
  });
});
