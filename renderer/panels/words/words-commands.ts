/** Every action of the words page as a command: for the keyboard, the palette and the shortcut sheet. */
import type { Command } from '../../state/commands.svelte.ts';
import { STATUS_KEYS } from '../../state/words/actions.svelte.ts';
import type { WordsPage } from '../../state/words/context.ts';
import { VIEWS } from '../../state/words/gallery.svelte.ts';
import { SORT_KEYS } from '../../state/words/sort.ts';
import { lensText } from '../../text/en/lenses.ts';
import { wordsText } from '../../text/en/words.ts';

/** What commands need of the page itself. */
export interface CommandSurface {
  /** Columns of the gallery, for moving up and down. */
  readonly columns: () => number;
  readonly focusSearch: () => void;
  readonly openDetail: () => void;
  /** True while the keyboard is in the gallery: Tab then goes through the evidence. */
  readonly isInGallery: () => boolean;
  /** True on a word's own page, where the gallery is away. */
  readonly isDetail: () => boolean;
}

/** The commands of the page. */
export function wordsCommands(page: WordsPage, surface: CommandSurface): readonly Command[] {
  const { gallery, naming, evidence, actions, lightbox } = page;
  const text = wordsText.commands;
  const { group } = text;
  const hasWord = () => gallery.cursor !== null;
  const canEdit = () => page.lock === null && hasWord();
  const rows = () => (gallery.view === 'grid' ? surface.columns() : 1);
  const isGrid = () => !surface.isDetail();

  const moves = [
    { id: 'words.next', title: text.next, shortcut: ['J', 'ArrowRight'], run: () => gallery.move(1) },
    { id: 'words.previous', title: text.previous, shortcut: ['K', 'ArrowLeft'], run: () => gallery.move(-1) },
    { id: 'words.below', title: text.down, shortcut: 'ArrowDown', run: () => gallery.move(rows()) },
    { id: 'words.above', title: text.up, shortcut: 'ArrowUp', run: () => gallery.move(-rows()) },
    {
      id: 'words.extendNext',
      title: text.extendNext,
      shortcut: ['Shift+J', 'Shift+ArrowRight'],
      run: () => gallery.move(1, true),
    },
    {
      id: 'words.extendPrevious',
      title: text.extendPrevious,
      shortcut: ['Shift+K', 'Shift+ArrowLeft'],
      run: () => gallery.move(-1, true),
    },
    { id: 'words.extendBelow', title: text.down, shortcut: 'Shift+ArrowDown', run: () => gallery.move(rows(), true) },
    { id: 'words.extendAbove', title: text.up, shortcut: 'Shift+ArrowUp', run: () => gallery.move(-rows(), true) },
  ].map((move): Command => ({ ...move, group, isHidden: true }));

  const statuses = STATUS_KEYS.map((status, rank): Command => ({
    id: `words.status.${status}`,
    title: wordsText.setStatus(lensText.status[status]),
    group,
    shortcut: String(rank + 1),
    isEnabled: canEdit,
    run: () => void actions.setStatus(status),
  }));
  const views = VIEWS.map((view): Command => ({
    id: `words.view.${view}`,
    title: text.view(wordsText.views[view]),
    group,
    isEnabled: () => isGrid() && gallery.view !== view,
    run: () => gallery.setView(view),
  }));
  const sorts = SORT_KEYS.map((key): Command => ({
    id: `words.sort.${key}`,
    title: text.sortBy(wordsText.sorts[key]),
    group,
    isEnabled: isGrid,
    run: () => gallery.setSort({ key, isReversed: false }),
  }));

  return [
    ...moves,
    {
      id: 'words.name',
      title: text.name,
      group,
      shortcut: ['Enter', 'F2'],
      isEnabled: canEdit,
      run: () => naming.begin(gallery.cursor!, { place: namePlace(page, surface) }),
    },
    {
      id: 'words.nameNext',
      title: text.nameNext,
      group,
      isEnabled: canEdit,
      run: () => {
        if (gallery.moveToUnnamed()) naming.begin(gallery.cursor!, { place: namePlace(page, surface) });
      },
    },
    ...statuses,
    {
      id: 'words.merge',
      title: wordsText.merge,
      group,
      shortcut: 'M',
      isEnabled: canEdit,
      run: () => void actions.merge(),
    },
    {
      id: 'words.exclude',
      title: `${wordsText.exclude} / ${wordsText.include.toLowerCase()}`,
      group,
      shortcut: 'X',
      isEnabled: canEdit,
      run: () => void actions.exclude(),
    },
    { id: 'words.split', title: wordsText.split, group, isEnabled: canEdit, run: () => void actions.split() },
    {
      id: 'words.takeApart',
      title: `${wordsText.separate} / ${wordsText.rejoin.toLowerCase()}`,
      group,
      isEnabled: () =>
        canEdit() && ((gallery.cursorWord?.members.length ?? 0) > 0 || gallery.cursorWord?.splitFrom !== null),
      run: () => void actions.takeApart(),
    },
    // The frame's commands of the same names take back as well; these answer with the words changed.
    {
      id: 'words.undo',
      title: wordsText.undo,
      group,
      shortcut: ['Z', 'Mod+Z'],
      isEnabled: () => page.lock === null,
      run: () => void actions.undo(),
    },
    {
      id: 'words.redo',
      title: wordsText.redo,
      group,
      shortcut: ['Shift+Z', 'Mod+Shift+Z', 'Mod+Y'],
      isEnabled: () => page.lock === null,
      run: () => void actions.redo(),
    },
    {
      id: 'words.markAll',
      title: text.markAll,
      group,
      shortcut: ['A', 'Mod+A'],
      isEnabled: isGrid,
      run: () => gallery.markAll(),
    },
    {
      id: 'words.unmark',
      title: text.escape,
      group,
      shortcut: 'Escape',
      isEnabled: () => gallery.marked.size > 0,
      run: () => gallery.unmark(),
    },
    {
      id: 'words.large',
      title: text.large,
      group,
      shortcut: 'Space',
      isEnabled: hasWord,
      run: () => gallery.cursorWord && lightbox.open([gallery.cursorWord.pushed, ...gallery.cursorWord.top], 0),
    },
    { id: 'words.search', title: text.search, group, shortcut: '/', isEnabled: isGrid, run: surface.focusSearch },
    {
      id: 'words.nextTab',
      title: text.nextTab,
      group,
      shortcut: 'Tab',
      isEnabled: surface.isInGallery,
      run: () => evidence.cycle(1),
    },
    {
      id: 'words.resort',
      title: text.resort,
      group,
      shortcut: 'Shift+R',
      isEnabled: isGrid,
      run: () => gallery.refresh(),
    },
    {
      id: 'words.detail',
      title: text.detail,
      group,
      shortcut: 'Shift+Enter',
      isEnabled: hasWord,
      run: surface.openDetail,
    },
    {
      id: 'words.unnamed',
      title: text.unnamed,
      group,
      isEnabled: isGrid,
      run: () => gallery.setFilter({ isUnnamed: !gallery.filter.isUnnamed }),
    },
    { id: 'words.clearFilter', title: text.clear, group, isEnabled: isGrid, run: () => gallery.clearFilter() },
    { id: 'words.measure', title: text.measure, group, isEnabled: hasWord, run: () => void evidence.measure() },
    ...views,
    ...sorts,
  ];
}

/** Where a name is typed: on the card where there are cards. */
export function namePlace(page: WordsPage, surface: Pick<CommandSurface, 'isDetail'>): 'card' | 'inspector' {
  return surface.isDetail() || page.gallery.view === 'map' ? 'inspector' : 'card';
}
