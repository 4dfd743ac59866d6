/**
 * The built application, end to end: main process, preload script and page, unmodified, over the stand-in for Electron.
 * What a stand-in cannot verify is said at the head of test/support/electron/stand-in.ts: menus and dialogs as drawn,
 * the system's sandbox, fuses, asar, Electron's own V8 and native modules in it.
 */
import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../support/chromium.ts';
import { ask, eventually, jobEnd } from '../support/electron/jobs.ts';
import { launchApp, missingForStandIn } from '../support/electron/launch.ts';
import type { LaunchedApp } from '../support/electron/launch.ts';
import { openTinyWorld, put, TINY_LEARN } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

const missing = hasChromium() ? missingForStandIn() : 'there is no Chromium';

/** Longest that the window may take to answer while words are learned, ms. */
const ANSWER_MS = 50;

describe.skipIf(missing !== undefined)(
  `the application in its window${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let world: TinyWorld;
    let project: string;
    let app: LaunchedApp | undefined;

    beforeAll(async () => {
      world = await openTinyWorld();
      // The tour of a first start would stand before the page.
      put(world.at('data/settings.json'), JSON.stringify({ isTourDone: true }));
      await world.make('birds.vislex');
      project = world.at('birds.vislex');
      await world.services.learn(project, TINY_LEARN);
    });
    afterAll(() => world.close());
    afterEach(async () => {
      await app?.kill();
      app = undefined;
    });

    const launch = async (...args: readonly string[]) =>
      (app = await launchApp({ dataFolder: world.at('data'), args }));

    it('keeps a name through quitting, and its undo through another', async () => {
      const first = await launch();
      const { project: key, isReadOnly } = await ask(first, 'projects.open', { path: project });
      expect(isReadOnly).toBe(false);
      const named = await ask(first, 'words.edit', { project: key, edits: [{ index: 2, name: 'blue wing' }] });
      expect(named.words.map(({ name }) => name)).toEqual(['blue wing']);
      expect(await first.quit()).toBe(0);

      const second = await launch();
      const { project: again } = await ask(second, 'projects.open', { path: project });
      const nameOfWord = async (from: LaunchedApp, handle: string) =>
        (await ask(from, 'words.list', { project: handle })).words.find(({ index }) => index === 2)?.name;
      expect(await nameOfWord(second, again)).toBe('blue wing');
      await ask(second, 'history.undo', { project: again });
      expect(await nameOfWord(second, again)).toBeNull();
      expect(await second.quit()).toBe(0);

      const third = await launch();
      const { project: last } = await ask(third, 'projects.open', { path: project });
      expect(await nameOfWord(third, last)).toBeNull();
      const history = await ask(third, 'history.list', { project: last, limit: 10 });
      expect(history.redoable?.detail).toContain('blue wing');
      expect(history.lines[0]?.actor).toBe('tester');
      await ask(third, 'history.redo', { project: last });
      expect(await nameOfWord(third, last)).toBe('blue wing');
    });

    it('loses nothing that was answered when it is killed', async () => {
      const first = await launch();
      const { project: key } = await ask(first, 'projects.open', { path: project });
      await ask(first, 'words.edit', { project: key, edits: [{ index: 1, name: 'red beak' }] });
      await first.kill();
      const second = await launch();
      const { project: again, isReadOnly } = await ask(second, 'projects.open', { path: project });
      expect(isReadOnly).toBe(false);
      const { words } = await ask(second, 'words.list', { project: again });
      expect(words.find(({ index }) => index === 1)?.name).toBe('red beak');
    });

    it('answers at once while words are learned in a utility process', async () => {
      const launched = await launch();
      const { project: key } = await ask(launched, 'projects.open', { path: project });
      await launched.backstage.busiest();
      const { jobId } = await ask(launched, 'runs.learn', {
        project: key,
        preset: 'evidence',
        wordCount: 6,
        device: 'cpu',
      });
      // Planning the run and starting the process happen once, before there is anything to watch.
      await eventually(async () => {
        const job = (await ask(launched, 'jobs.list', {})).find((each) => each.jobId === jobId);
        expect(job?.progress).not.toBeNull();
      });
      const start = await launched.backstage.busiest();
      const pings = launched.page.evaluate(async (job) => {
        const { vislex } = globalThis as unknown as {
          vislex: { call(name: string, input: object): Promise<{ value: { jobId: number; state: string }[] }> };
        };
        const answers: number[] = [];
        for (;;) {
          const asked = performance.now();
          const { value } = await vislex.call('jobs.list', {});
          answers.push(performance.now() - asked);
          if (!value.some(({ jobId: each, state }) => each === job && /waiting|running/.test(state))) return answers;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }, jobId);
      const job = await jobEnd(launched, jobId);
      expect([job.state, job.error]).toEqual(['done', null]);
      const answers = (await pings).sort((a, b) => a - b);
      const [median, longest] = [answers[answers.length >> 1]!, answers.at(-1)!];
      const busiest = await launched.backstage.busiest();
      console.info(
        `${answers.length} answers while learning: median ${median.toFixed(1)} ms, longest ${longest.toFixed(1)} ms; ` +
          `longest work of the main thread ${busiest.toFixed(1)} ms, before and at the start ${start.toFixed(1)} ms`,
      );
      expect(answers.length).toBeGreaterThan(50);
      // The longest answer depends on what else the machine does; that the main thread is never the reason does not.
      expect(median).toBeLessThan(ANSWER_MS);
      expect(busiest).toBeLessThan(ANSWER_MS);
    });

    it('goes on learning when its window is closed, and ends when the words are learned', async () => {
      const request = { preset: 'evidence', wordCount: 7, device: 'cpu' } as const;
      const first = await launch();
      const { project: key } = await ask(first, 'projects.open', { path: project });
      const known = (await ask(first, 'runs.list', { project: key })).length;
      await ask(first, 'runs.learn', { project: key, ...request });
      await first.backstage.closeWindow();
      expect(await first.exited).toBe(0);

      const second = await launch();
      const { project: again } = await ask(second, 'projects.open', { path: project });
      const runs = await ask(second, 'runs.list', { project: again });
      expect(runs.length).toBe(known + 1);
      expect(runs.find(({ wordCount }) => wordCount === 7)?.status).toBe('done');
      expect(await second.quit()).toBe(0);
    });

    it('quits in the middle of learning, and the same run goes on next time', async () => {
      const request = { preset: 'evidence', wordCount: 5, device: 'cpu' } as const;
      const first = await launch();
      const { project: key } = await ask(first, 'projects.open', { path: project });
      const known = (await ask(first, 'runs.list', { project: key })).length;
      await ask(first, 'runs.learn', { project: key, ...request });
      await eventually(async () => {
        const [job] = await ask(first, 'jobs.list', {});
        expect(job?.progress?.phase).toBe('learn');
      });
      expect(await first.quit()).toBe(0);
      expect(existsSync(`${project}-wal`)).toBe(false);

      const second = await launch();
      const { project: again } = await ask(second, 'projects.open', { path: project });
      const stopped = await ask(second, 'runs.list', { project: again });
      expect(stopped.length).toBe(known + 1);
      const { jobId } = await ask(second, 'runs.learn', { project: again, ...request });
      expect((await jobEnd(second, jobId)).state).toBe('done');
      const runs = await ask(second, 'runs.list', { project: again });
      expect(runs.map(({ id }) => id).sort()).toEqual(stopped.map(({ id }) => id).sort());
      expect(runs.every(({ status }) => status === 'done')).toBe(true);
    });

    it('opens the project of its command line on the page, and keeps it in the menu for next time', async () => {
      const launched = await launch(project);
      const route = `#/project/${encodeURIComponent(project)}/words`;
      expect(new URL(launched.page.url()).hash).toBe(route);
      await eventually(async () => {
        expect((await ask(launched, 'projects.opened', {})).map(({ path }) => path)).toEqual([project]);
        expect(await launched.backstage.menu()).toContainEqual(
          expect.objectContaining({ id: 'recent.0', label: 'birds.vislex' }),
        );
      });
      await launched.backstage.press('go.projects');
      await eventually(() => expect(new URL(launched.page.url()).hash).toBe('#/projects'));
      await launched.backstage.press('recent.0');
      await eventually(() => expect(new URL(launched.page.url()).hash).toBe(route));
      await launched.backstage.press('go.images');
      await eventually(() => expect(new URL(launched.page.url()).hash).toBe(route.replace(/words$/, 'images')));
    });

    it('takes back by menu what was named, and the page says so', async () => {
      const launched = await launch(project);
      await eventually(async () => expect(await ask(launched, 'projects.opened', {})).toHaveLength(1));
      const [open] = await ask(launched, 'projects.opened', {});
      const key = open!.project;
      await ask(launched, 'words.edit', { project: key, edits: [{ index: 4, name: 'green crown' }] });
      const nameOfWord = async () =>
        (await ask(launched, 'words.list', { project: key })).words.find(({ index }) => index === 4)?.name;
      expect(await nameOfWord()).toBe('green crown');
      await launched.backstage.press('edit.undo');
      await eventually(async () => expect(await nameOfWord()).toBeNull());
      await launched.page.getByText('green crown').first().waitFor();
      await launched.backstage.press('edit.redo');
      await eventually(async () => expect(await nameOfWord()).toBe('green crown'));
    });
  },
);
