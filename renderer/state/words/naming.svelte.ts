/** Naming by keyboard: the field that is open, its text, and where Enter leads. */
import type { GalleryState } from './gallery.svelte.ts';
import { tidyName } from './keys.ts';
import type { WordsState } from './words.svelte.ts';

/** Where the field is: on the card, or in the inspector where there are no cards. */
export type NamePlace = 'card' | 'inspector';

/** The open field; there is one at most. */
export class NamingState {
  readonly #words: WordsState;
  readonly #gallery: GalleryState;
  #index: number | null = $state(null);
  #text = $state('');
  #place: NamePlace = $state('card');
  #isTyped = false;

  constructor(words: WordsState, gallery: GalleryState) {
    this.#words = words;
    this.#gallery = gallery;
  }

  /** The word whose name is typed; null: none. */
  get index(): number | null {
    return this.#index;
  }

  get place(): NamePlace {
    return this.#place;
  }

  /** True when the field was opened by a letter, which it holds already. */
  get isTyped(): boolean {
    return this.#isTyped;
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
  begin(
    index: number,
    { typed, place = this.#place }: { readonly typed?: string; readonly place?: NamePlace } = {},
  ): void {
    if (this.#index === index && this.#place === place) return;
    this.keep();
    if (this.#gallery.cursor !== index) this.#gallery.choose(index);
    this.#index = index;
    this.#place = place;
    this.#isTyped = typed !== undefined;
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
