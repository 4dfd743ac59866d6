/** Shortcuts as text ('Mod+K', 'G W', 'Shift+Z', '?'): read, matched with key events, and written for people. Pure. */

/** One press. `mod` is Command on a Mac, Control elsewhere. */
export interface Chord {
  readonly key: string;
  readonly mod: boolean;
  readonly alt: boolean;
  /** null: not looked at, for characters that need Shift on some keyboards ('?'). */
  readonly shift: boolean | null;
}

/** The part of a KeyboardEvent that matters. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Names that may be written for keys of one character or with arrows. */
const KEYS: Readonly<Record<string, string>> = { space: ' ', plus: '+', esc: 'Escape' };

/** Reads a shortcut: presses divided by spaces, modifiers joined with +. @throws Error for text that is none */
export function parseShortcut(text: string): readonly Chord[] {
  const presses = text.trim().split(/\s+/);
  return presses.map((press) => {
    const parts = press.split('+');
    const name = parts.pop() ?? '';
    const modifiers = parts.map((part) => part.toLowerCase());
    const unknown = modifiers.find((part) => !['mod', 'alt', 'shift'].includes(part));
    if (name === '' || unknown !== undefined) throw new Error(`internal: "${text}" is no shortcut`);
    const key = KEYS[name.toLowerCase()] ?? name;
    const isCharacter = key.length === 1 && key.toLowerCase() === key.toUpperCase() && key !== ' ';
    const shift = modifiers.includes('shift');
    return {
      key: key.toLowerCase(),
      mod: modifiers.includes('mod'),
      alt: modifiers.includes('alt'),
      shift: isCharacter && !shift ? null : shift,
    };
  });
}

/** True when the press is the chord. */
export function matches(chord: Chord, press: Press, isMac: boolean): boolean {
  const mod = isMac ? press.metaKey : press.ctrlKey;
  const foreign = isMac ? press.ctrlKey : press.metaKey;
  return (
    !foreign &&
    chord.mod === mod &&
    // A character that is typed with AltGr arrives with alt; only letters and names insist on it.
    (chord.shift === null ? !chord.alt || press.altKey : chord.alt === press.altKey) &&
    (chord.shift === null || chord.shift === press.shiftKey) &&
    chord.key === press.key.toLowerCase()
  );
}

/** Longest pause between the presses of a sequence, ms: time enough to think, too short to surprise. */
export const SEQUENCE_MS = 1_200;

/** Remembers the presses of a sequence such as G W. */
export class ShortcutReader {
  readonly #isMac: boolean;
  #pressed: Press[] = [];
  #lastAt = -Infinity;

  constructor(isMac: boolean) {
    this.#isMac = isMac;
  }

  /**
   * Takes a press at a time in ms; `candidates` in the order of their right of way.
   * @returns the completed candidate, 'begun' when some sequence goes on, null when the press means nothing
   */
  read<T extends { readonly chords: readonly Chord[] }>(
    press: Press,
    at: number,
    candidates: readonly T[],
  ): T | 'begun' | null {
    if (['Shift', 'Control', 'Alt', 'Meta'].includes(press.key)) return null;
    const earlier = at - this.#lastAt <= SEQUENCE_MS ? this.#pressed : [];
    this.#lastAt = at;
    // A press that does not continue the sequence may begin another.
    for (const pressed of earlier.length > 0 ? [[...earlier, press], [press]] : [[press]]) {
      const fitting = candidates.filter(
        ({ chords }) =>
          chords.length >= pressed.length && pressed.every((one, index) => matches(chords[index]!, one, this.#isMac)),
      );
      const complete = fitting.find(({ chords }) => chords.length === pressed.length);
      if (complete) {
        this.#pressed = [];
        return complete;
      }
      if (fitting.length > 0) {
        this.#pressed = pressed;
        return 'begun';
      }
    }
    this.#pressed = [];
    return null;
  }
}

const SHOWN: Readonly<Record<string, string>> = {
  ' ': 'Space',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  escape: 'Esc',
  enter: 'Enter',
  backspace: 'Backspace',
  delete: 'Delete',
  tab: 'Tab',
};

/** The shortcut as keys to draw: one list of key names per press. */
export function shownKeys(text: string, isMac: boolean): readonly (readonly string[])[] {
  return parseShortcut(text).map((chord) => [
    ...(chord.mod ? [isMac ? '⌘' : 'Ctrl'] : []),
    ...(chord.alt ? [isMac ? '⌥' : 'Alt'] : []),
    ...(chord.shift ? [isMac ? '⇧' : 'Shift'] : []),
    SHOWN[chord.key] ??
      (chord.key.length === 1 ? chord.key.toUpperCase() : chord.key[0]!.toUpperCase() + chord.key.slice(1)),
  ]);
}

/** The shortcut for `aria-keyshortcuts`; '' for sequences, which it cannot say. */
export function ariaShortcut(text: string, isMac: boolean): string {
  const chords = parseShortcut(text);
  const [chord] = chords;
  if (!chord || chords.length > 1) return '';
  return [
    ...(chord.mod ? [isMac ? 'Meta' : 'Control'] : []),
    ...(chord.alt ? ['Alt'] : []),
    ...(chord.shift ? ['Shift'] : []),
    chord.key === ' ' ? 'Space' : chord.key.length === 1 ? chord.key.toUpperCase() : chord.key,
  ].join('+');
}

/** True where Command is the key that others call Control. */
export function isMacKeyboard(platform: string = navigator.platform): boolean {
  return /^(Mac|iP)/.test(platform);
}
