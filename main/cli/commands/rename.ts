/** vislex rename: gives a word a name. */
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { findWords, WORD_HELP, wordRunOption } from '../find-word.ts';
import { changeText } from '../text/history.ts';
import { pathFrom } from '../values.ts';

interface Options extends CommonOptions {
  readonly run?: number;
}

/** Adds `rename`. */
export const addRename: AddCommand = (program, session) => {
  const command = program
    .command('rename')
    .summary('name a word')
    .description('Gives a word a name. It is journalled and can be undone.')
    .argument('<project>', 'project file', pathFrom(session.world.folder))
    .argument('<word>', WORD_HELP)
    .argument('<name>', 'the new name')
    .addOption(wordRunOption());
  session.addCommonOptions(command).action((project: string, word: string, name: string, options: Options) =>
    session.run(options, async (services) => {
      const choice = given({ runId: options.run });
      const [index] = (await findWords(services, project, [word], choice)) as [number];
      const line = await services.rename(project, index, name, choice);
      return { json: line, text: () => changeText(line, `Word ${index} is named "${name}" already.`) };
    }),
  );
};
