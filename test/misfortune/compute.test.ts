/** The compute process killed in the middle of everything it does: said, survived, and done again on request. */
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createJobQueue } from '../../main/jobs/index.ts';
import { forkCompute } from '../../main/jobs/process.ts';
import type { ComputeProcess } from '../../main/jobs/process.ts';
import { openTinyApplication } from '../support/tiny-application.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import { TINY_LEARN } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';
import { copyTo, nameWord, openScene, refused } from './scene.ts';

/** A queue whose processes can be killed from outside. */
function mortalQueue() {
  const processes: ComputeProcess[] = [];
  const queue = createJobQueue({
    spawn: (workerPath) => {
      const started = forkCompute(workerPath);
      processes.push(started);
      return started;
    },
  });
  return { queue, processes, killNewest: () => processes.at(-1)!.kill() };
}

let world: TinyWorld;
let app: TinyApplication;
let project: string;
let learning: ReturnType<typeof mortalQueue>;
let explaining: ReturnType<typeof mortalQueue>;
let drawing: ReturnType<typeof mortalQueue>;
/** Picture numbers of the project's images. */
let imageIds: readonly number[];

beforeAll(async () => {
  world = await openScene();
});
afterAll(() => world.close());
beforeEach(async () => {
  [learning, explaining, drawing] = [mortalQueue(), mortalQueue(), mortalQueue()];
  const path = copyTo(world, 'mortal', 'birds.vislex');
  rmSync(`${path}.cache`, { recursive: true, force: true });
  app = openTinyApplication(world, undefined, {
    jobs: learning.queue,
    interactive: explaining.queue,
    pictures: drawing.queue,
  });
  ({ project } = await app.call('projects.open', { path }));
  imageIds = [...(await app.call('images.columns', { project })).ids];
});
afterEach(() => app.close());

describe('a compute process that is killed', () => {
  it('while words are learned fails the job with what to do; doing that goes on where it was', async () => {
    const { jobId } = await app.call('runs.learn', { project, ...TINY_LEARN });
    // Well into the epochs: a checkpoint is kept.
    await app.until(jobId, ({ progress }) => progress?.phase === 'learn' && progress.done > 2);
    await nameWord(app, project, 0, 'given meanwhile');
    learning.killNewest();
    const failed = await app.until(jobId, ({ state }) => state === 'failed');
    expect(failed.error).toMatchObject({
      code: 'compute-crashed',
      message: expect.stringMatching(/SIGKILL.*Nothing that was saved is lost; run it again to continue/),
    });
    const [stopped] = await app.call('runs.list', { project });
    expect(stopped).toMatchObject({ status: 'failed', error: failed.error?.message });
    const before = await app.call('runs.curves', { project, runId: stopped!.id });
    const done = await app.finish('runs.learn', { project, ...TINY_LEARN });
    expect(done).toMatchObject({ id: stopped!.id, status: 'done', error: null });
    const after = await app.call('runs.curves', { project, runId: done.id });
    expect(after.slice(0, before.length)).toEqual(before);
    const old = await app.call('words.list', { project, runId: 1 });
    expect(old.words.map(({ name }) => name)).toContain('given meanwhile');
    expect((await app.finish('projects.verify', { project })).isOk).toBe(true);
  });

  it('while an image is explained refuses that answer; the next one comes', async () => {
    const explain = () => app.call('explain.image', { project, image: { imageId: imageIds[0]! } });
    const lost = refused(explain());
    // Just started: the answer cannot be there yet.
    explaining.killNewest();
    const { code, message } = await lost;
    expect(['compute-crashed', 'compute-unavailable']).toContain(code);
    expect(message).not.toBe('');
    const warm = await explain();
    const waiting = [explain(), explain(), explain()];
    explaining.killNewest();
    const ends = await Promise.allSettled(waiting);
    // The one that was worked on is lost, those behind it are answered by the next process.
    expect(ends.slice(1).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await explain()).contributions).toEqual(warm.contributions);
  });

  it('while curves are measured fails that job alone', async () => {
    const image = { imageId: imageIds[0]! };
    const { jobId } = await app.call('explain.curves', { project, image });
    await expect.poll(() => explaining.processes.length).toBe(1);
    explaining.killNewest();
    const { error } = await app.until(jobId, ({ state }) => state === 'failed');
    expect(error?.message).toMatch(/run it again|could not be started/);
    expect((await app.finish('explain.curves', { project, image })).fractions.length).toBeGreaterThan(2);
  });

  it('while views are drawn draws them again, each by itself', async () => {
    const wanted = imageIds.map((imageId) => app.application.asset(`${project}/view/${imageId}?scale=2`));
    await expect.poll(() => drawing.processes.length).toBe(1);
    drawing.killNewest();
    const pictures = await Promise.all(wanted);
    // The first request goes alone into a batch and may be lost with its process; nothing else may.
    expect(pictures.slice(1).every((picture) => picture !== undefined)).toBe(true);
    expect(drawing.processes.length).toBeGreaterThan(1);
    expect(await app.application.asset(`${project}/view/${imageIds[0]}?scale=2`)).toMatchObject({ type: 'image/jpeg' });
  });

  it('again and again never takes the application along', async () => {
    for (let round = 0; round < 5; round++) {
      const asked = app.call('explain.image', { project, image: { imageId: imageIds[round]! } });
      const settled = asked.then(
        () => 'answered',
        (error: { code: string }) => error.code,
      );
      await new Promise((next) => setTimeout(next, round * 40));
      explaining.killNewest();
      expect(['answered', 'compute-crashed', 'compute-unavailable']).toContain(await settled);
    }
    await nameWord(app, project, 1, 'after five deaths');
    expect((await app.call('explain.image', { project, image: { imageId: imageIds[0]! } })).contributions).toHaveLength(
      4,
    );
  });
});
