/** From start to quit: one instance, files opened from outside, and an end that waits for what is being saved, but not for ever. */
import { app } from 'electron';
import type { Log } from '../platform/log.ts';
import type { Desktop } from './desktop.ts';
import { looksLikeProject, projectArgument } from './project-argument.ts';

/** Time that closing projects and ending compute processes may take, ms; after it the program ends all the same. */
const END_MS = 8_000;

/** Waits for the work, at most `limitMs`. @returns true when it ended in time */
export async function within(limitMs: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Arguments that a person gave: after the program, and in development after the folder it is run from. */
export function personsArguments(argv: readonly string[], isPackaged: boolean): readonly string[] {
  return argv.slice(isPackaged ? 1 : 2);
}

/** Where files that were opened from outside are collected until there is a window for them. */
export interface Doorstep {
  /** From now on what comes in goes to the desktop; what came before is opened now. */
  readonly receive: (desktop: Desktop) => void;
}

/** Listens for projects from outside; must be called before Electron is ready, or macOS's first file is lost. */
export function watchDoorstep(): Doorstep {
  let desktop: Desktop | undefined;
  let waiting = projectArgument(personsArguments(process.argv, app.isPackaged), process.cwd());
  app.on('open-file', (event, path) => {
    event.preventDefault();
    if (!looksLikeProject(path)) return;
    if (desktop === undefined) waiting = path;
    else desktop.show(path);
  });
  app.on('second-instance', (_event, argv, folder) => {
    const path = projectArgument(personsArguments(argv, app.isPackaged), folder);
    if (desktop === undefined) waiting = path ?? waiting;
    else desktop.show(path);
  });
  return {
    receive: (ready) => {
      desktop = ready;
      ready.show(waiting);
    },
  };
}

/** Ends the application with its last window, except on macOS, and never before what is being saved is saved. */
export function watchEnd(desktop: Desktop, dispose: () => Promise<void>, log: Log): void {
  let stage: 'running' | 'ending' | 'ended' = 'running';
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => desktop.show());
  app.on('before-quit', (event) => {
    if (stage === 'ended') return;
    event.preventDefault();
    if (stage === 'ending') return;
    stage = 'ending';
    desktop.end();
    const ending = dispose().catch((error: unknown) => {
      log.error('the application did not end cleanly', { reason: String(error) });
    });
    void within(END_MS, ending).then((isInTime) => {
      if (!isInTime) log.warn('the application took too long to end', { limitMs: END_MS });
      stage = 'ended';
      app.quit();
    });
  });
}
