/** The module that `import ... from 'electron'` finds under the stand-in. */
import { standInOfThisProcess } from './this-process.ts';

export const { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, screen, shell, utilityProcess } =
  standInOfThisProcess().electron;
