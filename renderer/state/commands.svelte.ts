/** Everything that can be done here and now: one registry feeds the keyboard, the palette and the shortcut sheet. */
import { untrack, type Component } from 'svelte';
import { parseShortcut, ShortcutReader, type Chord } from './shortcuts.ts';

/** One thing a person can do. */
export interface Command {
  /** `topic.verb`; also reached from native menus as 'command:<id>'. */
  readonly id: string;
  /** As the palette shows it: an imperative, 'Undo'. */
  readonly title: string;
  /** Heading in the palette and the shortcut sheet; absent: 'This page'. */
  readonly group?: string;
  /** 'Mod+K', 'G W', 'Shift+Z', '?', 'ArrowLeft'; several when it has several. */
  readonly shortcut?: string | readonly string[];
  readonly icon?: Component;
  /** Other words to find it by in the palette. */
  readonly keywords?: readonly string[];
  /** True: the shortcut also works while the person types in a field or a dialog is open. */
  readonly worksWhileTyping?: boolean;
  /** True: only by keyboard, not in the palette (moving the selection). */
  readonly isHidden?: boolean;
  readonly isEnabled?: () => boolean;
  readonly run: () => void;
}

interface Bound {
  readonly chords: readonly Chord[];
  readonly command: Command;
}

/** The registry; made once, found with getCommands(). */
export class Commands {
  readonly isMac: boolean;
  readonly #reader: ShortcutReader;
  /** Later layers first: a page has the right of way over the frame. */
  #layers: readonly (readonly Command[])[] = $state.raw([]);

  constructor(isMac: boolean) {
    this.isMac = isMac;
    this.#reader = new ShortcutReader(isMac);
  }

  /** Adds commands until the returned function is called; call it in an $effect so that they leave with the page. */
  register(commands: readonly Command[]): () => void {
    for (const command of commands) shortcutsOf(command).forEach(parseShortcut);
    // Untracked: an effect that registers must not run again because something was registered.
    this.#layers = [commands, ...untrack(() => this.#layers)];
    return () => (this.#layers = this.#layers.filter((layer) => layer !== commands));
  }

  /** All, those of the page first; of two with one id the later counts. */
  readonly all: readonly Command[] = $derived.by(() => {
    const commands = this.#layers.flat();
    return commands.filter(({ id }, place) => commands.findIndex((other) => other.id === id) === place);
  });

  /** Runs a command by its id. @returns false when there is none or it is not enabled */
  run(id: string): boolean {
    const command = this.all.find((known) => known.id === id);
    if (!command || command.isEnabled?.() === false) return false;
    command.run();
    return true;
  }

  /** First shortcut of a command, for buttons that do the same; undefined when it has none. */
  shortcutOf(id: string): string | undefined {
    const command = this.all.find((known) => known.id === id);
    return command && shortcutsOf(command)[0];
  }

  /** Takes a key of the window; a key that means something is used up. */
  handleKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const typing = isForField(event) || isInsideFloating(event);
    const bound: Bound[] = this.all
      .filter((command) => command.isEnabled?.() !== false && (!typing || command.worksWhileTyping))
      .flatMap((command) => shortcutsOf(command).map((text) => ({ chords: parseShortcut(text), command })));
    const found = this.#reader.read(event, event.timeStamp, bound);
    if (found === null) return;
    event.preventDefault();
    if (found !== 'begun') found.command.run();
  }
}

/** Every shortcut of a command. */
export function shortcutsOf(command: Command): readonly string[] {
  if (command.shortcut === undefined) return [];
  return typeof command.shortcut === 'string' ? [command.shortcut] : command.shortcut;
}

const TEXT_INPUTS =
  'input:not([type=checkbox], [type=radio], [type=range], [type=button]), textarea, select, [contenteditable]';

/**
 * True for a key that belongs to the control it was pressed in: text, or the press of a focused button. A button with
 * `data-keys="page"` stands for a thing of the page, a card, and leaves Enter and Space to the page's commands.
 */
function isForField(event: KeyboardEvent): boolean {
  if (!(event.target instanceof Element)) return false;
  if (event.target.closest(TEXT_INPUTS)) return true;
  if (event.key === 'Enter' || event.key === ' ') {
    const control = event.target.closest('button, a[href], summary, [role=button], [role=tab], [role=switch]');
    return control !== null && control.getAttribute('data-keys') !== 'page';
  }
  // Sliders, tabs and menus move with arrows, Home and End.
  const moves = /^(Arrow|Home|End|Page)/.test(event.key);
  return moves && event.target.closest('[role=slider], [role=tablist], [role=radiogroup], input[type=range]') !== null;
}

/** True inside something that floats above the page and has keys of its own. */
function isInsideFloating(event: KeyboardEvent): boolean {
  return (
    event.target instanceof Element &&
    event.target.closest('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]') !== null
  );
}
