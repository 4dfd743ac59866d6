/** Work that is cut off anywhere: cancelled, its compute process killed, or everything killed at once. Nothing is lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import { forkCompute } from '../../main/jobs/process.ts';
import type { ComputeProcess } from '../../main/jobs/process.ts';
import type { Hooks } from '../../main/services/index.ts';
import { openProject } from '../../main/store/index.ts';
import type { RunRecord } from '../../main/store/index.ts';
import { openTinyWorld, refusalOf, TINY_LEARN, tinyServices, traces } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

const CHILD = new URL('../support/work-child.ts', import.meta.url).pathname;

let world: TinyWorld;
/** What an uninterrupted run learns. */
let expected: string;

beforeAll(async () => {
  world = await openTinyWorld(5);
  await world.make('untouched.vislex');
  copyFileSync(world.at('untouched.vislex'), world.at('straight.vislex'));
  await world.services.learn(world.at('straight.vislex'), TINY_LEARN);
  expected = runsOf(world.at('straight.vislex'))[0]!.parameterHash!;
});

afterAll(() => world.close());

/** A copy of the untouched project. */
function fresh(name: string): string {
  copyFileSync(world.at('untouched.vislex'), world.at(name));
  return world.at(name);
}

function runsOf(path: string): readonly RunRecord[] {
  const project = openProject(path, { readonly: true });
  try {
    return project.read.runs.list();
  } finally {
    project.close();
  }
}

function hasCheckpoint(path: string): boolean {
  const project = openProject(path, { readonly: true });
  try {
    const { read } = project;
    return read.runs.checkpoint(read.runs.list()[0]!.runId) !== undefined;
  } finally {
    project.close();
  }
}

/** Learns to the end; the project must be sound before and after, and hold one run with the words of the straight one. */
async function finish(path: string): Promise<void> {
  expect((await world.services.verify(path)).isOk).toBe(true);
  await world.services.learn(path, TINY_LEARN);
  expect(runsOf(path)).toMatchObject([{ status: 'done', parameterHash: expected, error: null }]);
  expect((await world.services.verify(path)).isOk).toBe(true);
}

/** Calls an action at the first progress of a phase that has come this far. */
function at(phase: string, done: number, action: () => void): NonNullable<Hooks['onProgress']> {
  let isDone = false;
  return (progress) => {
    if (isDone || progress.phase !== phase || progress.done < done) return;
    isDone = true;
    action();
  };
}

describe('a cancel', () => {
  it('of a new project leaves nothing behind, and the same project can be made afterwards', async () => {
    for (const phase of ['check', 'inspect']) {
      const controller = new AbortController();
      const refusal = await refusalOf(
        world.services.createProject(
          world.at('cancelled.vislex'),
          { modelPath: world.modelPath, imagesFolder: world.imagesFolder, preprocess: 'unit' },
          { signal: controller.signal, onProgress: at(phase, 0, () => controller.abort()) },
        ),
      );
      expect(refusal.code).toBe('cancelled');
      expect(traces(world, 'cancelled')).toEqual([]);
    }
    expect((await world.make('cancelled.vislex')).images.total).toBe(15);
  });

  it.each([
    ['extract', 1],
    ['learn', 1],
    ['describe', 0],
  ])('of learning in the phase "%s" leaves a run that goes on to the same words', async (phase, done) => {
    const path = fresh(`cancel-${phase}.vislex`);
    const controller = new AbortController();
    const refusal = await refusalOf(
      world.services.learn(path, TINY_LEARN, {
        signal: controller.signal,
        onProgress: at(phase, done, () => controller.abort()),
      }),
    );
    expect(refusal.code).toBe('cancelled');
    expect(runsOf(path)).toMatchObject([{ status: 'cancelled' }]);
    // All of the learning is behind it: only a checkpoint can keep it from being done again.
    if (phase === 'describe') expect(hasCheckpoint(path)).toBe(true);
    await finish(path);
  });
});

describe('a compute process that dies', () => {
  it('is told as such; the project is sound and learning goes on in a new process', async () => {
    const path = fresh('crash.vislex');
    let compute: ComputeProcess | undefined;
    const services = tinyServices(
      world.folder,
      createJobQueue({ spawn: (workerPath) => (compute = forkCompute(workerPath)) }),
    );
    try {
      const refusal = await refusalOf(
        services.learn(path, TINY_LEARN, { onProgress: at('learn', 1, () => compute!.kill()) }),
      );
      expect(refusal).toMatchObject({ name: 'JobError', code: 'compute-crashed' });
      expect(refusal.message).toMatch(/SIGKILL during the task "learn". Nothing that was saved is lost; run it again/);
    } finally {
      await services.dispose();
    }
    expect(runsOf(path)).toMatchObject([{ status: 'failed', error: expect.stringContaining('SIGKILL') }]);
    await finish(path);
  });
});

describe('kill -9 of everything', () => {
  /** Works in a child and kills it some time after it began; false when it was done before that. */
  async function workAndKill(action: 'new' | 'learn', path: string, afterMs: number): Promise<boolean> {
    const child = spawn(process.execPath, [CHILD, world.folder, action, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    await Promise.race([once(child.stdout, 'data'), ended]);
    await Promise.race([pause(afterMs), ended]);
    child.kill('SIGKILL');
    const [, signal] = (await ended) as [number | null, string | null];
    return signal === 'SIGKILL';
  }

  it('at random points of an import leaves no project or a whole one, and the name is free', async () => {
    const random = createRandom(7);
    for (let round = 0; round < 4; round++) {
      const name = `half-${round}.vislex`;
      await workAndKill('new', world.at(name), random.next() * 250);
      if (!existsSync(world.at(name))) await world.make(name);
      expect((await world.services.summarize(world.at(name))).images).toMatchObject({ total: 15, train: 9 });
      expect((await world.services.verify(world.at(name))).isOk).toBe(true);
    }
  });

  it('at random points of learning leaves a sound project that is learned to the same words', async () => {
    const random = createRandom(20260101);
    let kills = 0;
    for (let round = 0; round < 5; round++) {
      const path = fresh(`kill-${round}.vislex`);
      if (await workAndKill('learn', path, random.next() * 1200)) kills++;
      await finishOrVerify(path);
    }
    expect(kills).toBeGreaterThan(0);
  });

  /** A run that was done before the kill stays; any other is finished. */
  async function finishOrVerify(path: string): Promise<void> {
    if (runsOf(path)[0]?.status !== 'done') return finish(path);
    expect(runsOf(path)).toMatchObject([{ status: 'done', parameterHash: expected }]);
    expect((await world.services.verify(path)).isOk).toBe(true);
  }
});
