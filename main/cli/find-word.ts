/** Words as a command line names them: by index, or by their present name. */
import { Option } from 'commander';
import type { RunChoice, Services } from '../services/index.ts';
import { CommandError } from './failures.ts';
import { wholeNumber } from './values.ts';

/** How help describes an argument that is read here. */
export const WORD_HELP = 'index of the word, or its present name exactly';

/** The option that chooses the run a word belongs to. */
export function wordRunOption(): Option {
  return new Option('--run <id>', 'run the word belongs to (default: the newest that is done)').argParser(
    wholeNumber(1),
  );
}

/**
 * Indices of words, in the order given.
 * @throws CommandError 'word-not-found' for a name that no word has, or several
 */
export async function findWords(
  services: Services,
  project: string,
  words: readonly string[],
  choice: RunChoice,
): Promise<readonly number[]> {
  const isIndex = (word: string): boolean => /^\d+$/.test(word);
  if (words.every(isIndex)) return words.map(Number);
  const sheet = await services.words(project, choice);
  return words.map((word) => {
    if (isIndex(word)) return Number(word);
    const found = sheet.words.filter(({ name }) => name === word);
    if (found.length === 1) return found[0]!.index;
    throw new CommandError(
      'word-not-found',
      found.length === 0
        ? `No word of run ${sheet.run.id} is named "${word}". "vislex words" lists indices and names.`
        : `${found.length} words of run ${sheet.run.id} are named "${word}": ${found.map(({ index }) => index).join(', ')}. Give the index.`,
    );
  });
}
