/** vislex history: the newest lines of the journal. */
import type { AddCommand, CommonOptions } from '../command.ts';
import { historyText } from '../text/history.ts';
import { pathFrom, wholeNumber } from '../values.ts';

/** As many lines as a terminal shows without scrolling. */
const DEFAULT_LIMIT = 20;

interface Options extends CommonOptions {
  readonly limit: number;
}

/** Adds `history`. */
export const addHistory: AddCommand = (program, session) => {
  const command = program
    .command('history')
    .summary('list who changed what')
    .description('Lists the newest lines of the journal.')
    .argument('<project>', 'project file', pathFrom(session.world.folder))
    .option('--limit <count>', 'how many lines', wholeNumber(1), DEFAULT_LIMIT);
  session.addCommonOptions(command).action((project: string, options: Options) =>
    session.run(options, async (services) => {
      const lines = await services.history(project, options.limit);
      return { json: lines, text: () => historyText(lines) };
    }),
  );
};
