/** The list of words that command line and contact sheet show: as people arranged them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutput } from '../../main/cli/output.ts';
import { wordSheetText } from '../../main/cli/text/words.ts';
import { openTinyWorld, TINY_LEARN } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

let world: TinyWorld;
let path: string;

beforeAll(async () => {
  world = await openTinyWorld(10);
  await world.make('sheet.vislex');
  path = world.at('sheet.vislex');
  await world.services.learn(path, TINY_LEARN);
});
afterAll(() => world.close());

const plain = createOutput({ stdout: { write: () => true }, stderr: { write: () => true }, env: {} });

describe('the sheet', () => {
  it('shows merged words as their leader, a split word as its parts, and marks what is excluded', async () => {
    const { services } = world;
    const before = await services.words(path);
    expect(before.words.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5]);

    await services.editWords(path, [{ index: 1, name: 'red', note: 'why', tags: ['sky'] }]);
    await services.mergeWords(path, 1, [4]);
    await services.splitWord(path, 0);
    await services.editWords(path, [{ index: 5, isExcluded: true }]);
    const { words } = await services.words(path);

    expect(words.map(({ index }) => index).sort()).toEqual([1, 2, 3, 5, 6, 7]);
    const byIndex = new Map(words.map((word) => [word.index, word]));
    expect(byIndex.get(1)).toMatchObject({ name: 'red', note: 'why', tags: ['sky'], members: [4], isExcluded: false });
    expect(byIndex.get(1)!.importance).toBe(before.words.find(({ index }) => index === 1)!.importance);
    expect([byIndex.get(6)!.splitFrom, byIndex.get(7)!.splitFrom]).toEqual([0, 0]);
    expect(byIndex.get(6)!.patches.length).toBeGreaterThan(0);
    expect(byIndex.get(5)!.isExcluded).toBe(true);

    const text = wordSheetText(await services.words(path), plain);
    expect(text).toMatch(/^ +1 +red \(with 4\) /m);
    expect(text).toMatch(/^ +7 +- \(part of 0\) /m);
    expect(text).toMatch(/^ +5 +- \(excluded\) /m);
    expect(await services.writeContactSheet(path, world.at('sheet'))).toBe(world.at('sheet', 'index.html'));
  });

  it('is as learned again once everything is taken back', async () => {
    for (let step = 0; step < 4; step++) await world.services.undo(path);
    const { words } = await world.services.words(path);
    expect(words.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(words.every(({ name, members, isExcluded }) => name === null && members.length === 0 && !isExcluded)).toBe(
      true,
    );
  });

  it('has a history that programs can read: the cells that changed, with the values before and after', async () => {
    await world.services.editWords(path, [{ index: 2, status: 'artefact' }]);
    const [line] = await world.services.history(path, 1);
    const runId = (await world.services.words(path)).run.id;
    expect(line).toMatchObject({
      action: 'word.edit',
      changes: [{ table: 'words', key: [runId, 2], column: 'status', before: 'unknown', after: 'artefact' }],
    });
  });
});
