/** The whole table, implemented: handlers of every topic over one context. */
import { homedir } from 'node:os';
import type { Asset, Host } from '../application.ts';
import { createAssets } from '../assets.ts';
import type { ServiceContext } from '../context.ts';
import { createHealthWatch } from '../health.ts';
import type { JobBoard } from '../job-board.ts';
import { createRecentProjects } from '../recent.ts';
import type { Settings } from '../settings.ts';
import { createUploads } from '../uploads.ts';
import { createAppHandlers } from './app.ts';
import { createFilesHandlers } from './files.ts';
import { createGuideHandlers } from './guide.ts';
import type { Handlers } from './handler.ts';
import { createImagesHandlers } from './images.ts';
import { createJobsHandlers } from './jobs.ts';
import { createProjectsHandlers } from './projects.ts';
import { createRunsHandlers } from './runs.ts';
import { createWordsHandlers } from './words.ts';

/** What handlers are made of. */
export interface HandlerParts {
  readonly context: ServiceContext;
  readonly host: Host;
  readonly board: JobBoard;
  readonly settings: Settings;
}

/** Everything that answers, and the way to let go of it. */
export interface HandlerSet {
  readonly handlers: Handlers;
  readonly asset: (address: string) => Promise<Asset | undefined>;
  readonly dispose: () => void;
}

/** Puts the topics together; total by the compiler. */
export function createHandlers({ context, host, board, settings }: HandlerParts): HandlerSet {
  const homeFolder = homedir();
  const recent = createRecentProjects(context);
  const health = createHealthWatch(context);
  const uploads = createUploads();
  const assets = createAssets(context, uploads);
  const handlers: Handlers = {
    ...createAppHandlers({ context, host, settings, homeFolder }),
    ...createJobsHandlers(board),
    ...createFilesHandlers(host, { homeFolder, workingFolder: process.cwd() }),
    ...createGuideHandlers(context),
    ...createProjectsHandlers({ context, board, recent, health }),
    ...createRunsHandlers(context),
    ...createWordsHandlers(context),
    ...createImagesHandlers(context, uploads),
  };
  return { handlers, asset: (address) => assets.asset(address), dispose: () => health.dispose() };
}
