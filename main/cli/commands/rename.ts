/** vislex rename: gives a word a name. */
import type { Services } from '../../services/index.ts';
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { CommandError } from '../failures.ts';
import { historyText } from '../text/history.ts';
import { pathFrom, wholeNumber } from '../values.ts';

interface Options extends CommonOptions {
  readonly run?: number;
}

/** Index of a word given by its index or its exact name. */
async function findWord(
  services: Services,
  project: string,
  word: string,
  choice: { readonly runId?: number },
): Promise<number> {
  if (/^\d+$/.test(word)) return Number(word);
  const { words, run } = await services.words(project, choice);
  const found = words.filter(({ name }) => name === word);
  if (found.length === 1) return found[0]!.index;
  throw new CommandError(
    'word-not-found',
    found.length === 0
      ? `No word of run ${run.id} is named "${word}". "vislex words" lists indices and names.`
      : `${found.length} words of run ${run.id} are named "${word}": ${found.map(({ index }) => index).join(', ')}. Give the index.`,
  );
}

/** Adds `rename`. */
export const addRename: AddCommand = (program, session) => {
  const command = program
    .command('rename')
    .summary('name a word')
    .description('Gives a word a name. It is journalled and can be undone.')
    .argument('<project>', 'project file', pathFrom(session.world.folder))
    .argument('<word>', 'index of the word, or its present name exactly')
    .argument('<name>', 'the new name')
    .option('--run <id>', 'run the word belongs to (default: the newest that is done)', wholeNumber(1));
  session.addCommonOptions(command).action((project: string, word: string, name: string, options: Options) =>
    session.run(options, async (services) => {
      const choice = given({ runId: options.run });
      const index = await findWord(services, project, word, choice);
      const line = await services.rename(project, index, name, choice);
      return {
        json: line,
        text: () => (line === null ? `Word ${index} is named "${name}" already.` : historyText([line])),
      };
    }),
  );
};
