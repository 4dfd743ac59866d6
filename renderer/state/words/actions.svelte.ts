/** What a person does to the words they look at: one verb per action, each one step of undo. */
import type { ChangeResult, HistoryLine, WordChange, WordStatus } from '../../../preload/contract/index.ts';
import type { EffectState } from './effect.svelte.ts';
import type { GalleryState } from './gallery.svelte.ts';
import { asCallError } from './words.svelte.ts';
import type { WordsState } from './words.svelte.ts';

/** Where the actions report to. */
export interface Reporter {
  /** Something was done and can be taken back. */
  done(line: HistoryLine, effect: EffectState['effect']): void;
  /** An action was taken back or done again. */
  stepped(line: HistoryLine): void;
  /** There was nothing to do. */
  nothing(why: 'undo' | 'redo' | 'merge'): void;
  failed(error: unknown): void;
}

/** Statuses in the order of the number keys. */
export const STATUS_KEYS: readonly WordStatus[] = ['meaningful', 'mixed', 'artefact', 'unknown'];

/** Verbs over the words that are marked, or the one that is looked at. */
export class WordActions {
  readonly #words: WordsState;
  readonly #gallery: GalleryState;
  readonly #effect: EffectState;
  readonly #report: Reporter;
  #busy: string | null = $state(null);

  constructor(words: WordsState, gallery: GalleryState, effect: EffectState, report: Reporter) {
    this.#words = words;
    this.#gallery = gallery;
    this.#effect = effect;
    this.#report = report;
  }

  /** The long action that is under way: 'split'; null: none. */
  get busy(): string | null {
    return this.#busy;
  }

  /** Words that the verbs are about. */
  get targets(): readonly number[] {
    return this.#gallery.targets;
  }

  /** True when every word meant is excluded: the action then takes them in again. */
  readonly areExcluded: boolean = $derived.by(
    () =>
      this.#gallery.targets.length > 0 &&
      this.#gallery.targets.every((index) => this.#words.word(index)?.isExcluded === true),
  );

  async setStatus(status: WordStatus): Promise<void> {
    await this.#words.edit(this.targets.map((index) => ({ index, status })));
  }

  /** Gives the tag to all words meant, or takes it from them when all have it. */
  async toggleTag(tag: string): Promise<void> {
    const words = this.targets.flatMap((index) => this.#words.word(index) ?? []);
    const haveAll = words.every((word) => word.tags.includes(tag));
    await this.#words.edit(
      words.map((word) => ({
        index: word.index,
        tags: haveAll
          ? word.tags.filter((other) => other !== tag)
          : [...word.tags.filter((other) => other !== tag), tag],
      })),
    );
  }

  async setNote(index: number, note: string): Promise<void> {
    await this.#words.edit([{ index, note }]);
  }

  /** Asks what excluding the words would do, or taking them in again; asked twice, it is done. */
  async exclude(): Promise<void> {
    const words = [...this.targets];
    if (words.length === 0) return;
    await this.#askOrApply({ kind: this.areExcluded ? 'include' : 'exclude', words });
  }

  /** Asks what merging the marked words into the one looked at would do; asked twice, it is done. */
  async merge(): Promise<void> {
    const leader = this.#gallery.cursor;
    const members = this.targets.filter((index) => index !== leader);
    if (leader === null || members.length === 0) this.#report.nothing('merge');
    else await this.#askOrApply({ kind: 'merge', leader, members });
  }

  /** Does what was asked about. */
  async apply(): Promise<void> {
    const { change, effect } = this.#effect;
    if (change === null) return;
    this.#effect.close();
    if (change.kind === 'merge') {
      await this.#do(() => this.#words.merge(change.leader, change.members), effect);
      this.#gallery.choose(change.leader);
      return;
    }
    const isExcluded = change.kind === 'exclude';
    const line = await this.#words.edit(change.words.map((index) => ({ index, isExcluded })));
    if (line !== null) this.#report.done(line, effect);
  }

  /** Divides the word looked at by the looks of its patches. */
  async split(): Promise<void> {
    const index = this.#gallery.cursor;
    if (index === null || this.#busy !== null) return;
    this.#busy = 'split';
    await this.#do(() => this.#words.split(index));
    this.#busy = null;
  }

  /** Takes the merged word looked at apart, or puts the split word together that it is a part of. */
  async takeApart(): Promise<void> {
    const word = this.#gallery.cursorWord;
    if (word === null) return;
    const { splitFrom } = word;
    if (word.members.length > 0) await this.#do(() => this.#words.separate(word.index));
    else if (splitFrom !== null) await this.#do(() => this.#words.rejoin(splitFrom));
  }

  async undo(): Promise<void> {
    await this.#step('undo', () => this.#words.undo());
  }

  async redo(): Promise<void> {
    await this.#step('redo', () => this.#words.redo());
  }

  async #askOrApply(change: WordChange): Promise<void> {
    if (JSON.stringify(change) === JSON.stringify(this.#effect.change)) await this.apply();
    else await this.#effect.ask(this.#words.list?.run.id ?? null, change);
  }

  async #do(action: () => Promise<ChangeResult>, effect: EffectState['effect'] = null): Promise<void> {
    try {
      const { line } = await action();
      if (line !== null) this.#report.done(line, effect);
    } catch (error) {
      this.#report.failed(asCallError(error));
    }
  }

  async #step(why: 'undo' | 'redo', action: () => Promise<ChangeResult>): Promise<void> {
    try {
      const { line } = await action();
      if (line === null) this.#report.nothing(why);
      else this.#report.stepped(line);
    } catch (error) {
      this.#report.failed(asCallError(error));
    }
  }
}
