/** Opening, making, closing and sharing project files. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createProject, openProject, StoreError } from '../../main/store/index.ts';
import { fillProject, inTempFolder, withTempProject } from '../support/temp-project.ts';

/** Code of the StoreError that `work` throws. */
const OLD_PROJECT = readFileSync(new URL('../fixtures/projects/schema-10.sql', import.meta.url), 'utf8');

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('a project file', () => {
  it('remembers what it was given after it is closed and opened again', () =>
    withTempProject((project, path) => {
      const { runId } = fillProject(project);
      project.write.settings.set('ann', 'imageFolder', '/images');
      project.write.words.rename('ann', runId, 1, 'wheel');
      project.close();
      const again = openProject(path);
      expect(again.read.settings.all()).toEqual({ imageFolder: '/images' });
      expect(again.read.words.get(runId, 1).name).toBe('wheel');
      expect(again.read.project().name).toBe('test');
      again.close();
    }));

  it('is marked as ours, in WAL, and leaves no log behind when it is closed', () =>
    withTempProject((project, path) => {
      project.close();
      const raw = new BetterSqlite3(path);
      expect(raw.pragma('application_id', { simple: true })).toBe(Buffer.from('VLEX').readInt32BE());
      expect(raw.pragma('user_version', { simple: true })).toBe(20);
      expect(raw.pragma('journal_mode', { simple: true })).toBe('wal');
      const tables = raw.prepare(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND schema = 'main'",
      );
      expect(tables.all().filter((row) => !String((row as { name: string }).name).startsWith('sqlite_'))).toEqual([]);
      raw.close();
      expect(readdirSync(join(path, '..')).sort()).toEqual(['test.vislex', 'test.vislex-lock']);
    }));

  it.each([true, false])('whose first change was cut by a kill is rolled back when opened (readonly: %s)', (readonly) =>
    withTempProject((project, path) => {
      project.close();
      const raw = new BetterSqlite3(path);
      raw.pragma('journal_mode = DELETE');
      // A cache of one page spills the change into the file before it is committed: what a kill leaves behind.
      raw.pragma('cache_size = 1');
      raw.exec("BEGIN; UPDATE project SET name = 'half'; CREATE TABLE half (bytes BLOB) STRICT");
      raw.exec('INSERT INTO half VALUES (zeroblob(1000000))');
      const killed = `${path}-killed.vislex`;
      copyFileSync(path, killed);
      copyFileSync(`${path}-journal`, `${killed}-journal`);
      raw.exec('ROLLBACK');
      raw.close();
      const again = readonly ? openProject(killed, { readonly }) : openProject(killed);
      expect(again.read.project().name).toBe('test');
      expect(again.read.verify().firstBroken).toBeNull();
      again.close();
    }),
  );

  it('is not made where a file exists, and the file is left alone', () =>
    inTempFolder((folder) => {
      const path = join(folder, 'taken.vislex');
      writeFileSync(path, 'mine');
      expect(codeOf(() => createProject(path, { appVersion: '1', actor: 'a' }))).toBe('project-exists');
      expect(readdirSync(folder)).toEqual(['taken.vislex']);
    }));

  it('is not made in a folder that does not exist', () =>
    inTempFolder((folder) => {
      expect(codeOf(() => createProject(join(folder, 'no/p.vislex'), { appVersion: '1', actor: 'a' }))).toBe(
        'project-missing',
      );
    }));

  it('leaves nothing behind when making it fails half-way', () =>
    inTempFolder((folder) => {
      expect(codeOf(() => createProject(join(folder, 'p.vislex'), { appVersion: '1', actor: '' }))).toBe(
        'value-refused',
      );
      expect(readdirSync(folder)).toEqual([]);
    }));

  it('refuses every use after it is closed', () =>
    withTempProject((project) => {
      project.close();
      expect(codeOf(() => project.read.images.list())).toBe('closed');
      expect(codeOf(() => project.write.settings.set('a', 'key', 1))).toBe('closed');
      expect(() => project.close()).not.toThrow();
    }));
});

describe('refusals', () => {
  it('names a missing project', () => {
    expect(codeOf(() => openProject('/nowhere/p.vislex'))).toBe('project-missing');
  });

  it.each([
    ['text', Buffer.from('this is a picture of a cat, not a project'.repeat(200))],
    ['an empty file', Buffer.alloc(0)],
  ])('says that %s is not a project, and puts nothing beside it', (_, content) =>
    inTempFolder((folder) => {
      const path = join(folder, 'p.vislex');
      writeFileSync(path, content);
      expect(codeOf(() => openProject(path))).toBe('not-a-project');
      expect(codeOf(() => openProject(path, { readonly: true }))).toBe('not-a-project');
      expect(readdirSync(folder)).toEqual(['p.vislex']);
    }),
  );

  it("says that another program's SQLite file, or a folder, is not a project", () =>
    inTempFolder((folder) => {
      const path = join(folder, 'other.db');
      new BetterSqlite3(path).exec('CREATE TABLE t (x)').close();
      expect(codeOf(() => openProject(path))).toBe('not-a-project');
      expect(codeOf(() => openProject(folder))).toBe('not-a-project');
    }));

  it('refuses a project of a newer version with a sentence that says what to do', () =>
    withTempProject((project, path) => {
      project.close();
      const raw = new BetterSqlite3(path);
      raw.pragma('user_version = 9990');
      raw.close();
      expect(codeOf(() => openProject(path))).toBe('schema-newer');
      expect(() => openProject(path)).toThrow(/newer Vislex \(schema 9990; .* Update Vislex/);
    }));

  it.each([
    ['a dropped journal trigger', 'DROP TRIGGER journal_is_never_changed', /journal_is_never_changed is missing/],
    [
      'a trigger slipped in',
      'CREATE TRIGGER evil AFTER UPDATE ON words BEGIN DELETE FROM patches; END',
      /evil does not belong/,
    ],
    [
      'a changed trigger',
      'DROP TRIGGER journal_is_never_shortened; CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal BEGIN SELECT 1; END',
      /journal_is_never_shortened differs/,
    ],
  ])('refuses a file with %s', (_, statement, message) =>
    withTempProject((project, path) => {
      project.close();
      new BetterSqlite3(path).exec(statement).close();
      expect(codeOf(() => openProject(path))).toBe('schema-changed');
      expect(() => openProject(path, { readonly: true })).toThrow(message);
    }),
  );
});

describe('one writer', () => {
  it('is told who holds the project, also through another name of the file; readers are let in', () =>
    withTempProject((project, path) => {
      expect(codeOf(() => openProject(path))).toBe('opened-twice');
      expect(() => openProject(path)).toThrow(new RegExp(`by process ${process.pid} on `));
      symlinkSync(path, `${path}.link`);
      expect(codeOf(() => openProject(`${path}.link`))).toBe('opened-twice');
      const reader = openProject(path, { readonly: true });
      project.write.settings.set('ann', 'seen', true);
      expect(reader.read.settings.get('seen')).toBe(true);
      expect('write' in reader).toBe(false);
      reader.close();
      project.close();
      openProject(path).close();
    }));

  it('holds against another process, and is free at once when that process is killed', async () => {
    await inTempFolder(async (folder) => {
      const path = join(folder, 'p.vislex');
      createProject(path, { appVersion: '1', actor: 'a' }).close();
      const store = new URL('../../main/store/index.ts', import.meta.url).href;
      const script = `import { openProject } from ${JSON.stringify(store)};
        openProject(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((held) => child.stdout.once('data', held));
      expect(codeOf(() => openProject(path))).toBe('opened-twice');
      expect(() => openProject(path)).toThrow(new RegExp(`process ${child.pid} `));
      const gone = new Promise((exit) => child.once('exit', exit));
      child.kill('SIGKILL');
      await gone;
      const lines: string[] = [];
      const log = {
        debug: () => undefined,
        info: () => undefined,
        error: () => undefined,
        warn: (line: string) => void lines.push(line),
      };
      openProject(path, { readonly: true, log }).close();
      openProject(path, { log }).close();
      openProject(path, { log }).close();
      // Once for the reader, once for the first writer; after its clean close no more.
      expect(lines).toEqual(Array(2).fill('the last writer ended without closing; checking the whole file'));
    });
  });

  /** Why the folder below cannot be made one that takes no file; the superuser may write anywhere but on such a disk. */
  const isSuperuser = process.getuid?.() === 0;
  const fixing = process.platform === 'linux' && isSuperuser ? 'disk' : isSuperuser ? undefined : 'permission';

  it.skipIf(fixing === undefined || process.platform === 'win32').each([
    ['of today', (path: string) => createProject(path, { appVersion: '1', actor: 'a' }).close()],
    ['of an older Vislex', (path: string) => void new BetterSqlite3(path).exec(OLD_PROJECT).close()],
  ])('is told, with the way out, when a project %s lies where nothing can be written', (_, make) =>
    inTempFolder((folder) => {
      const path = join(folder, 'p.vislex');
      const onDisk = fixing === 'disk';
      if (onDisk && spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status !== 0) return;
      try {
        make(path);
        if (onDisk) execFileSync('mount', ['-o', 'remount,ro', folder]);
        else chmodSync(folder, 0o555);
        for (const readonly of [true, false] as const) {
          const open = () => (readonly ? openProject(path, { readonly }) : openProject(path));
          expect(codeOf(open)).toBe('read-only');
          expect(open).toThrow(/Copy it to a folder of your own and open the copy/);
        }
      } finally {
        if (onDisk) execFileSync('umount', [folder]);
        else chmodSync(folder, 0o755);
      }
    }),
  );
});

describe('a backup', () => {
  it('opens as it is, holds the same rows and the same chain, and never overwrites', () =>
    withTempProject((project, path) => {
      const { runId } = fillProject(project);
      project.write.words.rename('ann', runId, 0, 'ear');
      const copy = `${path}-backups/copy.vislex`;
      project.write.backup(copy);
      expect(codeOf(() => project.write.backup(copy))).toBe('project-exists');
      const opened = openProject(copy);
      expect(opened.read.words.page({ runId })).toEqual(project.read.words.page({ runId }));
      expect(opened.read.journal.head()).toEqual(project.read.journal.head());
      expect(opened.read.verify().firstBroken).toBeNull();
      opened.close();
      expect(existsSync(`${copy}-wal`)).toBe(false);
    }));

  it('that cannot be made leaves nothing behind and says why', () =>
    withTempProject((project, path) => {
      expect(codeOf(() => project.write.backup(join(path, 'not-a-folder', 'copy.vislex')))).toBe('backup-failed');
      expect(readdirSync(join(path, '..')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }));
});
