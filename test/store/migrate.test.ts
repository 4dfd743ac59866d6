/** Migrations: in order, each whole or not at all, a verified copy first. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Database } from '../../main/store/database.ts';
import { openProject } from '../../main/store/index.ts';
import { migrate } from '../../main/store/migrate.ts';
import { MIGRATIONS } from '../../main/store/migrations/index.ts';
import type { Migration } from '../../main/store/migrations/migration.ts';
import { schemaDifference } from '../../main/store/schema.ts';
import { sql } from '../../main/store/sql.ts';
import { silentLog } from '../../main/platform/log.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { fillProject, withTempProject } from '../support/temp-project.ts';

const LATER: readonly Migration[] = [
  { version: 9910, summary: 'a table', script: 'CREATE TABLE later (id INTEGER PRIMARY KEY, word TEXT) STRICT;' },
  { version: 9920, summary: 'a column', script: "ALTER TABLE later ADD COLUMN note TEXT NOT NULL DEFAULT '';" },
];

const context = { clock: fakeClock(), log: silentLog };

describe('the list of migrations', () => {
  it('is numbered by tens, upwards', () => {
    expect(MIGRATIONS.every(({ version }) => version % 10 === 0)).toBe(true);
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(
      MIGRATIONS.map(({ version }) => version).sort((a, b) => a - b),
    );
  });
});

describe('migrate', () => {
  it('makes a copy that still opens, then runs what is pending, and the schema is as declared', () =>
    withTempProject((project, path) => {
      const { runId } = fillProject(project);
      project.write.words.rename('ann', runId, 0, 'ear');
      project.close();
      const database = new Database(path);
      migrate(database, [...MIGRATIONS, ...LATER], context);
      expect(database.pragma('user_version')).toBe(9920);
      expect(database.pragma('foreign_keys')).toBe(1);
      expect(schemaDifference(database, [...MIGRATIONS, ...LATER], 9920).difference).toBeNull();
      expect(database.get(sql`SELECT name FROM words WHERE word_index = 0`)).toEqual({ name: 'ear' });
      database.close();
      const [backup] = readdirSync(`${path}-backups`);
      expect(backup).toMatch(/^test .* schema 20\.vislex$/);
      const copy = openProject(join(`${path}-backups`, backup!), { readonly: true });
      expect(copy.read.words.get(runId, 0).name).toBe('ear');
      expect(copy.read.verify().firstBroken).toBeNull();
      copy.close();
    }));

  it.each([
    ['a statement that cannot run', 'CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE words (id INTEGER) STRICT;'],
    ['a row that loses what it points to', 'CREATE TABLE half (id INTEGER) STRICT; DELETE FROM models;'],
  ])('with %s leaves the file as the migration before it made it', (_, script) =>
    withTempProject((project, path) => {
      fillProject(project);
      project.close();
      const database = new Database(path);
      const broken = { version: 9930, summary: 'broken', script };
      expect(() => migrate(database, [...MIGRATIONS, ...LATER, broken], context)).toThrow(
        /schema 9930.*as it was before/s,
      );
      expect(database.pragma('user_version')).toBe(9920);
      expect(database.pragma('foreign_keys')).toBe(1);
      expect(schemaDifference(database, [...MIGRATIONS, ...LATER], 9920).difference).toBeNull();
      expect(database.get(sql`SELECT count(*) AS count FROM models`)).toEqual({ count: 1 });
      database.close();
    }),
  );

  it('copies nothing when nothing is pending', () =>
    withTempProject((project, path) => {
      project.close();
      const database = new Database(path);
      migrate(database, MIGRATIONS, context);
      database.close();
      expect(readdirSync(join(path, '..'))).not.toContain('test.vislex-backups');
    }));
});
