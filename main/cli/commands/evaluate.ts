/** vislex evaluate: measures a run on a split. */
import { Option } from 'commander';
import type { Split } from '../../../preload/contract/index.ts';
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { evaluationText } from '../text/evaluation.ts';
import { pathFrom, wholeNumber } from '../values.ts';

const SPLITS = ['train', 'validation', 'test'] as const satisfies readonly Split[];

interface Options extends CommonOptions {
  readonly split?: Split;
  readonly run?: number;
  readonly controls: boolean;
}

/** Adds `evaluate`. */
export const addEvaluate: AddCommand = (program, session) => {
  const command = program
    .command('evaluate')
    .summary('measure both fidelities, sharing and the controls')
    .description(
      'Measures a run on a split, beside its controls, and keeps the report. Nothing that was learned changes.',
    )
    .argument('<project>', 'project file', pathFrom(session.world.folder))
    .addOption(new Option('--split <name>', 'images to measure on (default: test)').choices(SPLITS))
    .option('--run <id>', 'run to measure (default: the newest that is done)', wholeNumber(1))
    .option('--no-controls', 'leave out the word controls (random, kmeans), which take most of the time');
  session.addCommonOptions(command).action((project: string, options: Options) =>
    session.run(options, async (services, hooks) => {
      const report = await services.evaluate(
        project,
        given({ split: options.split, runId: options.run, withoutControls: options.controls ? undefined : true }),
        hooks,
      );
      return { json: report, text: () => evaluationText(report, session.world.output) };
    }),
  );
};
