/** Naming by keyboard: the field that is open, its text, and where Enter leads. */
import type { GalleryState } from './gallery.svelte.ts';
import { tidyName } from './keys.ts';
import type { WordsState } from './words.svelte.ts';

/** The open field; there is one at most. */
export class NamingState {
  readonly #words: WordsState;
  readonly #gallery: GalleryState;
  #index: number | null = $state(null);
  #text = $state('');

  constructor(words: WordsState, gallery: GalleryState) {
    this.#words = words;
    this.#gallery = gallery;
  }

  /** The word whose name is typed; null: none. */
  get index(): number | null {
    return this.#index;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
  }

  /** True when closing the field now would lose something. */
  get isChanged(): boolean {
    return this.#index !== null && tidyName(this.#text) !== this.#nameOf(this.#index);
  }

  /** Opens the field of a word; `typed` replaces its name, absent: the name is there to be changed. */
  begin(index: number, typed?: string): void {
    if (this.#index === index) return;
    this.keep();
    this.#gallery.choose(index);
    this.#index = index;
    this.#text = typed ?? this.#nameOf(index) ?? '';
  }

  /** Closes the field and keeps what changed. */
  keep(): void {
    const index = this.#index;
    if (index === null) return;
    const [name, isChanged] = [tidyName(this.#text), this.isChanged];
    this.#index = null;
    if (isChanged) void this.#words.edit([{ index, name }]);
  }

  /**
   * Enter: keeps the name and opens the field of the next word, the next without a name where only such are shown.
   * At the end of the list the field closes.
   */
  keepAndGo(by: 1 | -1): void {
    const from = this.#index;
    this.keep();
    if (by === 1 && this.#gallery.filter.isUnnamed) {
      if (!this.#gallery.moveToUnnamed()) return;
    } else {
      this.#gallery.move(by);
    }
    const next = this.#gallery.cursor;
    if (next !== null && next !== from) this.begin(next);
  }

  /** Escape: closes the field and forgets what was typed. */
  cancel(): void {
    this.#index = null;
  }

  #nameOf(index: number): string | null {
    return this.#words.word(index)?.name ?? null;
  }
}
