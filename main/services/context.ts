/** What services may use, handed in by the entry: nothing here reaches for the outside world by itself. */
import type { JobQueue, Progress } from '../jobs/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';

/** The world as services see it. */
export interface ServiceContext {
  readonly jobs: JobQueue;
  readonly clock: Clock;
  readonly log: Log;
  /** Who acts: the name that goes into the journal. */
  readonly actor: string;
  readonly appVersion: string;
  /** Folder with `presets` and `guide` in it. */
  readonly resourcesFolder: string;
  /** Folder the demo is written to unless the user names one. */
  readonly dataFolder: string;
}

/** How a long action is watched and stopped. */
export interface Hooks {
  /** Stops between two steps; what was saved stays, and the same action goes on from there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}
