/** What the Images page holds: the table, the scores of the chosen word, the rows that its filter shows. */
import type { ProjectKey } from '../../../preload/contract/index.ts';
import { conditionCount, filterImages } from './image-filter.ts';
import type { WordScores } from './image-filter.ts';
import { sortImages } from './image-sort.ts';
import type { ImageTable } from './image-table.ts';
import type { ImageTables } from './image-tables.svelte.ts';
import type { ImageView } from './filter-query.ts';

/** The page's images under one view, which the address keeps. */
export class ImagesPage {
  readonly #tables: ImageTables;
  readonly #project: () => ProjectKey;
  readonly #view: () => ImageView;
  #table: ImageTable | null = $state.raw(null);
  #error: unknown = $state.raw(null);
  #scores: { readonly word: number; readonly scores: WordScores } | null = $state.raw(null);
  #scoresError: unknown = $state.raw(null);

  /** @param project, view read again whenever they change */
  constructor(tables: ImageTables, project: () => ProjectKey, view: () => ImageView) {
    this.#tables = tables;
    this.#project = project;
    this.#view = view;
  }

  /** null until it was read. */
  get table(): ImageTable | null {
    return this.#table;
  }

  /** Why there is no table. */
  get error(): unknown {
    return this.#error;
  }

  /** Why there are no scores of the chosen word. */
  get scoresError(): unknown {
    return this.#scoresError;
  }

  /** Scores of the chosen word; undefined while they are read or none is chosen. */
  get scores(): WordScores | undefined {
    const { word } = this.#view().filter;
    return this.#scores !== null && this.#scores.word === word ? this.#scores.scores : undefined;
  }

  /** True while the chosen word's scores are on their way. */
  get isWaitingForScores(): boolean {
    return this.#view().filter.word !== null && this.scores === undefined && this.#scoresError === null;
  }

  /** Rows that pass the filter, in its order. */
  readonly rows: Int32Array = $derived.by(() => {
    const table = this.#table;
    if (table === null) return new Int32Array(0);
    const { filter, sort } = this.#view();
    return sortImages(table, filterImages(table, filter, this.scores), sort, this.scores);
  });

  /** Conditions of the filter. */
  readonly conditions: number = $derived.by(() => conditionCount(this.#view().filter));

  /**
   * Reads the table; call in an effect.
   * @param isWanted false once the effect ran again or the page is gone
   */
  async load(isWanted: () => boolean): Promise<void> {
    void this.#tables.version;
    try {
      const table = await this.#tables.table(this.#project());
      if (!isWanted()) return;
      this.#table = table;
      this.#error = null;
    } catch (error) {
      if (isWanted()) this.#error = error;
    }
  }

  /** Reads the scores of the chosen word; call in an effect. */
  async loadScores(isWanted: () => boolean): Promise<void> {
    void this.#tables.version;
    const { word } = this.#view().filter;
    if (word === null) return;
    try {
      const scores = await this.#tables.wordScores(this.#project(), word);
      if (!isWanted()) return;
      this.#scores = { word, scores };
      this.#scoresError = null;
    } catch (error) {
      if (isWanted()) this.#scoresError = error;
    }
  }
}
