/** Words through the procedures of the application, on a whole tiny project with the real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROCEDURES } from '../../preload/contract/index.ts';
import type { AnyEvent } from '../../preload/contract/index.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import type { JobQueue } from '../../main/jobs/index.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { silentLog } from '../../main/platform/log.ts';
import { createContext } from '../../main/services/context.ts';
import type { ServiceContext } from '../../main/services/context.ts';
import { createWordsHandlers } from '../../main/services/procedures/words.ts';
import { openProject } from '../../main/store/index.ts';
import type { ProjectReader } from '../../main/store/index.ts';
import { openTinyWorld, TINY_LEARN } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

type Changed = Awaited<ReturnType<ReturnType<typeof createWordsHandlers>['words.edit']>>;

const CALL = { actor: 'ann', role: 'annotator' } as const;

let world: TinyWorld;
let jobs: JobQueue;
let path: string;

beforeAll(async () => {
  world = await openTinyWorld(20);
  jobs = createJobQueue();
  await world.make('words.vislex');
  path = world.at('words.vislex');
  await world.services.learn(path, TINY_LEARN);
}, 120_000);

afterAll(async () => {
  await jobs.dispose();
  await world.close();
});

interface Stage {
  readonly context: ServiceContext;
  readonly project: string;
  readonly handlers: ReturnType<typeof createWordsHandlers>;
  readonly events: Extract<AnyEvent, { name: 'journal' }>['payload'][];
  readonly read: ProjectReader;
}

/** Opens the project for a window, and closes it afterwards. */
async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  const context = createContext({
    jobs,
    clock: systemClock,
    log: silentLog,
    actor: 'nobody',
    appVersion: '0.0.0',
    resourcesFolder: world.at('resources'),
    dataFolder: world.folder,
  });
  const pooled = context.projects.open(path);
  const events: Stage['events'] = [];
  context.events.subscribe((event) => void (event.name === 'journal' && events.push(event.payload)));
  const { project } = pooled.facts;
  try {
    await play({ context, project, handlers: createWordsHandlers(context), events, read: pooled.reader.read });
  } finally {
    context.projects.closeAll();
  }
}

/** What people said of every word: what undo must bring back. */
function said(read: ProjectReader) {
  return read.words.remarks(read.runs.latestDone()!.runId);
}

describe('words.effect', () => {
  it('gives the figures and intervals of runs.evaluate on validation when nothing is excluded or merged', async () => {
    const report = await world.services.evaluate(path, { split: 'validation', withoutControls: true });
    await onStage(async ({ handlers, project }) => {
      const effect = await handlers['words.effect']({ project, change: { kind: 'include', words: [0] } }, CALL);
      expect(effect.imageCount).toBe(report.imageCount);
      expect(effect.before).toEqual({
        predictionFidelity: report.predictionFidelity,
        attentionFidelity: report.attentionFidelity,
      });
      expect(effect.after).toEqual(effect.before);
    });
  }, 60_000);

  it('tells before what holds after: the change made, its after is the new before', () =>
    onStage(async ({ handlers, project }) => {
      const wanted = { kind: 'exclude', words: [0, 1, 2] } as const;
      const { before, after } = await handlers['words.effect'](
        { project, change: { ...wanted, words: [...wanted.words] } },
        CALL,
      );
      expect(after).not.toEqual(before);
      await handlers['words.edit'](
        { project, edits: wanted.words.map((index) => ({ index, isExcluded: true })) },
        CALL,
      );
      const now = await handlers['words.effect']({ project, change: { kind: 'exclude', words: [0] } }, CALL);
      expect(now.before).toEqual(after);
      await handlers['history.undo']({ project }, CALL);
      const again = await handlers['words.effect']({ project, change: { kind: 'include', words: [0] } }, CALL);
      expect(again.before).toEqual(before);
    }));
});

describe('every action', () => {
  it('is taken back and done again to equal rows, also after the project was closed and opened', async () => {
    type Action = (stage: Stage) => Promise<Changed>;
    const actions: readonly Action[] = [
      ({ handlers, project }) =>
        Promise.resolve(
          handlers['words.edit'](
            {
              project,
              edits: [
                { index: 0, name: 'edge', status: 'meaningful', note: 'n', tags: ['t'] },
                { index: 3, isExcluded: true },
              ],
            },
            CALL,
          ),
        ),
      ({ handlers, project }) =>
        Promise.resolve(handlers['words.merge']({ project, leader: 0, members: [1, 2] }, CALL)),
      ({ handlers, project }) => Promise.resolve(handlers['words.separate']({ project, leader: 0 }, CALL)),
      ({ handlers, project }) => Promise.resolve(handlers['words.split']({ project, index: 4 }, CALL)),
      ({ handlers, project }) => Promise.resolve(handlers['words.rejoin']({ project, index: 4 }, CALL)),
    ];
    const states: unknown[] = [];
    await onStage(async (stage) => {
      states.push(said(stage.read));
      for (const action of actions) {
        const { line } = await action(stage);
        expect(line?.actor).toBe('ann');
        expect(stage.events.at(-1)?.line).toEqual(line);
        states.push(said(stage.read));
      }
    });
    // The children are facts and stay: without them, what people said is as it was.
    const withoutChildren = (rows: unknown) =>
      (rows as ReturnType<typeof said>).filter(({ splitFrom }) => splitFrom === null);
    for (let step = actions.length; step > 0; step--) {
      await onStage(async ({ handlers, project, read }) => {
        await handlers['history.undo']({ project }, CALL);
        expect(withoutChildren(said(read))).toEqual(withoutChildren(states[step - 1]));
      });
    }
    for (let step = 1; step <= actions.length; step++) {
      await onStage(async ({ handlers, project, read }) => {
        await handlers['history.redo']({ project }, CALL);
        expect(withoutChildren(said(read))).toEqual(withoutChildren(states[step]));
      });
    }
    const reader = openProject(path, { readonly: true });
    expect(reader.read.verify().firstBroken).toBeNull();
    reader.close();
  }, 60_000);
});

describe('words.split', () => {
  it('changes neither fidelity, shows two children that share the images, and reuses them when split again', () =>
    onStage(async ({ handlers, project, events }) => {
      const run = { project };
      const none = { kind: 'include', words: [0] } as const;
      const before = await handlers['words.effect']({ ...run, change: { ...none, words: [0] } }, CALL);
      const { words } = await handlers['words.split']({ ...run, index: 5 }, CALL);
      const after = await handlers['words.effect']({ ...run, change: { ...none, words: [0] } }, CALL);
      expect(after.before).toEqual(before.before);
      const parent = words.find(({ index }) => index === 5)!;
      const children = words.filter(({ splitFrom }) => splitFrom === 5);
      expect(parent.isSplit).toBe(true);
      expect(children).toHaveLength(2);
      expect(events.at(-1)?.words).toEqual(expect.arrayContaining([5, ...children.map(({ index }) => index)]));
      const total = (card: Changed['words'][number]): number =>
        card.histogram.counts.reduce((sum, count) => sum + count, 0);
      expect(total(children[0]!) + total(children[1]!)).toBe(total(parent));
      expect(children[0]!.importance + children[1]!.importance).toBeCloseTo(parent.importance, 4);
      await handlers['words.rejoin']({ ...run, index: 5 }, CALL);
      const { words: again } = await handlers['words.split']({ ...run, index: 5 }, CALL);
      expect(again.filter(({ splitFrom }) => splitFrom === 5).map(({ index }) => index)).toEqual(
        children.map(({ index }) => index),
      );
      const detail = await handlers['words.get']({ ...run, index: children[0]!.index }, CALL);
      expect(detail.patches.length).toBeGreaterThan(0);
    }));

  it('refuses what stands in a group, and a group around a child keeps its word apart', () =>
    onStage(async ({ handlers, project, read }) => {
      const [child] = read.words
        .splits(read.runs.latestDone()!.runId)
        .find(({ wordIndex }) => wordIndex === 5)!.children;
      await expect(async () => handlers['words.split']({ project, index: child }, CALL)).rejects.toThrow(
        /parts cannot be split/,
      );
      await handlers['words.merge']({ project, leader: 0, members: [child] }, CALL);
      await expect(async () => handlers['words.rejoin']({ project, index: 5 }, CALL)).rejects.toThrow(
        /separate it before/,
      );
      await handlers['history.undo']({ project }, CALL);
    }));
});

describe('looking at words', () => {
  it('every answer fits its schema', () =>
    onStage(async ({ handlers, project }) => {
      const list = await handlers['words.list']({ project }, CALL);
      expect(PROCEDURES['words.list'].output.safeParse(list).error).toBeUndefined();
      const fine = list.words.filter(({ splitFrom }) => splitFrom === null);
      expect(fine).toHaveLength(TINY_LEARN.wordCount!);
      for (const { index, histogram } of fine) {
        expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(60);
        const detail = await handlers['words.get']({ project, index }, CALL);
        expect(PROCEDURES['words.get'].output.safeParse(detail).error).toBeUndefined();
      }
    }));

  it('more patches agree with the stored ones, page on, and draw the same at random with the same seed', () =>
    onStage(async ({ handlers, project }) => {
      const { patches: stored } = await handlers['words.get']({ project, index: 0 }, CALL);
      const page = (kind: 'top' | 'random' | 'counter', offset: number, limit: number) =>
        handlers['words.patches']({ project, index: 0, kind, offset, limit, seed: 9 }, CALL);
      const top = await page('top', 0, 60);
      expect(PROCEDURES['words.patches'].output.safeParse(top).error).toBeUndefined();
      for (const patch of stored.filter(({ kind }) => kind === 'top')) {
        const same = top.patches.find(({ imageId }) => imageId === patch.imageId)!;
        expect(same).toMatchObject({
          row: patch.row,
          column: patch.column,
          receptiveBox: patch.receptiveBox,
          activationCrop: patch.activationCrop,
        });
        expect(same.similarity).toBeCloseTo(patch.similarity, 4);
      }
      const [first, second] = [await page('random', 0, 3), await page('random', 3, 3)];
      expect([...first.patches, ...second.patches]).toEqual((await page('random', 0, 6)).patches);
      expect((await page('counter', 0, 500)).patches.length).toBeLessThanOrEqual(top.total);
    }));

  it('lays the words out the same every time', async () => {
    const maps: unknown[] = [];
    for (let time = 0; time < 2; time++) {
      await onStage(async ({ handlers, project }) => void maps.push(await handlers['words.map']({ project }, CALL)));
    }
    expect(maps[0]).toEqual(maps[1]);
  });

  it(
    'finds that words of a classifier of colours are about colour',
    () =>
      onStage(async ({ handlers, project }) => {
        const { words } = await handlers['words.list']({ project }, CALL);
        const important = words
          .filter(({ splitFrom }) => splitFrom === null)
          .sort((a, b) => b.importance - a.importance)[0]!;
        const { rows, n, reading } = await handlers['words.sensitivity']({ project, index: important.index }, CALL);
        expect(n).toBeGreaterThan(0);
        expect(rows.find(({ kind, level }) => kind === 'grey' && level === 0)?.kept.value).toBeCloseTo(1, 5);
        // Mean over places decides, so dealing tiles out anew takes little.
        expect(['colour', 'both']).toContain(reading);
      }),
    60_000,
  );
});

describe('names', () => {
  const limit = (name: string) =>
    PROCEDURES['words.edit'].input.safeParse({ project: 'p1', edits: [{ index: 0, name }] }).error?.issues[0]?.message;

  it('of 10,000 characters are refused with the sentence of the limit', () => {
    expect(limit('x'.repeat(10_000))).toBe('A name may have 200 characters at most; put the rest into the note.');
  });

  it('hold markup and right-to-left text as plain text, in NFC and trimmed', () =>
    onStage(async ({ handlers, project }) => {
      for (const [given, kept] of [
        ['<script>alert(1)</script>', '<script>alert(1)</script>'],
        ['  שלום עולם ', 'שלום עולם'],
        ['e\u0301dge', '\u00e9dge'],
        ['   ', null],
      ] as const) {
        const { words } = await handlers['words.edit']({ project, edits: [{ index: 2, name: given }] }, CALL);
        expect(words.find(({ index }) => index === 2)?.name).toBe(kept);
      }
    }));

  it('with control characters are refused and nothing of the whole action is kept', () =>
    onStage(async ({ handlers, project, read }) => {
      const before = said(read);
      for (const name of ['a\u0000b', 'a\u202eb']) {
        await expect(async () =>
          handlers['words.edit'](
            {
              project,
              edits: [
                { index: 1, name: 'fine' },
                { index: 2, name },
              ],
            },
            CALL,
          ),
        ).rejects.toThrow(/no control characters/);
      }
      expect(said(read)).toEqual(before);
    }));
});
