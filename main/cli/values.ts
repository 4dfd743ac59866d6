/** Reads the values of options; what is not legal is refused with the value quoted (commander adds the option's name). */
import { isAbsolute, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';

/** Makes a reader of whole numbers of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

/** Makes a reader of paths, seen from `folder`. */
export function pathFrom(folder: string): (text: string) => string {
  return (text) => {
    if (text.length === 0) throw new InvalidArgumentError('It must be a path.');
    return isAbsolute(text) ? text : resolve(folder, text);
  };
}

/** Makes a reader of `--preprocess`: the name of a preset stays a name, a JSON file becomes a full path. */
export function presetOrPathFrom(folder: string): (text: string) => string {
  return (text) => (text.endsWith('.json') ? resolve(folder, text) : text);
}
