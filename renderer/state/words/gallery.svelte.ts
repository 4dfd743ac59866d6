/** What of the words is looked at: filter, order, view and selection. The filter and the sort live in the address. */
import { untrack } from 'svelte';
import type { WordCard } from '../../../preload/contract/index.ts';
import { applyFilter, NO_FILTER, readFilter, writeFilter } from './filter.ts';
import type { WordFilter } from './filter.ts';
import { isStale, settleOrder, standsForItself } from './order.ts';
import type { Order } from './order.ts';
import {
  choose,
  extend,
  keepIn,
  markAll,
  markOnly,
  neighbour,
  nextWhere,
  NO_SELECTION,
  targets,
  toggle,
} from './selection.ts';
import type { Selection } from './selection.ts';
import { readSort, sortWords, writeSort } from './sort.ts';
import type { WordSort } from './sort.ts';
import type { WordsState } from './words.svelte.ts';

/** Ways to look at words. */
export const VIEWS = ['grid', 'map', 'table'] as const;
export type View = (typeof VIEWS)[number];

/** The part of the router that the gallery needs. */
export interface Address {
  readonly query: Readonly<Record<string, string>>;
  setQuery(changes: Readonly<Record<string, string | null>>): void;
}

/** The gallery's state; make it while a component is set up. */
export class GalleryState {
  readonly #words: WordsState;
  readonly #address: Address;
  /** Includes words that stand for themselves no more: they keep their place. */
  #kept: Order = $state.raw([]);
  #selection: Selection = $state.raw(NO_SELECTION);
  #settled: readonly WordCard[] = [];
  #shownBefore: Order = [];

  constructor(words: WordsState, address: Address) {
    this.#words = words;
    this.#address = address;
    // Another filter, sort or run is another look; whatever changes in the words themselves waits until asked.
    $effect.pre(() => {
      void [this.#words.loads, this.#filterText, this.#sortText];
      untrack(() => this.refresh());
    });
    $effect.pre(() => {
      const { words: now } = this.#words;
      untrack(() => this.#settle(now));
    });
  }

  readonly #filterText = $derived.by(() => JSON.stringify(writeFilter(readFilter(this.#address.query))));
  readonly #sortText = $derived.by(() => JSON.stringify(writeSort(readSort(this.#address.query))));

  readonly filter: WordFilter = $derived.by(() => readFilter(this.#address.query));
  readonly sort: WordSort = $derived.by(() => readSort(this.#address.query));
  readonly view: View = $derived.by(() => VIEWS.find((view) => view === this.#address.query['view']) ?? 'grid');

  /** Words as a new look would show them. */
  readonly #fresh: Order = $derived.by(() =>
    sortWords(applyFilter(this.#words.words, this.filter), this.sort).map((word) => word.index),
  );

  /** Indices in the order shown. */
  readonly order: Order = $derived.by(() => {
    const isMergedShown = this.filter.merged !== 'hide';
    return this.#kept.filter((index) => {
      const word = this.#words.word(index);
      return word !== undefined && !word.isSplit && (isMergedShown || word.mergedInto === null);
    });
  });

  /** Words in the order shown. */
  readonly shown: readonly WordCard[] = $derived.by(() => this.order.flatMap((index) => this.#words.word(index) ?? []));

  /** Words there are, without those inside other cards. */
  readonly total: number = $derived.by(() => this.#words.words.filter(standsForItself).length);

  /** True when the order shown is not that of the sort any more. */
  readonly isStale: boolean = $derived.by(() => isStale(this.order, this.#fresh));

  /** Which word is looked at. */
  get cursor(): number | null {
    return this.#selection.cursor;
  }

  readonly cursorWord: WordCard | null = $derived.by(() =>
    this.#selection.cursor === null ? null : (this.#words.word(this.#selection.cursor) ?? null),
  );

  get marked(): ReadonlySet<number> {
    return this.#selection.marked;
  }

  /** The words that an action is about. */
  readonly targets: readonly number[] = $derived.by(() => targets(this.#selection, this.order));

  /** Filters and sorts anew. */
  refresh(): void {
    const before = this.order;
    this.#kept = this.#fresh;
    this.#settled = this.#words.words;
    this.#shownBefore = this.order;
    this.#selection = keepIn(this.#selection, before, this.order);
  }

  setFilter(changes: Partial<WordFilter>): void {
    this.#address.setQuery(writeFilter({ ...this.filter, ...changes }));
  }

  clearFilter(): void {
    this.#address.setQuery(writeFilter(NO_FILTER));
  }

  setSort(sort: WordSort): void {
    this.#address.setQuery(writeSort(sort));
  }

  setView(view: View): void {
    this.#address.setQuery({ view: view === 'grid' ? null : view });
  }

  /** Looks at a word; one that the filter leaves out is looked at all the same. */
  choose(index: number | null): void {
    this.#selection = choose(index);
  }

  /** A click on a card with the keys held meanwhile. */
  click(
    index: number,
    held: { readonly shiftKey: boolean; readonly ctrlKey: boolean; readonly metaKey: boolean },
  ): void {
    if (held.shiftKey) this.#selection = extend(this.#selection, index, this.order);
    else if (held.ctrlKey || held.metaKey) this.#selection = toggle(this.#selection, index);
    else this.#selection = choose(index);
  }

  /** Moves the cursor by so many places; `isExtending` marks what lies between. */
  move(by: number, isExtending = false): void {
    const to = neighbour(this.cursor, by, this.order);
    if (to === null) return;
    this.#selection = isExtending ? extend(this.#selection, to, this.order) : choose(to);
  }

  /** Moves to the next word without a name; stays where there is none. @returns whether it moved */
  moveToUnnamed(): boolean {
    const to = nextWhere(this.cursor, this.order, (index) => this.#words.word(index)?.name === null);
    if (to === null) return false;
    this.#selection = choose(to);
    return true;
  }

  markAll(): void {
    this.#selection = markAll(this.#selection, this.order);
  }

  /** Marks these, as a brush on the map does. */
  mark(indices: readonly number[]): void {
    this.#selection = markOnly(indices);
  }

  unmark(): void {
    this.#selection = choose(this.cursor);
  }

  #settle(now: readonly WordCard[]): void {
    if (now === this.#settled) return;
    this.#kept = settleOrder(this.#kept, this.#settled, now, this.#fresh);
    this.#settled = now;
    const before = this.#shownBefore;
    this.#shownBefore = this.order;
    if (isStale(before, this.order)) this.#selection = keepIn(this.#selection, before, this.order);
  }
}
