/** Procedures of the file browser and of native dialogs. */
import { CallError } from '../../../preload/contract/index.ts';
import type { Host } from '../application.ts';
import { listFolder } from '../file-browser.ts';
import type { Places } from '../file-browser.ts';
import type { HandlersOf } from './handler.ts';

/** @param host what the carrier's surroundings can do; @param places where browsing starts */
export function createFilesHandlers(host: Host, places: Places): HandlersOf<'files'> {
  return {
    'files.list': ({ folder, kind }) => listFolder(folder, kind, places),
    'files.pick': async ({ kind, suggestedName }) => {
      if (host.pick) return { path: await host.pick(kind, suggestedName) };
      throw new CallError({
        code: 'not-here',
        message: 'There are no system dialogs here. Use the file browser of the page.',
        details: { kind },
      });
    },
  };
}
