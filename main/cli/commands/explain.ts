/** vislex explain: why the model says what it says about one image. */
import { Option } from 'commander';
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { explanationText } from '../text/explanation.ts';
import { pathFrom, wholeNumber } from '../values.ts';

interface Options extends CommonOptions {
  readonly run?: number;
  readonly class?: string;
  readonly html?: string;
}

/** Adds `explain`. */
export const addExplain: AddCommand = (program, session) => {
  const path = pathFrom(session.world.folder);
  const command = program
    .command('explain')
    .summary('explain one image by words')
    .description("Shows both predictions, every word's contribution, the residual, and the overlap with Grad-CAM.")
    .argument('<project>', 'project file', path)
    .argument('<image>', 'image file, in the project or not', path)
    .option('--class <name>', "class to explain (default: the model's top class)")
    .option('--run <id>', 'run to use (default: the newest that is done)', wholeNumber(1))
    .addOption(new Option('--html <file>', 'write one HTML file with the maps').argParser(path).conflicts('json'));
  session.addCommonOptions(command).action((project: string, image: string, options: Options) =>
    session.run(options, async (services, hooks) => {
      const choice = given({ runId: options.run, className: options.class });
      const { html } = options;
      const explanation =
        html === undefined
          ? await services.explain(project, image, choice, hooks)
          : await services.writeExplanation(project, image, html, choice, hooks);
      return {
        json: explanation,
        text: () =>
          explanationText(explanation, session.world.output) + (html === undefined ? '' : `\n\nWith maps: ${html}`),
      };
    }),
  );
};
