/** From start to quit: one instance, files opened from outside, and an end that waits for what is being saved, but not for ever. */
import { app } from 'electron';
import type { Log } from '../platform/log.ts';
import type { Desktop } from './desktop.ts';
import { looksLikeProject, personsArguments, projectArgument } from './project-argument.ts';
import { within } from './within.ts';

/** Time that closing projects and ending compute processes may take, ms; after it the program ends all the same. */
const END_MS = 8_000;

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

/**
 * Ends the application with its last window, except on macOS, and never before what is being saved is saved. Learning
 * and other long work outlive the window: the application then ends when they do, or stays when a window came back.
 * Quitting (Ctrl+Q) ends at once; a run goes on from its checkpoint next time.
 */
export function watchEnd(desktop: Desktop, dispose: () => Promise<void>, log: Log): void {
  let stage: 'running' | 'ending' | 'ended' = 'running';
  app.on('window-all-closed', () => {
    if (process.platform === 'darwin') return;
    const quit = () => {
      if (desktop.window() === undefined) app.quit();
    };
    desktop.whenIdle().then(quit, (error: unknown) => {
      log.error('the work under way cannot be told', { reason: String(error) });
      quit();
    });
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
