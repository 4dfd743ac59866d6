/** The same action through Electron's IPC, HTTP and the command line: the same answer, the same refusal, the same rows. */
import { copyFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { byCommand } from '../support/carriers/by-command.ts';
import { byHttp } from '../support/carriers/by-http.ts';
import { byIpc } from '../support/carriers/by-ipc.ts';
import type { Line } from '../support/carriers/line.ts';
import type { Hands, OpenHands } from '../support/carriers/carrier.ts';
import { rowsOf } from '../support/carriers/rows.ts';
import { openTinyWorld } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

const { line } = vi.hoisted(() => ({ line: {} as Line }));
vi.mock('electron', async () => {
  const { createLine } = await import('../support/carriers/line.ts');
  return { ipcMain: Object.assign(line, createLine()) };
});

const CARRIERS: readonly (readonly [name: string, open: OpenHands])[] = [
  ['ipc', byIpc(line)],
  ['http', byHttp],
  ['cli', byCommand],
];

let world: TinyWorld;
/** What every carrier starts from, and what each left of a whole session. */
const left = new Map<string, ReturnType<typeof rowsOf>>();

beforeAll(async () => {
  world = await openTinyWorld(5);
  await world.make('start.vislex');
  copyFileSync(world.at('start.vislex'), world.at('learned.vislex'));
  await byCommand(world, world.at('learned.vislex')).then((hands) => hands.learn());
});
afterAll(() => world.close());

/** A copy of a project for one carrier. */
function copyOf(name: string, carrier: string): string {
  const path = world.at(`${carrier}-${name}`);
  copyFileSync(world.at(name), path);
  return path;
}

describe.each(CARRIERS)('through %s', (carrier, open) => {
  let hands: Hands;
  let path: string;
  beforeEach(async () => {
    path = copyOf('learned.vislex', carrier);
    hands = await open(world, path);
  });
  afterEach(() => hands.close());

  test('a name is kept, in the history, and can be taken back and given again', async () => {
    const [latest] = await hands.history();
    const renamed = await hands.rename(2, 'red stripe');
    expect(renamed).toMatchObject({ sequence: latest!.sequence + 1, actor: 'tester' });
    expect((await hands.names())[2]).toBe('red stripe');
    expect((await hands.history())[0]).toEqual(renamed);

    const undone = await hands.undo();
    expect(undone.action).toBe(`undo of ${renamed!.sequence}: ${renamed!.action}`);
    expect((await hands.names())[2]).toBeNull();

    const redone = await hands.redo();
    expect(redone.action).toBe(`redo of ${renamed!.sequence}: ${renamed!.action}`);
    expect((await hands.names())[2]).toBe('red stripe');
    expect(await hands.verify()).toBe(true);
  });

  test('the name that a word has already changes nothing', async () => {
    await hands.rename(0, 'dot');
    const before = await hands.history();
    expect(await hands.rename(0, 'dot')).toBeNull();
    expect(await hands.history()).toEqual(before);
  });

  test.each([['<script>alert(1)</script>'], ['left שלום مرحبا right'], ["'; DROP TABLE words; --"], ['👩‍🔬 é é']])(
    'the name %j comes back letter for letter',
    async (name) => {
      await hands.rename(1, name);
      expect((await hands.names())[1]).toBe(name);
    },
  );

  test.each([['a\u0000b'], ['\u202eturned\u202c'], ['a\nb'], ['\u0085']])(
    'the name %j would deceive a reader: refused',
    async (name) => {
      await expect(hands.rename(1, name)).rejects.toMatchObject({
        message: expect.stringContaining('no control characters') as string,
      });
      expect((await hands.names())[1]).toBeNull();
    },
  );

  test('bad input is refused with the same code, and nothing is changed', async () => {
    const before = rowsOf(path);
    await expect(hands.rename(99, 'nobody')).rejects.toMatchObject({ code: 'not-found' });
    await expect(hands.redo()).rejects.toMatchObject({ code: 'nothing-to-undo' });
    await hands.close();
    expect(rowsOf(path)).toEqual({ ...before, writer_session: expect.anything() as unknown });
    hands = await open(world, path);
  });

  test('a project that is not there is refused with the same code', async () => {
    const opening = open(world, world.at('nowhere.vislex')).then((other) => other.names().finally(() => other.close()));
    await expect(opening).rejects.toMatchObject({ code: 'project-missing' });
  });

  test('a whole session: learn, name, take back, name', async () => {
    await hands.close();
    path = copyOf('start.vislex', carrier);
    hands = await open(world, path);
    expect(await hands.learn()).toEqual({ preset: 'tiny', wordCount: 6, status: 'done' });
    expect(await hands.names()).toEqual([null, null, null, null, null, null]);
    await hands.rename(0, 'red');
    await hands.rename(1, 'grün');
    await hands.undo();
    await hands.redo();
    await hands.undo();
    await hands.rename(5, 'blue');
    expect(await hands.names()).toEqual(['red', null, null, null, null, 'blue']);
    expect(await hands.verify()).toBe(true);
    await hands.close();
    left.set(carrier, rowsOf(path));
    hands = await open(world, path);
  });
});

test('a status, a note, tags and an exclusion leave the same rows on all carriers', async () => {
  const rows: ReturnType<typeof rowsOf>[] = [];
  for (const [carrier, open] of CARRIERS) {
    const path = copyOf('learned.vislex', `${carrier}-sorted`);
    const hands = await open(world, path);
    const said = { status: 'mixed' as const, note: 'two\nlines', tags: ['sky', 'שלום'], isExcluded: true };
    expect(await hands.describe(3, said)).toMatchObject({ actor: 'tester', action: 'word.edit' });
    expect(await hands.describe(3, said)).toBeNull();
    await hands.close();
    rows.push(rowsOf(path));
  }
  expect(rows[1]).toEqual(rows[0]);
  expect(rows[2]).toEqual(rows[0]);
  expect(rows[0]!['words']![3]).toMatchObject({ status: 'mixed', note: 'two\nlines', is_excluded: 1 });
});

test('merging, separating, splitting and rejoining leave the same rows on all carriers, and can be taken back', async () => {
  const rows: ReturnType<typeof rowsOf>[] = [];
  for (const [carrier, open] of CARRIERS) {
    const path = copyOf('learned.vislex', `${carrier}-arranged`);
    const hands = await open(world, path);
    expect(await hands.merge(1, [4, 2])).toMatchObject({ actor: 'tester', action: 'word.merge' });
    expect(await hands.merge(1, [2])).toBeNull();
    await expect(hands.merge(4, [5])).rejects.toMatchObject({ code: 'value-refused' });
    await expect(hands.split(1)).rejects.toMatchObject({ code: 'value-refused' });
    expect(await hands.separate(1)).toMatchObject({ action: 'word.separate' });
    expect(await hands.separate(1)).toBeNull();
    expect(await hands.split(0)).toMatchObject({ actor: 'tester', action: 'word.split' });
    expect(await hands.split(0)).toBeNull();
    expect(await hands.rejoin(0)).toMatchObject({ action: 'word.rejoin' });
    expect(await hands.rejoin(0)).toBeNull();
    await hands.undo();
    expect(await hands.verify()).toBe(true);
    await hands.close();
    rows.push(rowsOf(path));
  }
  expect(rows[1]).toEqual(rows[0]);
  expect(rows[2]).toEqual(rows[0]);
  expect(rows[0]!['words']).toHaveLength(8);
  expect(rows[0]!['words']![0]).toMatchObject({ is_split: 1 });
});

describe('the rows that a whole session leaves', () => {
  test.each(['http', 'cli'])('are the same through %s as through ipc, apart from time and actor', (carrier) => {
    const expected = left.get('ipc')!;
    const found = left.get(carrier)!;
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    for (const table of Object.keys(expected))
      expect({ table, rows: found[table] }).toEqual({ table, rows: expected[table] });
    expect(found['journal']!.length).toBeGreaterThan(8);
    expect(found['words']!.length).toBe(6);
  });
});
