/** Schemas of the application itself: facts, settings, files, jobs, guide. */
import { z } from 'zod';
import { wireErrorSchema } from '../errors.ts';
import { ROLES } from '../procedure.ts';
import { index, projectKey } from './common.ts';

/** Who runs what. */
export const appInfo = z.object({
  version: z.string(),
  actor: z.string(),
  role: z.enum(ROLES),
  platform: z.string(),
  /** True where native dialogs exist (Electron); otherwise the window shows its own file browser. */
  hasNativeDialogs: z.boolean(),
  /** Folder that the file browser opens first. */
  homeFolder: z.string(),
});
export type AppInfo = z.infer<typeof appInfo>;

/** What a person chose; kept beside the user's data, not in projects. */
export const appSettings = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  wordRamp: z.enum(['inferno', 'cividis']),
  /** 0..1, of heatmaps over pictures. */
  mapOpacity: z.number().min(0).max(1),
  /** 0..1; weaker parts of maps are not drawn. */
  mapThreshold: z.number().min(0).max(1),
  isTourDone: z.boolean(),
  /** null: the system's user. */
  actorName: z.string().max(100).nullable(),
});
export type AppSettings = z.infer<typeof appSettings>;

/** What is looked for in the file browser. */
export const fileKind = z.enum(['model', 'imageFolder', 'project', 'newProject', 'labels', 'image']);
export type FileKind = z.infer<typeof fileKind>;

/** One folder as the file browser shows it. */
export const folderListing = z.object({
  folder: z.string(),
  parent: z.string().nullable(),
  /** Places to start from: home, where the program was started, disks. */
  roots: z.array(z.object({ name: z.string(), path: z.string() })),
  entries: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      kind: z.enum(['folder', 'file']),
      sizeBytes: z.number().nullable(),
      modifiedAt: z.string().nullable(),
    }),
  ),
  /** True when there were more entries than are listed. */
  isCut: z.boolean(),
});
export type FolderListing = z.infer<typeof folderListing>;

export const jobProgress = z.object({
  phase: z.string(),
  done: z.number(),
  total: z.number(),
  unit: z.string(),
  perSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  message: z.string().nullable(),
});
export type JobProgress = z.infer<typeof jobProgress>;

/** A long action, waiting to ended. */
export const jobSnapshot = z.object({
  jobId: index,
  procedure: z.string(),
  project: projectKey.nullable(),
  /** For the bottom bar: 'Learning 72 words'. */
  title: z.string(),
  state: z.enum(['waiting', 'running', 'pausing', 'paused', 'cancelling', 'done', 'failed', 'cancelled']),
  canPause: z.boolean(),
  progress: jobProgress.nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  error: wireErrorSchema.nullable(),
});
export type JobSnapshot = z.infer<typeof jobSnapshot>;

/** Answer of every call of a job procedure. */
export const jobTicket = z.object({ jobId: index });
export type JobTicket = z.infer<typeof jobTicket>;

/** A chapter of the guide, Markdown; pictures are addressed as `assets/guide/<file>`. */
export const guideChapter = z.object({ slug: z.string(), title: z.string(), markdown: z.string() });
export type GuideChapter = z.infer<typeof guideChapter>;
