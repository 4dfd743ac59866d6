/** What services may use, handed in by the entry: nothing here reaches for the outside world by itself. */
import type { JobQueue, Progress } from '../jobs/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { createReadingThread } from '../store/index.ts';
import type { ReadingThread } from '../store/index.ts';
import { createEventHub } from './events.ts';
import type { EventHub } from './events.ts';
import { createOpenProjects } from './open-projects.ts';
import type { OpenProjects } from './open-projects.ts';

/** What an entry hands in. */
export interface Surroundings {
  /** Long work: importing, learning, measuring. */
  readonly jobs: JobQueue;
  /** Short work that somebody waits for, beside learning; default: `jobs`. */
  readonly interactive?: JobQueue;
  /** Views of images; default: `interactive`. */
  readonly pictures?: JobQueue;
  readonly clock: Clock;
  readonly log: Log;
  /** Who acts: the name that goes into the journal. */
  readonly actor: string;
  readonly appVersion: string;
  /** Folder with `presets` and `guide` in it. */
  readonly resourcesFolder: string;
  /** Folder for what is kept for the user: settings, recent projects, the sample project. */
  readonly dataFolder: string;
}

/** The world as services see it. */
export interface ServiceContext extends Required<Surroundings> {
  /** Projects that are open for a window; services use them instead of opening their own. */
  readonly projects: OpenProjects;
  /** Readings of whole projects that would keep the event loop busy, and that somebody waits for. */
  readonly reading: ReadingThread;
  /** The same for what takes minutes: checks and backups. */
  readonly upkeep: ReadingThread;
  /** Where the application tells what happened. */
  readonly events: EventHub;
}

/** Completes what an entry hands in; nothing is opened or started. */
export function createContext(surroundings: Surroundings): ServiceContext {
  const { clock, log, jobs, interactive = jobs, pictures = interactive } = surroundings;
  const events = createEventHub(log);
  const projects = createOpenProjects({ clock, log, events });
  return {
    ...surroundings,
    interactive,
    pictures,
    events,
    projects,
    reading: createReadingThread(),
    upkeep: createReadingThread(),
  };
}

/** Ends compute processes and the reading thread, and closes projects; nothing can be done over the context afterwards. */
export async function disposeContext({
  jobs,
  interactive,
  pictures,
  reading,
  upkeep,
  projects,
}: ServiceContext): Promise<void> {
  await Promise.all([...new Set([jobs, interactive, pictures, reading, upkeep])].map((part) => part.dispose()));
  projects.closeAll();
}

/** The same world with another name for the journal. */
export function actingAs(context: ServiceContext, { actor }: { readonly actor: string }): ServiceContext {
  return { ...context, actor };
}

/** How a long action is watched and stopped. */
export interface Hooks {
  /** Stops between two steps; what was saved stays, and the same action goes on from there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}
