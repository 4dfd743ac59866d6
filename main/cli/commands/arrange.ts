/** vislex merge, separate, split, rejoin: which words are one word, and which is two. */
import type { HistoryLine } from '../../../preload/contract/index.ts';
import type { Hooks, RunChoice, Services } from '../../services/index.ts';
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { findWords, WORD_HELP, wordRunOption } from '../find-word.ts';
import { changeText } from '../text/history.ts';
import { pathFrom } from '../values.ts';

interface Options extends CommonOptions {
  readonly run?: number;
}

/** A step about one word. */
interface Step {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** What is said when nothing changed. */
  readonly already: (index: number) => string;
  readonly take: (
    services: Services,
    project: string,
    index: number,
    choice: RunChoice,
    hooks: Hooks,
  ) => Promise<HistoryLine | null>;
}

const STEPS: readonly Step[] = [
  {
    name: 'separate',
    summary: 'take merged words apart',
    description: 'Takes the words that were merged into a word out of it again. It is journalled and can be undone.',
    already: (index) => `No words are merged into word ${index}.`,
    take: (services, project, index, choice) => services.separateWords(project, index, choice),
  },
  {
    name: 'split',
    summary: 'divide a word in two',
    description:
      'Divides a word by the looks of its patches: each image goes to one of two new words, and no decision changes. ' +
      'It is journalled and can be undone.',
    already: (index) => `Word ${index} is split already.`,
    take: (services, project, index, choice, hooks) => services.splitWord(project, index, choice, hooks),
  },
  {
    name: 'rejoin',
    summary: 'put a split word together again',
    description: 'Shows a word that was split as one again. It is journalled and can be undone.',
    already: (index) => `Word ${index} is not split.`,
    take: (services, project, index, choice) => services.rejoinWord(project, index, choice),
  },
];

/** Adds `merge`. */
export const addMerge: AddCommand = (program, session) => {
  const command = program
    .command('merge')
    .summary('state that words mean the same')
    .description(
      'States that words mean the same: from now on they are shown and counted as the first of them. ' +
        'It is journalled and can be undone.',
    )
    .argument('<project>', 'project file', pathFrom(session.world.folder))
    .argument('<leader>', `the word that stands for all: ${WORD_HELP}`)
    .argument('<members...>', 'the words that are merged into it')
    .addOption(wordRunOption());
  session
    .addCommonOptions(command)
    .action((project: string, leader: string, members: readonly string[], options: Options) =>
      session.run(options, async (services) => {
        const choice = given({ runId: options.run });
        const [into, ...merged] = (await findWords(services, project, [leader, ...members], choice)) as [
          number,
          ...number[],
        ];
        const line = await services.mergeWords(project, into, merged, choice);
        return { json: line, text: () => changeText(line, `They are merged into word ${into} already.`) };
      }),
    );
};

/** Adds `separate`, `split` and `rejoin`. */
export const addArrangement: AddCommand = (program, session) => {
  for (const { name, summary, description, already, take } of STEPS) {
    const command = program
      .command(name)
      .summary(summary)
      .description(description)
      .argument('<project>', 'project file', pathFrom(session.world.folder))
      .argument('<word>', WORD_HELP)
      .addOption(wordRunOption());
    session.addCommonOptions(command).action((project: string, word: string, options: Options) =>
      session.run(options, async (services, hooks) => {
        const choice = given({ runId: options.run });
        const [index] = (await findWords(services, project, [word], choice)) as [number];
        const line = await take(services, project, index, choice, hooks);
        return { json: line, text: () => changeText(line, already(index)) };
      }),
    );
  }
};
