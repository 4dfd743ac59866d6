/** What a name may be, and what becomes of the rest: kept letter by letter, or refused with the rule; never changed unseen. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAME_LENGTH } from '../../preload/contract/index.ts';
import { openTinyApplication } from '../support/tiny-application.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import type { TinyWorld } from '../support/tiny-project.ts';
import { copyTo, nameWord, namesOf, openScene, refused } from './scene.ts';

let world: TinyWorld;
let app: TinyApplication;
let project: string;

beforeAll(async () => {
  world = await openScene();
  app = openTinyApplication(world);
  ({ project } = await app.call('projects.open', { path: copyTo(world, 'names', 'birds.vislex') }));
});
afterAll(async () => {
  await app.close();
  await world.close();
});

describe('a name', () => {
  it.each([
    ['markup', '<script>alert(1)</script>'],
    ['right to left', 'جناح أحمر (1) صغير'],
    ['Hebrew with points', 'כָּנָף אֲדֻמָּה'],
    ['emoji of several characters', '👩🏽‍🔬 🏳️‍🌈 wing'],
    ['many combining marks', `z${'\u0335\u0321'.repeat(60)}`],
    ['a formula', '=1+1'],
    ['as long as may be', 'n'.repeat(NAME_LENGTH)],
    ['quotes and backslashes', `'; DROP TABLE words; -- \\ "`],
  ])('in %s is kept letter by letter, stands in the history, and can be taken back', async (_what, name) => {
    const { line } = await nameWord(app, project, 0, name);
    const kept = name.normalize('NFC');
    expect(line?.detail).toContain([...kept].slice(0, 4).join(''));
    expect((await namesOf(app, project))[0]).toBe(kept);
    await app.call('history.undo', { project });
    expect((await namesOf(app, project))[0]).toBeNull();
  });

  it('of the same letters in two spellings is the same name', async () => {
    await nameWord(app, project, 0, 'aile bleut\u00e9e');
    expect((await nameWord(app, project, 0, ' aile bleute\u0301e ')).line).toBeNull();
    await app.call('history.undo', { project });
  });

  it.each(['', ' ', '\t \n', '\u00a0\u3000'])('of nothing to see (%j) is no name', async (name) => {
    await nameWord(app, project, 0, 'there');
    await nameWord(app, project, 0, name);
    expect((await namesOf(app, project))[0]).toBeNull();
  });

  it.each([
    ['a line break', 'two\nlines'],
    ['a bell', 'a\u0007b'],
    ['a zero', 'a\u0000b'],
    ['an escape for terminals', '\u001b[31mred'],
    ['an override of direction', 'gpj.\u202Egnp'],
    ['an isolate that does not end', '\u2067wing'],
  ])('with %s is refused by the rule and changes nothing', async (_what, name) => {
    await nameWord(app, project, 1, 'before');
    const { code, message } = await refused(nameWord(app, project, 1, name));
    expect(code).toBe('value-refused');
    expect(message).toMatch(/cannot be the name of a word: no control characters/);
    expect((await namesOf(app, project))[1]).toBe('before');
  });

  it('of 10,000 characters is refused with the limit, in a sentence for people', async () => {
    const { code, message } = await refused(nameWord(app, project, 2, 'x'.repeat(10_000)));
    expect(code).toBe('bad-request');
    expect(message).toBe(`A name may have ${NAME_LENGTH} characters at most; put the rest into the note.`);
    expect((await namesOf(app, project))[2]).toBeNull();
  });

  it('that is refused takes no other of the same step along', async () => {
    const edits = [
      { index: 2, name: 'good' },
      { index: 3, name: 'bad\n name' },
    ];
    expect((await refused(app.call('words.edit', { project, edits }))).code).toBe('value-refused');
    expect((await namesOf(app, project)).slice(2)).toEqual([null, null]);
  });
});
