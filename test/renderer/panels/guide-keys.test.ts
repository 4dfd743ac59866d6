/** The guide's tables of keys say what the command registry does: same keys, same names, nothing forgotten. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { frameCommands } from '../../../renderer/panels/frame/frame-commands.ts';
import type { FrameParts } from '../../../renderer/panels/frame/frame-commands.ts';
import { wordsCommands } from '../../../renderer/panels/words/words-commands.ts';
import { shortcutsOf } from '../../../renderer/state/commands.svelte.ts';
import type { Command } from '../../../renderer/state/commands.svelte.ts';
import { explainCommands } from '../../../renderer/state/explain/explain-commands.ts';
import type { ExplainActions } from '../../../renderer/state/explain/explain-commands.ts';
import { shownKeys } from '../../../renderer/state/shortcuts.ts';
import type { WordsPage } from '../../../renderer/state/words/context.ts';

const chapterOf = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../../resources/guide/${name}.md`), 'utf8');
const namingChapter = chapterOf('naming-words');
const windowChapter = chapterOf('window');

/** Keys of a command as the guide writes them: "G then W", "Ctrl Shift Z". */
function keysOf(command: Command): string {
  const written = shortcutsOf(command).map((shortcut) =>
    shownKeys(shortcut, false)
      .map((press) => press.join(' '))
      .join(' then '),
  );
  return written.join(', ');
}

function tableOf(commands: readonly Command[]): string {
  const rows = commands
    .filter((command) => shortcutsOf(command).length > 0)
    .map((command) => `| ${keysOf(command)} | ${command.title} |`);
  return ['| keys | do |', '|---|---|', ...rows].join('\n');
}

/** The table that follows a heading. */
function tableUnder(chapter: string, heading: string): string {
  const section = chapter.split(`\n## ${heading}\n`)[1];
  if (section === undefined) throw new Error(`no chapter "${heading}"`);
  return /(?:^\|.*\|\n)+/m.exec(section)![0].trim();
}

// Only what is read while the commands are made; nothing of it is run.
const surface = {
  columns: () => 1,
  focusSearch: () => undefined,
  openDetail: () => undefined,
  isInGallery: () => true,
  isDetail: () => false,
};
const anything = {} as unknown;

test.each([
  ['Keys', namingChapter, wordsCommands(anything as WordsPage, surface)],
  ['Keys everywhere', windowChapter, frameCommands(anything as FrameParts)],
  ['Keys of the Explain page', windowChapter, explainCommands(anything as ExplainActions)],
])('%s', (heading, chapter, commands) => {
  expect(tableUnder(chapter, heading)).toBe(tableOf(commands));
});
