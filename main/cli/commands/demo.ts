/** vislex demo: the main job on generated data whose truth is known. */
import type { AddCommand, CommonOptions } from '../command.ts';
import { demoText } from '../text/demo.ts';
import { pathFrom } from '../values.ts';

/** Adds `demo`. */
export const addDemo: AddCommand = (program, session) => {
  const command = program
    .command('demo')
    .summary('run the main job on generated data')
    .description(
      'Draws images with known parts, trains a small model, learns its words, and compares them with the truth.',
    )
    .argument('[folder]', "folder to write to (default: in the user's data folder)", pathFrom(session.world.folder));
  session.addCommonOptions(command).action((folder: string | undefined, options: CommonOptions) =>
    session.run(options, async (services, hooks) => {
      const report = await services.demo(folder, hooks);
      return { json: report, text: () => demoText(report, session.world.output) };
    }),
  );
};
