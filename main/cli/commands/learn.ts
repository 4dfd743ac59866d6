/** vislex learn: learns visual words, or goes on with an interrupted run. */
import { Option } from 'commander';
import type { LearnRequest } from '../../services/index.ts';
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { runText } from '../text/project.ts';
import { pathFrom, wholeNumber } from '../values.ts';

const TARGETS = ['base', 'top', 'labels'] as const satisfies readonly LearnRequest['target'][];
const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const satisfies readonly LearnRequest['device'][];

interface Options extends CommonOptions {
  readonly preset?: string;
  readonly words?: number;
  readonly seed?: number;
  readonly target?: NonNullable<LearnRequest['target']>;
  readonly device?: NonNullable<LearnRequest['device']>;
}

/** Adds `learn`. */
export const addLearn: AddCommand = (program, session) => {
  const command = program
    .command('learn')
    .summary('learn visual words; goes on where it was stopped')
    .description(
      'Extracts features, learns words and keeps them with their patches. Ctrl-C leaves a run to go on with.',
    )
    .argument('<project>', 'project file', pathFrom(session.world.folder))
    .option('--preset <name>', 'how to learn: evidence, parts, reference, kmeans, random (default: evidence)')
    .option('--words <count>', "number of words (default: the preset's)", wholeNumber(1))
    .option('--seed <number>', 'start of the random numbers (default: 1)', wholeNumber(0))
    .addOption(
      new Option('--target <what>', "what to be faithful to (default: base, the model's distribution)").choices(
        TARGETS,
      ),
    )
    .addOption(new Option('--device <name>', 'where to compute (default: auto)').choices(DEVICES));
  session.addCommonOptions(command).action((project: string, options: Options) =>
    session.run(options, async (services, hooks) => {
      const request: LearnRequest = given({
        preset: options.preset,
        wordCount: options.words,
        seed: options.seed,
        target: options.target,
        device: options.device,
      });
      const run = await services.learn(project, request, hooks);
      return { json: run, text: () => runText(run) };
    }),
  );
};
