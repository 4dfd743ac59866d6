/** Projects that were opened before. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecentProject } from '../../preload/contract/index.ts';
import { nameOf } from '../platform/paths.ts';
import type { ProjectReader, ReadonlyProject } from '../store/index.ts';
import type { ServiceContext } from './context.ts';
import { keepJson } from './kept-json.ts';

/** Projects on the list. */
const KEPT = 30;

const count = z.number().nullable().catch(null);

/** An entry that cannot be read is left out; the others stay. */
const entry = z.object({
  path: z.string().min(1),
  openedAt: z.string(),
  modelFileName: z.string().nullable().catch(null),
  imageCount: count,
  wordCount: count,
  namedWordCount: count,
});
type Entry = z.infer<typeof entry>;

const entries: z.ZodType<Entry[]> = z
  .array(z.unknown())
  .transform((items) => items.flatMap((item) => entry.safeParse(item).data ?? []));

/** Remembers projects, newest first. */
export interface RecentProjects {
  /** What was kept, newest first; those that are open say what they hold now. */
  list(open: readonly ReadonlyProject[]): RecentProject[];
  /** Puts a project on top with what it holds now. */
  remember(project: ReadonlyProject): void;
  forget(path: string, open: readonly ReadonlyProject[]): RecentProject[];
}

/** The list in the data folder. A list that cannot be written is logged: opening a project does not depend on it. */
export function createRecentProjects({ dataFolder, clock, log }: ServiceContext): RecentProjects {
  const kept = keepJson({ path: join(dataFolder, 'recent.json'), schema: entries, standard: [], log });
  const list = (open: readonly ReadonlyProject[]) =>
    kept.read().map((item) => {
      const project = open.find(({ path }) => path === item.path);
      const content = project === undefined ? {} : contentOf(project.read);
      return { ...item, ...content, name: nameOf(item.path), isThere: existsSync(item.path) };
    });
  return {
    list,
    remember: ({ path, read }) => {
      const now: Entry = { path, openedAt: clock.now().toISOString(), ...contentOf(read) };
      try {
        kept.write([now, ...kept.read().filter((item) => item.path !== path)].slice(0, KEPT));
      } catch (error) {
        log.warn('recent projects could not be kept', {
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    },
    forget: (path, open) => {
      kept.write(kept.read().filter((item) => item.path !== path));
      return list(open);
    },
  };
}

function contentOf(read: ProjectReader): Omit<Entry, 'path' | 'openedAt'> {
  const run = read.runs.latestDone();
  const imageCount = read.images.counts().reduce((sum, { count: part }) => sum + part, 0);
  const modelPath = read.models.current()?.path;
  return {
    modelFileName: modelPath === undefined ? null : (/[^/\\]+$/.exec(modelPath)?.[0] ?? modelPath),
    imageCount,
    wordCount: run?.wordCount ?? null,
    namedWordCount: run ? namedCount(read, run.runId) : null,
  };
}

function namedCount(read: ProjectReader, runId: number): number {
  const { words } = read.words.page({ runId, limit: 5_000, patchesPerKind: 0 });
  return words.filter(({ name }) => name !== null).length;
}
