/** Where things are kept: the user's data folder per system, and the companions of a project file. */
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** What the choice of folders depends on; `process` gives it. */
export interface PathsContext {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
}

/** Folder name of the product in the systems' data folders. */
const FOLDER = 'Vislex';

/** Extension of project files. */
export const PROJECT_EXTENSION = '.vislex';

/**
 * Folder for what the app keeps for the user (demo, settings, logs): `VISLEX_DATA`, else each system's own place
 * (XDG base directories, Apple's Application Support, Windows' local application data).
 */
export function userDataFolder({ platform, env, home }: PathsContext): string {
  const chosen = env['VISLEX_DATA'];
  if (chosen) return resolve(chosen);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), FOLDER);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', FOLDER);
  const xdg = env['XDG_DATA_HOME'];
  // The XDG specification: a relative path is invalid and must be ignored.
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), FOLDER.toLowerCase());
}

/** Folder of features computed for a project; may be deleted at any time and is rebuilt. */
export function featureCacheFolder(projectPath: string): string {
  return `${projectPath}.cache`;
}

/** Folder of a project's backups. */
export function backupFolder(projectPath: string): string {
  return `${projectPath}-backups`;
}

/** A file's name without folder and extension. */
export function nameOf(path: string): string {
  return basename(path, extname(path));
}

/** `path` relative to `folder` with '/' between parts, the same on every system; absolute when on another drive. */
export function portablePath(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}

/** Marks of folders that programs copy to other machines while we write; SQLite files can be damaged there. */
const SYNCED: readonly (readonly [RegExp, string])[] = [
  [/^(OneDrive)( - .*)?$/i, 'OneDrive'],
  [/^Dropbox( \(.*\))?$/i, 'Dropbox'],
  [/^(Google ?Drive|GoogleDrive-.*|My Drive)$/i, 'Google Drive'],
  [/^(com~apple~CloudDocs|iCloud ?Drive)$/i, 'iCloud Drive'],
  [/^(Nextcloud|ownCloud|Seafile|Syncthing)$/i, 'a synchronised folder'],
];

/** The synchronising service whose folder holds this path, or undefined: worth a warning before a project is put there. */
export function syncedFolderService(path: string): string | undefined {
  for (const part of dirname(resolve(path)).split(/[\\/]/)) {
    const found = SYNCED.find(([pattern]) => pattern.test(part));
    if (found) return found[1];
  }
  return undefined;
}
