/** vislex redo: make the change again that was undone last. */
import type { AddCommand, CommonOptions } from '../command.ts';
import { historyText } from '../text/history.ts';
import { pathFrom } from '../values.ts';

/** Adds `redo`. */
export const addRedo: AddCommand = (program, session) => {
  const command = program
    .command('redo')
    .summary('make the change again that was undone last')
    .description('Makes the change again that was undone last. It is journalled too.')
    .argument('<project>', 'project file', pathFrom(session.world.folder));
  session.addCommonOptions(command).action((project: string, options: CommonOptions) =>
    session.run(options, async (services) => {
      const line = await services.redo(project);
      return { json: line, text: () => historyText([line]) };
    }),
  );
};
