/** Edits on their way: shown at once, kept when they fail. Pure: every change is a new value. */
import type { WordCard, WordEdit } from '../../../preload/contract/index.ts';

/** How far the edit of a word is. */
export type SaveState =
  | { readonly kind: 'saving'; readonly edit: WordEdit }
  | { readonly kind: 'saved' }
  | { readonly kind: 'failed'; readonly edit: WordEdit; readonly message: string };

/** By index of the word. */
export type Saves = ReadonlyMap<number, SaveState>;

export const NO_SAVES: Saves = new Map();

/** Edits are sent; what failed earlier for the same words goes along, so that a second try loses nothing. */
export function beginSaving(saves: Saves, edits: readonly WordEdit[]): Saves {
  // "saved" is said of the last action only.
  const next = new Map([...saves].filter(([, state]) => state.kind !== 'saved'));
  for (const edit of edits) {
    const earlier = next.get(edit.index);
    const kept = earlier === undefined || earlier.kind === 'saved' ? {} : earlier.edit;
    next.set(edit.index, { kind: 'saving', edit: { ...kept, ...edit } });
  }
  return next;
}

/** The edits were kept; one that changed again meanwhile goes on saving. */
export function endSaving(saves: Saves, edits: readonly WordEdit[]): Saves {
  const next = new Map(saves);
  for (const edit of edits) {
    const state = next.get(edit.index);
    if (state?.kind === 'saving' && state.edit === edit) next.set(edit.index, { kind: 'saved' });
  }
  return next;
}

/** The edits were not kept, and nothing of them is lost. */
export function failSaving(saves: Saves, edits: readonly WordEdit[], message: string): Saves {
  const next = new Map(saves);
  for (const edit of edits) {
    const state = next.get(edit.index);
    if (state?.kind === 'saving' && state.edit === edit) next.set(edit.index, { kind: 'failed', edit, message });
  }
  return next;
}

/** Gives up what failed for a word. */
export function discard(saves: Saves, index: number): Saves {
  const next = new Map(saves);
  next.delete(index);
  return next;
}

/** The edits that are on their way for these words, as they must be sent. */
export function editsOf(saves: Saves, indices: readonly number[]): readonly WordEdit[] {
  return indices.flatMap((index) => {
    const state = saves.get(index);
    return state === undefined || state.kind === 'saved' ? [] : [state.edit];
  });
}

/** Words as they will be: edits that are not kept yet laid over them. */
export function withEdits(words: readonly WordCard[], saves: Saves): readonly WordCard[] {
  if (![...saves.values()].some((state) => state.kind !== 'saved')) return words;
  return words.map((word) => {
    const state = saves.get(word.index);
    if (state === undefined || state.kind === 'saved') return word;
    const { name, status, note, tags, isExcluded } = state.edit;
    return {
      ...word,
      ...(name === undefined ? {} : { name }),
      ...(status === undefined ? {} : { status }),
      ...(note === undefined ? {} : { note }),
      ...(tags === undefined ? {} : { tags }),
      ...(isExcluded === undefined ? {} : { isExcluded }),
    };
  });
}
