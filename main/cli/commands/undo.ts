/** vislex undo: take the last change back. */
import type { AddCommand, CommonOptions } from '../command.ts';
import { historyText } from '../text/history.ts';
import { pathFrom } from '../values.ts';

/** Adds `undo`. */
export const addUndo: AddCommand = (program, session) => {
  const command = program
    .command('undo')
    .summary('take the last change back')
    .description('Takes the last change of the project back. The undo is journalled too.')
    .argument('<project>', 'project file', pathFrom(session.world.folder));
  session.addCommonOptions(command).action((project: string, options: CommonOptions) =>
    session.run(options, async (services) => {
      const line = await services.undo(project);
      return { json: line, text: () => historyText([line]) };
    }),
  );
};
