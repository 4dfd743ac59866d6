/** What of a folder is shown, in which order, and where a typed path leads. Pure. */
import type { FileKind, FolderListing } from '../../preload/contract/index.ts';

/** One row of the browser. */
export type FileEntry = FolderListing['entries'][number];

/** Entries whose name holds the text: names that begin with it first, folders before files, then by name. */
export function filterEntries(entries: readonly FileEntry[], text: string): readonly FileEntry[] {
  const wanted = text.trim().toLocaleLowerCase();
  const rank = (entry: FileEntry) =>
    (entry.name.toLocaleLowerCase().startsWith(wanted) ? 0 : 2) + (entry.kind === 'folder' ? 0 : 1);
  return entries
    .filter((entry) => entry.name.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/** The path a person typed, '~' filled in; null when the text is a part of a name. */
export function typedPath(text: string, homeFolder: string): string | null {
  const path = text.trim();
  if (path === '~' || /^~[/\\]/.test(path)) return homeFolder + path.slice(1);
  return /^([/\\]|[A-Za-z]:[/\\])/.test(path) ? path : null;
}

/** True for questions that a folder answers. */
export function asksForFolder(kind: FileKind): boolean {
  return kind === 'imageFolder';
}

/** Folder and name of a new project; null where the name is none. */
export function newProjectPath(folder: string, name: string): string | null {
  const trimmed = name.trim();
  if (trimmed === '' || /[/\\\0]/.test(trimmed) || /^\.+$/.test(trimmed)) return null;
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  const file = /\.vislex$/i.test(trimmed) ? trimmed : `${trimmed}.vislex`;
  return `${folder.replace(/[/\\]+$/, '')}${separator}${file}`;
}

/** Parts of a folder's path with the folder each leads to, outermost first. */
export function breadcrumbs(folder: string): readonly { readonly name: string; readonly path: string }[] {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  const parts = folder.split(/[/\\]+/);
  const crumbs = parts.map((name, index) => ({
    name: name === '' ? separator : name,
    path: parts.slice(0, index + 1).join(separator) || separator,
  }));
  return crumbs.filter((crumb, index) => index === 0 || crumb.name !== separator);
}
