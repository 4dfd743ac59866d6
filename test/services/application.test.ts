/** The application behind its one door: projects, jobs and settings as a window uses them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../preload/contract/index.ts';
import { openProject } from '../../main/store/index.ts';
import { openTinyApplication, TESTER } from '../support/tiny-application.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import { openTinyWorld, TINY_CLASSES, TINY_LEARN, TINY_SIZE_PX } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

let world: TinyWorld;
let app: TinyApplication;

beforeAll(async () => {
  world = await openTinyWorld(5);
  await world.make('untouched.vislex');
});
afterAll(() => world.close());

beforeEach(() => {
  rmSync(world.at('data'), { recursive: true, force: true });
  app = openTinyApplication(world);
});
afterEach(() => app.close());

/** A copy of the untouched project. */
function fresh(name: string): string {
  copyFileSync(world.at('untouched.vislex'), world.at(name));
  return world.at(name);
}

async function refusal(action: Promise<unknown>): Promise<{ code: string; message: string }> {
  return action.then(
    () => ({ code: 'none', message: '' }),
    (error: unknown) => error as { code: string; message: string },
  );
}

const isDone = ({ state }: JobSnapshot) => state === 'done';

/** A project with words, learned without an interruption, once for all tests. */
async function learned(): Promise<string> {
  const path = world.at('straight.vislex');
  if (!existsSync(path)) await world.services.learn(fresh('straight.vislex'), TINY_LEARN);
  return path;
}

function hashOf(path: string): string | null {
  const project = openProject(path, { readonly: true });
  try {
    return project.read.runs.latestDone()?.parameterHash ?? null;
  } finally {
    project.close();
  }
}

describe('open projects', () => {
  it('have one handle however often they are opened, and are remembered with what they hold', async () => {
    const path = fresh('twice.vislex');
    const first = await app.call('projects.open', { path });
    expect(await app.call('projects.open', { path })).toEqual(first);
    expect(first).toMatchObject({ project: 'p1', name: 'twice', isReadOnly: false, notes: [] });
    expect(await app.call('projects.opened', {})).toEqual([first]);
    const [recent] = await app.call('projects.recent', {});
    expect(recent).toMatchObject({ path, isThere: true, modelFileName: 'tiny.onnx', imageCount: 15, wordCount: null });
    await app.call('projects.close', { project: 'p1' });
    expect((await refusal(app.call('projects.summary', { project: 'p1' }))).code).toBe('not-open');
    rmSync(path);
    expect((await app.call('projects.recent', {}))[0]).toMatchObject({ path, isThere: false });
    expect(await app.call('projects.forget', { path })).toEqual([]);
  });

  it('are read beside another process that writes, and written to once it is gone', async () => {
    const path = fresh('held.vislex');
    const script = `
      import { openProject } from ${JSON.stringify(new URL('../../main/store/index.ts', import.meta.url).href)};
      openProject(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(holder.stdout, 'data');
    const opened = await app.call('projects.open', { path });
    expect(opened.isReadOnly).toBe(true);
    expect(opened.notes[0]).toContain(`process ${holder.pid}`);
    expect((await app.call('projects.summary', { project: opened.project })).images.total).toBe(15);
    const { jobId } = await app.call('runs.learn', { project: opened.project, ...TINY_LEARN });
    const failed = await app.until(jobId, ({ state }) => state === 'failed');
    expect(failed.error?.code).toBe('opened-twice');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await app.call('projects.open', { path })).toMatchObject({ project: opened.project, isReadOnly: false });
  });

  it('whose file is deleted or replaced refuse instead of losing changes, and work again when it is back', async () => {
    const path = fresh('deleted.vislex');
    const { project } = await app.call('projects.open', { path });
    renameSync(path, `${path}.away`);
    const { code, message } = await refusal(app.call('runs.list', { project }));
    expect(code).toBe('project-missing');
    expect(message).toContain('deleted, moved or replaced');
    copyFileSync(`${path}.away`, path);
    expect((await refusal(app.call('runs.list', { project }))).code).toBe('project-missing');
    rmSync(path);
    renameSync(`${path}.away`, path);
    expect(await app.call('runs.list', { project })).toEqual([]);
  });

  it('are verified in the background and backed up on request', async () => {
    const path = fresh('healthy.vislex');
    const { project } = await app.call('projects.open', { path });
    await expect
      .poll(async () => (await app.call('projects.health', { project })).journal.isVerified, { timeout: 5000 })
      .toBe(true);
    expect((await app.call('projects.health', { project })).lastBackupAt).toBeNull();
    const backup = await app.finish('projects.backUp', { project });
    const copy = openProject(backup.path, { readonly: true });
    expect(copy.read.verify().isOk).toBe(true);
    copy.close();
    expect((await app.call('projects.health', { project })).lastBackupAt).not.toBeNull();
    const verified = await app.finish('projects.verify', { project });
    expect(verified.isOk).toBe(true);
    expect(verified.checks.map(({ name }) => name)).toContain('image files');
  });
});

describe('learning', () => {
  it('pauses at a safe point, goes on under its number to the same words, and tells curves and patches', async () => {
    const path = fresh('paused.vislex');
    const { project } = await app.call('projects.open', { path });
    const { jobId } = await app.call('runs.learn', { project, ...TINY_LEARN });
    await app.until(jobId, ({ progress }) => progress?.phase === 'learn');
    expect((await refusal(app.call('projects.close', { project }))).code).toBe('busy');
    await app.call('jobs.pause', { jobId });
    const paused = await app.until(jobId, ({ state }) => state === 'paused');
    expect(paused).toMatchObject({ finishedAt: null, error: null, canPause: true });
    await app.call('jobs.resume', { jobId });
    await app.until(jobId, isDone);
    expect(hashOf(path)).toBe(hashOf(await learned()));

    const [run] = await app.call('runs.list', { project });
    const stored = await app.call('runs.curves', { project, runId: run!.id });
    const told = app.events.flatMap((event) =>
      event.name === 'run' && event.payload.kind === 'curves' ? event.payload.points : [],
    );
    const key = ({ phase, epoch, name }: (typeof stored)[number]) => `${phase} ${epoch} ${name}`;
    expect(new Set(told.map(key))).toEqual(new Set(stored.map(key)));
    const pushed = app.events.flatMap((event) =>
      event.name === 'run' && event.payload.kind === 'pushed' ? [event.payload.words] : [],
    );
    expect(pushed.at(-1)).toHaveLength(TINY_LEARN.wordCount!);
    for (const { crop } of pushed.at(-1)!) {
      expect(crop.left).toBeGreaterThanOrEqual(0);
      expect(crop.left + crop.width).toBeLessThanOrEqual(TINY_SIZE_PX);
    }
    const kept = await app.call('runs.pushed', { project, runId: run!.id });
    const place = ({ index, imageId, row, column }: (typeof kept)[number]) => ({ index, imageId, row, column });
    expect(kept.map(place)).toEqual(pushed.at(-1)!.map(place));
  });

  it('that is cut off by closing the program goes on next time', async () => {
    const path = fresh('closed.vislex');
    const { project } = await app.call('projects.open', { path });
    const { jobId } = await app.call('runs.learn', { project, ...TINY_LEARN });
    await app.until(jobId, ({ progress }) => progress?.phase === 'learn');
    await app.close();
    app = openTinyApplication(world);
    const again = await app.call('projects.open', { path });
    const [interrupted] = await app.call('runs.list', { project: again.project });
    expect(interrupted!.status).toBe('cancelled');
    const run = await app.finish('runs.learn', { project: again.project, ...TINY_LEARN });
    expect(run.id).toBe(interrupted!.id);
    expect(hashOf(path)).toBe(hashOf(await learned()));
  });

  it('offers presets with the number of words each would learn', async () => {
    const { project } = await app.call('projects.open', { path: fresh('presets.vislex') });
    const presets = await app.call('runs.presets', { project });
    expect(presets.map(({ name }) => name)).toEqual(['balanced', 'evidence', 'parts']);
    expect(presets.filter(({ isRecommended }) => isRecommended)).toHaveLength(1);
    expect(presets.every(({ defaultWordCount }) => defaultWordCount > 0)).toBe(true);
  });
});

describe('a new project', () => {
  it('can be looked at before it is made: model, folder, preprocessing', async () => {
    const { modelPath, imagesFolder } = world;
    const model = await app.finish('projects.inspectModel', { modelPath });
    expect(model).toMatchObject({
      classes: [...TINY_CLASSES],
      input: { heightPx: TINY_SIZE_PX, widthPx: TINY_SIZE_PX, channels: 3, layout: 'NCHW' },
      cutPoint: 'map',
      cutPoints: [
        {
          tensor: 'map',
          channels: 8,
          height: 8,
          width: 8,
          headDescription: 'average over positions + linear layer',
          attentionSource: 'closedForm',
        },
      ],
      // 8 kernels of 3 x 4 x 4, 3 x 8 weights and 3 biases.
      parameterCount: 8 * 3 * 16 + 3 * 8 + 3,
    });
    expect(model.stages.map(({ cutTensor }) => cutTensor)).toEqual(['map', null]);
    const nodes = model.stages.flatMap(({ operators }) => operators.map(({ count }) => count));
    expect(nodes.reduce((sum, count) => sum + count, 0)).toBe(model.nodeCount);

    const folder = await app.finish('projects.inspectFolder', { modelPath, imagesFolder });
    expect(folder).toMatchObject({ imageCount: 15, hasSplits: true, splits: { train: 9, validation: 3, test: 3 } });
    expect([...folder.classes].sort((a, b) => a.classIndex! - b.classIndex!)).toEqual(
      TINY_CLASSES.map((name, classIndex) => ({ name, classIndex, count: 5 })),
    );

    const proof = await app.finish('projects.provePreprocessing', { modelPath, imagesFolder, preprocess: 'unit' });
    expect(proof).toMatchObject({ chosen: 'unit', isNearChance: false, warnings: [] });
    expect(proof.samples).toHaveLength(15);
    for (const { picture, label, predicted, isRight } of proof.samples) {
      expect([...picture.slice(0, 2)]).toEqual([0xff, 0xd8]);
      expect(isRight).toBe(label === predicted);
    }
    const right = proof.samples.filter(({ isRight }) => isRight).length;
    expect(proof.trials[0]!.accuracy).toMatchObject({ value: right / 15, n: 15 });
  });

  it('is made by a job, with the caller in its journal', async () => {
    const { modelPath, imagesFolder } = world;
    const path = world.at('made.vislex');
    const summary = await app.finish('projects.create', { path, modelPath, imagesFolder, preprocess: 'unit' });
    expect(summary.images.total).toBe(15);
    const project = openProject(path, { readonly: true });
    expect(new Set(project.read.journal.list().map(({ actor }) => actor))).toEqual(new Set([TESTER.actor]));
    project.close();
  });
});

describe('the sample project', () => {
  it('once it has words is not made again', async () => {
    const folder = world.at('data', 'sample');
    mkdirSync(folder, { recursive: true });
    const path = world.at('data', 'sample', 'demo.vislex');
    copyFileSync(await learned(), path);
    expect(await app.finish('projects.sample', {})).toEqual({ path });
    expect(readdirSync(folder).filter((name) => name.endsWith('.vislex'))).toEqual(['demo.vislex']);
    const { project } = await app.call('projects.open', { path });
    expect(await app.call('runs.list', { project })).toHaveLength(1);
  });
});

describe('settings', () => {
  it('are kept for the next time, and one may take another name for the journal', async () => {
    await app.call('app.saveSettings', { theme: 'dark', actorName: 'Ada' });
    await app.close();
    app = openTinyApplication(world);
    expect(await app.call('app.settings', {})).toMatchObject({ theme: 'dark', actorName: 'Ada' });
    expect((await app.call('app.info', {})).actor).toBe('Ada');
  });

  it('in a broken file are put aside with a line in the log, and the others of a half-right file are kept', async () => {
    await app.call('app.saveSettings', { theme: 'dark' });
    await app.close();
    const path = world.at('data', 'settings.json');
    writeFileSync(path, '{ not json');
    app = openTinyApplication(world);
    expect((await app.call('app.settings', {})).theme).toBe('system');
    expect(readFileSync(`${path}.broken`, 'utf8')).toBe('{ not json');
    expect(app.complaints.map(({ message }) => message)).toEqual(['a broken file was put aside']);
    await app.close();
    writeFileSync(path, JSON.stringify({ theme: 'light', mapOpacity: 7 }));
    app = openTinyApplication(world);
    expect(await app.call('app.settings', {})).toMatchObject({ theme: 'light', mapOpacity: 0.6 });
    expect(existsSync(path)).toBe(true);
  });
});
