/** vislex info: a project at a glance. */
import type { AddCommand, CommonOptions } from '../command.ts';
import { projectText } from '../text/project.ts';
import { pathFrom } from '../values.ts';

/** Adds `info`. */
export const addInfo: AddCommand = (program, session) => {
  const command = program
    .command('info')
    .summary('show a project at a glance')
    .description("Shows a project's model, images and runs.")
    .argument('<project>', 'project file', pathFrom(session.world.folder));
  session.addCommonOptions(command).action((project: string, options: CommonOptions) =>
    session.run(options, async (services) => {
      const summary = await services.summarize(project);
      return { json: summary, text: () => projectText(summary, session.world.output) };
    }),
  );
};
