/** vislex edit: says something of words. */
import { Option } from 'commander';
import type { WordEdit, WordStatus } from '../../../preload/contract/index.ts';
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { findWords, WORD_HELP, wordRunOption } from '../find-word.ts';
import { changeText } from '../text/history.ts';
import { pathFrom } from '../values.ts';

const STATUSES: readonly WordStatus[] = ['meaningful', 'mixed', 'artefact', 'unknown'];

interface Options extends CommonOptions {
  readonly run?: number;
  readonly name?: string;
  readonly status?: WordStatus;
  readonly note?: string;
  /** Absent: as they are; an empty list: none. */
  readonly tag?: readonly string[];
  readonly tags: boolean;
  readonly exclude?: boolean;
  readonly include?: boolean;
}

/** What the options say; undefined where they say nothing. */
function saidBy({ name, status, note, tag, tags, exclude, include }: Options): Omit<WordEdit, 'index'> | undefined {
  const said = given({
    name,
    status,
    note,
    tags: tags ? tag?.slice() : [],
    isExcluded: exclude ? true : include ? false : undefined,
  });
  return Object.keys(said).length === 0 ? undefined : said;
}

/** Adds `edit`. */
export const addEdit: AddCommand = (program, session) => {
  const command = program
    .command('edit')
    .summary('give words a status, a note or tags, or exclude them')
    .description(
      'Says something of one word or of several at once, as one step that is journalled and can be undone. ' +
        'Excluding a merged word excludes the words it is merged with.',
    )
    .argument('<project>', 'project file', pathFrom(session.world.folder))
    .argument('<words...>', WORD_HELP)
    .option('--name <name>', 'name; "" takes it away')
    .addOption(new Option('--status <status>', 'what it shows').choices(STATUSES))
    .option('--note <text>', 'note; "" takes it away')
    .option('--tag <tag>', 'tag, in place of those it has; again for more', (tag, tags: readonly string[] = []) => [
      ...tags,
      tag,
    ])
    .addOption(new Option('--no-tags', 'take all tags away').conflicts('tag'))
    .option('--exclude', 'leave it out of decisions')
    .addOption(new Option('--include', 'take it back into decisions').conflicts('exclude'))
    .addOption(wordRunOption());
  session.addCommonOptions(command).action(async (project: string, words: readonly string[], options: Options) => {
    const said = saidBy(options);
    if (said === undefined) {
      return command.error('Say what to change: --name, --status, --note, --tag, --no-tags, --exclude or --include.');
    }
    await session.run(options, async (services) => {
      const choice = given({ runId: options.run });
      const indices = await findWords(services, project, words, choice);
      const edits = indices.map((index) => ({ index, ...said }));
      const line = await services.editWords(project, edits, choice);
      return { json: line, text: () => changeText(line, 'Nothing changed: it is so already.') };
    });
  });
};
