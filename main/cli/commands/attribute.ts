/** vislex attribute: what several attribution methods say of one image, and how far they agree. */
import { Option } from 'commander';
import { ATTRIBUTION_METHODS } from '../../../preload/contract/index.ts';
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { attributionText } from '../text/attributions.ts';
import { pathFrom, wholeNumber } from '../values.ts';

interface Options extends CommonOptions {
  readonly run?: number;
  readonly class?: string;
  readonly methods?: readonly string[];
  readonly samples?: number;
  readonly seed?: number;
  readonly html?: string;
}

/** Adds `attribute`. */
export const addAttribute: AddCommand = (program, session) => {
  const path = pathFrom(session.world.folder);
  const command = program
    .command('attribute')
    .summary('cross-check an image by other methods')
    .description(
      'Attributes one logit by Grad-CAM, LIME, KernelSHAP, SHAP over words, integrated gradients and occlusion, with the ' +
        "base model's own verdict on each (insertion, deletion) and their agreement.",
    )
    .argument('<project>', 'project file', path)
    .argument('<image>', 'image file, in the project or not', path)
    .option('--methods <names>', `of ${ATTRIBUTION_METHODS.join(', ')}, with commas (default: all)`, (text: string) =>
      text.split(',').map((name) => name.trim()),
    )
    .option('--class <name>', "class to explain (default: the model's top class)")
    .option('--samples <n>', 'images LIME and KernelSHAP may each ask about (default: 400)', wholeNumber(1))
    .option('--seed <n>', 'seed of the samples (default: 1)', wholeNumber(0))
    .option('--run <id>', 'run to use (default: the newest that is done)', wholeNumber(1))
    .addOption(new Option('--html <file>', 'write one HTML file with the maps').argParser(path).conflicts('json'));
  session.addCommonOptions(command).action((project: string, image: string, options: Options) =>
    session.run(options, async (services, hooks) => {
      const { run, class: className, methods, samples, seed, html } = options;
      const choice = given({ runId: run, className, methods, samples, seed });
      const report =
        html === undefined
          ? await services.attribute(project, image, choice, hooks)
          : await services.writeAttributions(project, image, html, choice, hooks);
      return {
        json: report,
        text: () =>
          attributionText(report, session.world.output) + (html === undefined ? '' : `\n\nWith maps: ${html}`),
      };
    }),
  );
};
