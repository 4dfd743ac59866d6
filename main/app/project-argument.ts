/** Which project somebody asked for from outside: on the command line, by double click, by dropping a file on the icon. */
import { extname, resolve } from 'node:path';
import { PATH_LENGTH } from '../../preload/contract/index.ts';
import { PROJECT_EXTENSION } from '../platform/paths.ts';

/** True for paths that look like a project; whether one is there is seen when it is opened. */
export function looksLikeProject(path: string): boolean {
  return extname(path).toLowerCase() === PROJECT_EXTENSION && path.length <= PATH_LENGTH && !path.includes('\0');
}

/** Arguments that a person gave: after the program, and in development after the folder it is run from. */
export function personsArguments(argv: readonly string[], isPackaged: boolean): readonly string[] {
  return argv.slice(isPackaged ? 1 : 2);
}

/**
 * The first project among command-line arguments, as an absolute path; undefined when there is none.
 * @param folder where relative paths count from
 */
export function projectArgument(argv: readonly string[], folder: string): string | undefined {
  const found = argv.find((argument) => !argument.startsWith('-') && looksLikeProject(argument));
  return found === undefined ? undefined : resolve(folder, found);
}

/** The page's route to a project. It opens it, and says there what is wrong with it. */
export function projectRoute(path: string): string {
  return `project/${encodeURIComponent(path)}/words`;
}
