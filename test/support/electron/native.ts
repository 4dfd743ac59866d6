/** The native parts, kept as data: menu, dialogs, screen, shell, theme. Nothing is drawn. */
import { EventEmitter } from 'node:events';
import type { MenuItemConstructorOptions } from 'electron';

/** A dialog that was asked for. */
export interface AskedDialog {
  readonly kind: string;
  readonly options: object;
}

/** Dialogs answer what a test put into their queue, and "cancelled" when it is empty. */
export function createDialogs() {
  const answers: unknown[] = [];
  const asked: AskedDialog[] = [];
  const ask =
    (kind: string, otherwise: object) =>
    async (...args: readonly object[]): Promise<unknown> => {
      asked.push({ kind, options: args.at(-1) ?? {} });
      return answers.shift() ?? otherwise;
    };
  return {
    answers,
    asked,
    dialog: {
      showOpenDialog: ask('open', { canceled: true, filePaths: [] }),
      showSaveDialog: ask('save', { canceled: true, filePath: '' }),
      showMessageBox: ask('message', { response: 0 }),
      showErrorBox: (title: string, content: string) => void asked.push({ kind: 'error', options: { title, content } }),
    },
  };
}

/** The application's menu, pressed by identifier. */
export function createMenus() {
  let current: readonly MenuItemConstructorOptions[] = [];
  const all = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? all(item.submenu) : [])]);
  return {
    Menu: {
      buildFromTemplate: (template: readonly MenuItemConstructorOptions[]) => template,
      setApplicationMenu: (menu: readonly MenuItemConstructorOptions[]) => {
        current = menu;
      },
    },
    /** Identifiers, labels and shortcuts of every entry. */
    entries: () =>
      all(current).map(({ id, label, sublabel, accelerator, role }) => ({ id, label, sublabel, accelerator, role })),
    press: (id: string): void => {
      const item = all(current).find((each) => each.id === id);
      if (item?.click === undefined) throw new Error(`the menu has no entry ${id}`);
      (item.click as () => void)();
    },
  };
}

/** One display without bars. */
const DISPLAY = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1080 } };

/** The display. */
export const screen = { getAllDisplays: () => [DISPLAY], getPrimaryDisplay: () => DISPLAY };

/** The shell notes what was handed to the system. */
export function createShell() {
  const opened: string[] = [];
  return {
    opened,
    shell: {
      openExternal: async (url: string) => void opened.push(url),
      showItemInFolder: (path: string) => void opened.push(path),
    },
  };
}

/** The theme. */
export const nativeTheme = Object.assign(new EventEmitter(), { themeSource: 'system', shouldUseDarkColors: false });
