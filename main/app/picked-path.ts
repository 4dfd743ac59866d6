/** What a native dialog offers, and the check of what came out of it. */
import { stat } from 'node:fs/promises';
import { extname, isAbsolute } from 'node:path';
import type { FileFilter } from 'electron';
import { PATH_LENGTH } from '../../preload/contract/index.ts';
import type { FileKind } from '../../preload/contract/index.ts';
import { PROJECT_EXTENSION } from '../platform/paths.ts';
import { text } from './text/en.ts';

/** Endings offered for each kind of file, without dot; folders have none. */
const ENDINGS: Readonly<Record<FileKind, readonly string[]>> = {
  model: ['onnx'],
  imageFolder: [],
  project: ['vislex'],
  newProject: ['vislex'],
  labels: ['txt', 'json', 'csv'],
  image: ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif'],
};

/** The lists in the dialog's corner: the kind looked for, then everything. */
export function filtersOf(kind: FileKind): FileFilter[] {
  if (ENDINGS[kind].length === 0) return [];
  const wanted = { name: text.pick[kind].filter, extensions: [...ENDINGS[kind]] };
  // A project has our ending and no other; a model may be called anything.
  return ENDINGS[kind].includes('vislex') ? [wanted] : [wanted, { name: text.pick.allFiles, extensions: ['*'] }];
}

/** A suggested name that stays a name: without folders, and with the ending of projects. */
export function newProjectName(suggested: string | undefined): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const name = (suggested ?? '').replace(/[\u0000-\u001f<>:"/\\|?*]/g, ' ').trim();
  return withEnding(name === '' || /^\.+$/.test(name) ? text.pick.newProjectName : name);
}

function withEnding(path: string): string {
  return extname(path).toLowerCase() === PROJECT_EXTENSION ? path : path + PROJECT_EXTENSION;
}

/** The chosen path if it is what was asked for, null otherwise: some systems let a person type anything. */
export async function vetted(kind: FileKind, chosen: string): Promise<string | null> {
  const path = kind === 'newProject' ? withEnding(chosen) : chosen;
  if (!isAbsolute(path) || path.length > PATH_LENGTH || path.includes('\0')) return null;
  if (kind === 'newProject') return path;
  const facts = await stat(path).catch(() => null);
  if (facts === null) return null;
  return (kind === 'imageFolder' ? facts.isDirectory() : facts.isFile()) ? path : null;
}
