/** All migrations in order: one file each, numbered by tens, never edited after a release. */
import { initial } from './0010-initial.ts';
import { wordGroups } from './0020-word-groups.ts';
import type { Migration } from './migration.ts';

/** Oldest first. */
export const MIGRATIONS: readonly Migration[] = [initial, wordGroups];
