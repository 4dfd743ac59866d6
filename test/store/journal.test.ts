/** The journal: chain, tampering, undo and redo. */
import { createHash } from 'node:crypto';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openProject, StoreError } from '../../main/store/index.ts';
import type { Project } from '../../main/store/index.ts';
import { fillProject, withTempProject } from '../support/temp-project.ts';

/** Changes a closed project behind Vislex's back: triggers are dropped and put back, as somebody would who knows SQLite. */
function tamper(path: string, statement: string): void {
  const raw = new BetterSqlite3(path);
  const triggers = raw.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) raw.exec(`DROP TRIGGER ${name}`);
  raw.exec(statement);
  for (const { sql } of triggers) raw.exec(sql);
  raw.close();
}

function firstBroken(path: string): string | null {
  const project = openProject(path, { readonly: true });
  try {
    return project.read.verify().firstBroken;
  } finally {
    project.close();
  }
}

const nameOf = (project: Project, runId: number, wordIndex: number): string | null =>
  project.read.words.get(runId, wordIndex).name;

describe('the chain', () => {
  it('is SHA-256 over the previous hash and the canonical JSON of the entry', () =>
    withTempProject((project, path) => {
      project.write.journal.record('ann', 'export.write', { file: 'a.onnx', count: 2 });
      project.close();
      const raw = new BetterSqlite3(path);
      const rows = raw.prepare('SELECT * FROM journal ORDER BY seq').all() as Record<string, string | number | null>[];
      raw.close();
      let previous = '';
      for (const { seq, time, actor, action, kind, target, payload, hash } of rows) {
        // Written out by hand, keys in alphabetical order: the definition, independent of the code.
        const text =
          `{"action":${JSON.stringify(action)},"actor":${JSON.stringify(actor)},"kind":${JSON.stringify(kind)},` +
          `"payload":${String(payload)},"seq":${seq},"target":${target},"time":${JSON.stringify(time)}}`;
        expect(
          createHash('sha256')
            .update(previous + text)
            .digest('hex'),
        ).toBe(hash);
        previous = String(hash);
      }
      expect(rows.at(-1)?.['payload']).toBe('{"count":2,"file":"a.onnx"}');
    }));

  it.each([
    "UPDATE journal SET actor = 'eve'",
    'DELETE FROM journal WHERE seq = 1',
    'INSERT OR REPLACE INTO journal SELECT * FROM journal',
  ])('refuses %s by a trigger', (statement) =>
    withTempProject((project, path) => {
      project.close();
      const raw = new BetterSqlite3(path);
      expect(() => raw.exec(statement)).toThrow(/journal/);
      raw.close();
    }),
  );

  it.each([
    ['a changed actor', "UPDATE journal SET actor = 'eve' WHERE seq = 3", /^Entry 3 .* does not match its hash/],
    ['a changed payload', "UPDATE journal SET payload = '{}' WHERE seq = 4", /^Entry 4 .* does not match its hash/],
    ['a removed entry', 'DELETE FROM journal WHERE seq = 2', /^Entry 2 .* is missing/],
    ['a cut-off end', 'DELETE FROM journal WHERE seq >= 6', /^Entry 6 .* is missing/],
    [
      'a replaced hash',
      `UPDATE journal SET hash = '${'0'.repeat(64)}' WHERE seq = 2`,
      /^Entry 2 .* does not match its hash/,
    ],
    ['a forged head', "UPDATE journal_head SET hash = ''", /newest/],
  ])('names %s', (_, statement, message) =>
    withTempProject((project, path) => {
      fillProject(project);
      project.close();
      tamper(path, statement);
      expect(firstBroken(path)).toMatch(message);
      const reader = openProject(path, { readonly: true });
      expect(() => reader.read.journal.verify()).toThrow(StoreError);
      reader.close();
    }),
  );

  it('is kept whatever the text: quotes, emoji, half an emoji, SQL', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      for (const name of [
        "Robert'); DROP TABLE words;--",
        '輪 🛞',
        'half \ud83d',
        '<img onerror=alert(1)>',
        '=cmd()',
      ]) {
        project.write.words.rename('Zoë "Z" 🛞', runId, 0, name);
        expect(nameOf(project, runId, 0)).toBe(name.toWellFormed());
      }
      expect(project.read.verify().firstBroken).toBeNull();
    }));
});

describe('undo and redo', () => {
  it('go back and forth through every kind of edit, leaving the tables equal and the journal longer', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      const { write, read } = project;
      const before = read.words.page({ runId });
      write.words.rename('ann', runId, 0, 'ear');
      write.words.edit('ann', runId, 0, {
        name: 'wheel',
        status: 'meaningful',
        note: 'round\nthing',
        tags: ['b', 'a', 'b'],
      });
      write.words.edit('bob', runId, 2, { isExcluded: true });
      write.runs.setNotes('bob', runId, 'looks fine');
      const after = [read.words.page({ runId }), read.runs.get(runId)];
      const { seq } = read.journal.head();
      expect(read.words.get(runId, 0)).toMatchObject({ name: 'wheel', status: 'meaningful', tags: ['a', 'b'] });
      for (let count = 0; count < 4; count++) write.journal.undo('ann');
      expect(read.words.page({ runId })).toEqual(before);
      expect(read.runs.get(runId).notes).toBe('');
      expect(() => write.journal.undo('ann')).toThrow(/nothing to undo/);
      for (let count = 0; count < 4; count++) write.journal.redo('ann');
      expect([read.words.page({ runId }), read.runs.get(runId)]).toEqual(after);
      expect(() => write.journal.redo('ann')).toThrow(/nothing to redo/);
      expect(read.journal.head().seq).toBe(seq + 8);
      expect(read.verify().firstBroken).toBeNull();
    }));

  it('survive a restart', () =>
    withTempProject((project, path) => {
      const { runId } = fillProject(project);
      project.write.words.rename('ann', runId, 0, 'ear');
      project.write.words.rename('ann', runId, 0, 'nose');
      project.write.journal.undo('ann');
      project.close();
      const again = openProject(path);
      expect(nameOf(again, runId, 0)).toBe('ear');
      again.write.journal.redo('ann');
      expect(nameOf(again, runId, 0)).toBe('nose');
      again.write.journal.undo('ann');
      again.write.journal.undo('ann');
      expect(nameOf(again, runId, 0)).toBeNull();
      again.close();
    }));

  it('a new change makes what was undone unreachable', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      project.write.words.rename('ann', runId, 0, 'ear');
      project.write.journal.undo('ann');
      project.write.words.rename('ann', runId, 1, 'tail');
      expect(project.read.journal.redoable()).toBeUndefined();
      expect(project.read.journal.undoable()?.action).toBe('word.rename');
      project.write.journal.undo('ann');
      expect(nameOf(project, runId, 1)).toBeNull();
    }));

  it('random walks end where a plain list of states says', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      // An editor's model: states in a list, a cursor into it. Park-Miller generator, seed 42.
      const states: (string | null)[] = [null];
      let cursor = 0;
      let seed = 42;
      const random = (below: number): number => (seed = (seed * 16807) % 2147483647) % below;
      for (let step = 0; step < 300; step++) {
        const choice = random(3);
        if (choice === 0) {
          const name = `name ${step}`;
          project.write.words.rename('ann', runId, 0, name);
          states.splice(cursor + 1, Infinity, name);
          cursor += 1;
        } else if (choice === 1 && cursor > 0) {
          project.write.journal.undo('ann');
          cursor -= 1;
        } else if (choice === 2 && cursor < states.length - 1) {
          project.write.journal.redo('ann');
          cursor += 1;
        }
        expect(nameOf(project, runId, 0)).toBe(states[cursor]);
      }
      expect(project.read.verify().firstBroken).toBeNull();
    }));

  it.each([
    ['a forged cell', [{ table: 'journal', key: [1], column: 'hash', before: 'a', after: 'b' }]],
    ['a forged column', [{ table: 'words', key: [1, 0], column: '__proto__', before: 'a', after: 'b' }]],
    ['text', 'all of them'],
    ['nothing', null],
  ])('refuse a change set that holds %s', (_, changes) =>
    withTempProject((project, path) => {
      const { runId } = fillProject(project);
      project.write.words.rename('ann', runId, 0, 'ear');
      project.close();
      tamper(path, `UPDATE journal SET payload = '${JSON.stringify({ changes })}' WHERE kind = 'change'`);
      const again = openProject(path);
      expect(() => again.write.journal.undo('ann')).toThrow(StoreError);
      expect(again.read.words.get(runId, 0).name).toBe('ear');
      expect(again.read.verify().isOk).toBe(false);
      again.close();
    }),
  );

  it('refuse to undo what was changed outside the journal, and change nothing', () =>
    withTempProject((project, path) => {
      const { runId } = fillProject(project);
      project.write.words.edit('ann', runId, 0, { note: 'mine', name: 'ear' });
      project.close();
      tamper(path, "UPDATE words SET name = 'eve' WHERE word_index = 0");
      const again = openProject(path);
      const head = again.read.journal.head();
      expect(() => again.write.journal.undo('ann')).toThrow(/"eve", not "ear"/);
      expect(again.read.words.get(runId, 0)).toMatchObject({ name: 'eve', note: 'mine' });
      expect(again.read.journal.head()).toEqual(head);
      again.close();
    }));

  it('the history of a word lists what touched it and nothing else', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      project.write.words.rename('ann', runId, 1, 'ear');
      project.write.words.rename('bob', runId, 2, 'nose');
      project.write.words.edit('bob', runId, 1, { status: 'mixed' });
      project.write.journal.undo('ann');
      const history = project.read.words.history(runId, 1);
      expect(history.map(({ action, actor }) => [action, actor])).toEqual([
        ['undo', 'ann'],
        ['word.edit', 'bob'],
        ['word.rename', 'ann'],
      ]);
    }));

  it('an edit that changes nothing is not journalled', () =>
    withTempProject((project) => {
      const { runId } = fillProject(project);
      project.write.words.rename('ann', runId, 0, 'ear');
      const head = project.read.journal.head();
      expect(project.write.words.rename('ann', runId, 0, '  ear ')).toBeUndefined();
      expect(project.read.journal.head()).toEqual(head);
    }));
});

describe('verify', () => {
  it.each([
    ["UPDATE words SET name = 'eve' WHERE word_index = 1", /words \[1, 1\] name was set, but the journal has no entry/],
    ["UPDATE words SET name = 'eve' WHERE word_index = 0", /words \[1, 0\] name is "eve"; the journal says "ear"/],
    ["UPDATE images SET split = 'test' WHERE image_id = 2", /image 2 is in split "test"; the journal says "train"/],
    ["UPDATE runs SET notes = 'fine'", /runs \[1\] notes was set, but/],
    ["UPDATE runs SET started_at = '1999'", /the state of run 1 .* changed/],
    ['UPDATE run_losses SET value = 0', /the result of run 1 .* changed/],
    ["UPDATE project SET name = 'other'", /the project itself .* changed/],
    ["UPDATE words SET summary = '{}' WHERE word_index = 0", /the result of run 1 .* changed/],
    ['UPDATE patches SET score = 9', /the patches of run 1 .* changed/],
    ['UPDATE images SET label_index = 1 WHERE image_id = 2', /images 1 to 4 .* changed/],
    ["UPDATE models SET cut_point = 'other'", /model 1 .* changed/],
    ['UPDATE runs SET seed = 8', /the plan of run 1 .* changed/],
    ['UPDATE evaluations SET measures = \'{"accuracy":1}\'', /evaluation 1 .* changed/],
    ['UPDATE settings SET value = \'"/evil"\'', /setting imageFolder .* changed/],
    ["UPDATE scores SET logits = x'00000000' WHERE image_id = 3", /scores of run, image 1, 3 does not match its hash/],
    ["UPDATE thumbnails SET jpeg = x'00' WHERE image_id = 4", /thumbnail of image 4 does not match/],
    ["UPDATE word_models SET bytes = x'00'", /word model of run 1 does not match/],
    ['DELETE FROM word_models', /the result of run 1/],
    ['PRAGMA foreign_keys = OFF; DELETE FROM images WHERE image_id = 4', /points to a row of images that is missing/],
    ['DELETE FROM patches', /the patches of run 1/],
    [
      "INSERT INTO evaluations SELECT 2, run_id, split, image_count, measures, created_at, '', '' FROM evaluations",
      /evaluations: 2 stored, 1 in the journal/,
    ],
  ])('names what %s did', (statement, message) =>
    withTempProject((project, path) => {
      const { runId } = fillProject(project);
      project.write.settings.set('ann', 'imageFolder', '/old');
      project.write.settings.set('ann', 'imageFolder', '/images');
      project.write.words.rename('ann', runId, 0, 'ear');
      project.write.runs.addEvaluation('ann', {
        runId,
        split: 'test',
        imageCount: 4,
        measures: { accuracy: 0.5 },
        parameterHashBefore: 'p',
        parameterHashAfter: 'p',
      });
      expect(project.read.verify().firstBroken).toBeNull();
      project.close();
      tamper(path, statement);
      expect(firstBroken(path)).toMatch(message);
    }),
  );
});
