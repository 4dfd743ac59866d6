/** The native menu as plain data: every entry with its shortcut and what it does. */
import { basename } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import { text } from './text/en.ts';

/** What the menu can do; the page does most of it by command. */
export interface MenuActions {
  /** Sends the page to a route, or 'command:<id>' of its palette. */
  readonly navigate: (to: string) => void;
  readonly openProject: () => void;
  readonly openRecent: (path: string) => void;
  /** Takes back in a text field when one is being written in, in the project otherwise. */
  readonly undo: () => void;
  readonly redo: () => void;
  readonly zoom: (step: 'in' | 'out' | 'reset') => void;
  readonly showLog: () => void;
}

/** What the menu shows. */
export interface MenuFacts {
  readonly platform: NodeJS.Platform;
  readonly isDevelopment: boolean;
  readonly recentPaths: readonly string[];
}

/** Recent projects shown in the menu; the page lists all. */
const RECENT_ENTRIES = 10;

const separator: MenuItemConstructorOptions = { type: 'separator' };

function fileMenu(actions: MenuActions, { platform, recentPaths }: MenuFacts): MenuItemConstructorOptions {
  const { menu } = text;
  const recent = recentPaths.slice(0, RECENT_ENTRIES).map((path, place) => ({
    id: `recent.${place}`,
    // An ampersand in a file name is not the mark of a shortcut.
    label: basename(path).replaceAll('&', '&&'),
    sublabel: path,
    click: () => actions.openRecent(path),
  }));
  return {
    label: menu.file,
    submenu: [
      { id: 'file.new', label: menu.newProject, accelerator: 'CmdOrCtrl+N', click: () => actions.navigate('new') },
      { id: 'file.open', label: menu.openProject, accelerator: 'CmdOrCtrl+O', click: () => actions.openProject() },
      {
        id: 'file.recent',
        label: menu.openRecent,
        submenu: recent.length > 0 ? recent : [{ label: menu.noRecent, enabled: false }],
      },
      separator,
      {
        id: 'file.close',
        label: menu.closeProject,
        accelerator: 'CmdOrCtrl+W',
        click: () => actions.navigate('command:project.close'),
      },
      separator,
      {
        id: 'file.settings',
        label: menu.settings,
        accelerator: 'CmdOrCtrl+,',
        click: () => actions.navigate('command:settings'),
      },
      ...(platform === 'darwin'
        ? []
        : [separator, { id: 'file.quit', label: menu.quit, role: 'quit' as const, accelerator: 'CmdOrCtrl+Q' }]),
    ],
  };
}

function editMenu(actions: MenuActions): MenuItemConstructorOptions {
  const { menu } = text;
  // The keys belong to the page, which knows whether a text field has them; the entries only show them.
  const shown = { registerAccelerator: false };
  return {
    label: menu.edit,
    submenu: [
      { id: 'edit.undo', label: menu.undo, accelerator: 'CmdOrCtrl+Z', ...shown, click: () => actions.undo() },
      { id: 'edit.redo', label: menu.redo, accelerator: 'CmdOrCtrl+Shift+Z', ...shown, click: () => actions.redo() },
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
    ],
  };
}

function viewMenu(actions: MenuActions, { isDevelopment }: MenuFacts): MenuItemConstructorOptions {
  const { menu } = text;
  const theme = (id: string, label: string) => ({
    id: `theme.${id}`,
    label,
    click: () => actions.navigate(`command:theme.${id}`),
  });
  return {
    label: menu.view,
    submenu: [
      {
        id: 'view.palette',
        label: menu.palette,
        accelerator: 'CmdOrCtrl+K',
        registerAccelerator: false,
        click: () => actions.navigate('command:palette'),
      },
      separator,
      {
        label: menu.theme,
        submenu: [theme('system', menu.themeSystem), theme('light', menu.themeLight), theme('dark', menu.themeDark)],
      },
      separator,
      { id: 'zoom.in', label: menu.zoomIn, accelerator: 'CmdOrCtrl+Plus', click: () => actions.zoom('in') },
      { id: 'zoom.out', label: menu.zoomOut, accelerator: 'CmdOrCtrl+-', click: () => actions.zoom('out') },
      { id: 'zoom.reset', label: menu.zoomReset, accelerator: 'CmdOrCtrl+0', click: () => actions.zoom('reset') },
      separator,
      { role: 'togglefullscreen' },
      ...(isDevelopment
        ? [
            separator,
            { label: menu.reload, role: 'reload' as const },
            { label: menu.tools, role: 'toggleDevTools' as const },
          ]
        : []),
    ],
  };
}

function goMenu(actions: MenuActions): MenuItemConstructorOptions {
  const { menu } = text;
  const page = (id: 'images' | 'learn' | 'words' | 'explain', place: number) => ({
    id: `go.${id}`,
    label: menu[id],
    accelerator: `CmdOrCtrl+${place}`,
    click: () => actions.navigate(`command:go.${id}`),
  });
  return {
    label: menu.go,
    submenu: [
      { id: 'go.projects', label: menu.projects, click: () => actions.navigate('projects') },
      separator,
      page('images', 1),
      page('learn', 2),
      page('words', 3),
      page('explain', 4),
    ],
  };
}

function helpMenu(actions: MenuActions, { platform }: MenuFacts): MenuItemConstructorOptions {
  const { menu } = text;
  return {
    label: menu.help,
    role: 'help',
    submenu: [
      { id: 'help.guide', label: menu.guide, accelerator: 'F1', click: () => actions.navigate('help') },
      { id: 'help.shortcuts', label: menu.shortcuts, click: () => actions.navigate('command:shortcuts') },
      { id: 'help.log', label: menu.logFolder, click: () => actions.showLog() },
      ...(platform === 'darwin' ? [] : [separator, { label: menu.about, role: 'about' as const }]),
    ],
  };
}

/** The whole menu. */
export function menuTemplate(actions: MenuActions, facts: MenuFacts): MenuItemConstructorOptions[] {
  return [
    ...(facts.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    fileMenu(actions, facts),
    editMenu(actions),
    viewMenu(actions, facts),
    goMenu(actions),
    ...(facts.platform === 'darwin' ? [{ role: 'windowMenu' as const }] : []),
    helpMenu(actions, facts),
  ];
}
