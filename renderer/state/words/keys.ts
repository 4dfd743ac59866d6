/** What a key means for naming. Pure; commands with shortcuts of their own are read before by the registry. */

/** The part of a KeyboardEvent that matters. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly isComposing?: boolean;
}

/**
 * The text with which a key begins a name: a letter of any script. null for keys that begin none; digits set the status,
 * and signs are left to shortcuts. 'Process' and 'Dead' come from input methods: naming begins with nothing typed, and
 * the method goes on in the field.
 */
export function beginsName(press: KeyPress): string | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.isComposing || press.key === 'Process' || press.key === 'Dead') return '';
  return /^\p{L}\p{M}*$/u.test(press.key) ? press.key : null;
}

/** What a key does in the field of a name. */
export type FieldAction =
  | { readonly kind: 'save'; readonly by: 1 | -1 }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'move'; readonly by: 1 | -1 }
  | { readonly kind: 'status'; readonly rank: 0 | 1 | 2 | 3 };

/**
 * Enter saves and goes on, Shift+Enter back; Escape cancels. Up and down save and move. Alt and a digit, or a digit
 * alone while nothing is typed, sets the status. null: the key belongs to the text.
 */
export function fieldAction(press: KeyPress & { readonly shiftKey: boolean }, text: string): FieldAction | null {
  if (press.isComposing || press.ctrlKey || press.metaKey) return null;
  if (press.key === 'Enter') return { kind: 'save', by: press.shiftKey ? -1 : 1 };
  if (press.key === 'Escape') return { kind: 'cancel' };
  if (press.key === 'ArrowDown') return { kind: 'move', by: 1 };
  if (press.key === 'ArrowUp') return { kind: 'move', by: -1 };
  const rank = '1234'.indexOf(press.key);
  if (rank >= 0 && press.key.length === 1 && (press.altKey || text === '')) {
    return { kind: 'status', rank: rank as 0 | 1 | 2 | 3 };
  }
  return null;
}

/** A name as it is kept: no spaces around, one space between, null for nothing. */
export function tidyName(text: string): string | null {
  const tidy = text.normalize('NFC').replace(/\s+/g, ' ').trim();
  return tidy === '' ? null : tidy;
}
