/** Native dialogs for files and folders; what a person chose is checked before the application sees it. */
import { join } from 'node:path';
import { dialog } from 'electron';
import type { BrowserWindow, OpenDialogOptions } from 'electron';
import type { FileKind } from '../../preload/contract/index.ts';
import type { Host } from '../services/index.ts';
import { filtersOf, newProjectName, vetted } from './picked-path.ts';
import { text } from './text/en.ts';

/**
 * The application's way to ask with native dialogs.
 * @param window the window they belong to; undefined while there is none
 * @param folder where new projects are kept unless the person goes elsewhere
 */
export function createHost(window: () => BrowserWindow | undefined, folder: string): Required<Host> {
  async function ask(kind: FileKind, suggestedName: string | undefined): Promise<string | undefined> {
    const owner = window();
    const { title } = text.pick[kind];
    const filters = filtersOf(kind);
    if (kind === 'newProject') {
      const options = { title, filters, defaultPath: join(folder, newProjectName(suggestedName)) };
      const answer = owner ? await dialog.showSaveDialog(owner, options) : await dialog.showSaveDialog(options);
      return answer.canceled ? undefined : answer.filePath;
    }
    const properties: OpenDialogOptions['properties'] = [kind === 'imageFolder' ? 'openDirectory' : 'openFile'];
    const options = { title, filters, properties };
    const answer = owner ? await dialog.showOpenDialog(owner, options) : await dialog.showOpenDialog(options);
    return answer.canceled ? undefined : answer.filePaths[0];
  }
  return {
    pick: async (kind, suggestedName) => {
      const chosen = await ask(kind, suggestedName);
      return chosen === undefined ? null : vetted(kind, chosen);
    },
  };
}
