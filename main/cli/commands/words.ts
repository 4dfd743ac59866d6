/** vislex words: the words of a run, as a list or as a contact sheet. */
import { Option } from 'commander';
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { wordSheetText } from '../text/words.ts';
import { pathFrom, wholeNumber } from '../values.ts';

interface Options extends CommonOptions {
  readonly run?: number;
  readonly html?: string;
}

/** Adds `words`. */
export const addWords: AddCommand = (program, session) => {
  const path = pathFrom(session.world.folder);
  const command = program
    .command('words')
    .summary('list the words, or write the contact sheet')
    .description(
      'Lists the words of a run as they were arranged, most important first: merged words as the one that stands for all, ' +
        'with its own figures, a split word as its parts. --html writes them with patches and heatmaps.',
    )
    .argument('<project>', 'project file', path)
    .option('--run <id>', 'run to show (default: the newest that is done)', wholeNumber(1))
    .addOption(
      new Option('--html <folder>', 'write the contact sheet into this folder').argParser(path).conflicts('json'),
    );
  session.addCommonOptions(command).action((project: string, options: Options) =>
    session.run(options, async (services, hooks) => {
      const choice = given({ runId: options.run });
      if (options.html !== undefined) {
        const file = await services.writeContactSheet(project, options.html, choice, hooks);
        return { json: { path: file }, text: () => `Contact sheet: ${file}` };
      }
      const sheet = await services.words(project, choice);
      return { json: sheet, text: () => wordSheetText(sheet, session.world.output) };
    }),
  );
};
