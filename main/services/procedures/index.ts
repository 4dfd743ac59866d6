/** The whole table, implemented: handlers of every topic over one context. */
import { homedir } from 'node:os';
import type { Asset, Host } from '../application.ts';
import type { ServiceContext } from '../context.ts';
import type { JobBoard } from '../job-board.ts';
import type { Settings } from '../settings.ts';
import { createAppHandlers } from './app.ts';
import { createFilesHandlers } from './files.ts';
import { createGuideHandlers } from './guide.ts';
import type { Handlers } from './handler.ts';
import { createJobsHandlers } from './jobs.ts';

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
  readonly dispose: () => Promise<void>;
}

/** Puts the topics together; total by the compiler. */
export function createHandlers({ context, host, board, settings }: HandlerParts): HandlerSet {
  const homeFolder = homedir();
  const handlers = {
    ...createAppHandlers({ context, host, settings, homeFolder }),
    ...createJobsHandlers(board),
    ...createFilesHandlers(host, { homeFolder, workingFolder: process.cwd() }),
    ...createGuideHandlers(context),
  } as unknown as Handlers;
  return { handlers, asset: () => Promise.resolve(undefined), dispose: () => Promise.resolve() };
}
