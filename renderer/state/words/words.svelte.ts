/** The words of a run as this window knows them: read, changed at once, kept in step with other windows. */
import { CallError } from '../../../preload/contract/index.ts';
import type {
  ChangeResult,
  EventOf,
  HistoryLine,
  WordCard,
  WordEdit,
  WordList,
} from '../../../preload/contract/index.ts';
import type { Client } from '../../transport/index.ts';
import { byIndex, tagsInUse, withChanged } from './cards.ts';
import { beginSaving, discard, editsOf, endSaving, failSaving, NO_SAVES, withEdits } from './saving.ts';
import type { Saves, SaveState } from './saving.ts';

/** Up to so many words changed elsewhere are read one by one; more with the whole list. */
const READ_SINGLY = 4;

/** Words, edits on their way, and the way back. */
export class WordsState {
  readonly #client: Client;
  readonly #project: string;
  readonly #stop: () => void;
  #list: WordList | null = $state.raw(null);
  #cards: readonly WordCard[] = $state.raw([]);
  #saves: Saves = $state.raw(NO_SAVES);
  #error: CallError | null = $state.raw(null);
  #isLoading = $state(false);
  #loads = $state(0);
  #runId: number | null = null;
  /** Commands go one after the other, in the order of the person's actions. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = $state(0);
  /** Journal entries of this window's own commands. */
  #own: readonly number[] = [];

  /** @param project handle of the open project */
  constructor(client: Client, project: string) {
    this.#client = client;
    this.#project = project;
    this.#stop = client.on('journal', (change) => void this.#hear(change));
  }

  /** Stops listening. */
  dispose(): void {
    this.#stop();
  }

  /** Run, view size and classes; null until read. */
  get list(): WordList | null {
    return this.#list;
  }

  /** Size of the model's input view, px: what boxes and maps refer to; 1 x 1 until read. */
  readonly view = $derived({ width: this.#list?.viewWidthPx ?? 1, height: this.#list?.viewHeightPx ?? 1 });

  /** Why the words could not be read. */
  get error(): CallError | null {
    return this.#error;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** Grows with every reading of a whole list: what is looked at is another. */
  get loads(): number {
    return this.#loads;
  }

  /** The run that is asked for; null: the newest that is done. */
  get runId(): number | null {
    return this.#runId;
  }

  /** All words with the edits that are on their way. */
  readonly words: readonly WordCard[] = $derived.by(() => withEdits(this.#cards, this.#saves));

  readonly #byIndex: ReadonlyMap<number, WordCard> = $derived(byIndex(this.words));

  /** One word; undefined when the run has none of this index. */
  word(index: number): WordCard | undefined {
    return this.#byIndex.get(index);
  }

  /** Every tag in use, most used first. */
  readonly tags: readonly string[] = $derived(tagsInUse(this.words));

  /** How far the last edit of a word is; undefined when there was none. */
  save(index: number): SaveState | undefined {
    return this.#saves.get(index);
  }

  /** True while an edit is on its way: the window should not close yet. */
  get isSaving(): boolean {
    return this.#waiting > 0;
  }

  /** Words whose edit failed. */
  readonly failed: readonly number[] = $derived(
    [...this.#saves].filter(([, state]) => state.kind === 'failed').map(([index]) => index),
  );

  /** Reads the words of a run; null: the newest that is done. Failures are kept in `error`. */
  async load(runId: number | null): Promise<void> {
    this.#runId = runId;
    this.#isLoading = true;
    try {
      const list = await this.#client.call('words.list', { project: this.#project, runId });
      if (runId !== this.#runId) return;
      this.#list = list;
      this.#cards = list.words;
      this.#error = null;
      this.#loads += 1;
    } catch (error) {
      if (runId === this.#runId) this.#error = asCallError(error);
    } finally {
      if (runId === this.#runId) this.#isLoading = false;
    }
  }

  /**
   * Changes words at once and keeps the change; one step of undo however many words.
   * @returns the line of the journal; null when nothing changed or it failed, which `save` tells with the text kept
   */
  async edit(edits: readonly WordEdit[]): Promise<HistoryLine | null> {
    this.#saves = beginSaving(this.#saves, edits);
    const sent = editsOf(
      this.#saves,
      edits.map((edit) => edit.index),
    );
    try {
      const result = await this.#command(() =>
        this.#client.call('words.edit', { ...this.#choice(), edits: [...sent] }),
      );
      this.#saves = endSaving(this.#saves, sent);
      return result.line;
    } catch (error) {
      this.#saves = failSaving(this.#saves, sent, asCallError(error).message);
      return null;
    }
  }

  /** Tries again to keep an edit that failed. */
  async retry(indices: readonly number[]): Promise<void> {
    const edits = editsOf(this.#saves, indices);
    if (edits.length > 0) await this.edit(edits);
  }

  /** Gives up an edit that failed: the word is again as it is kept. */
  discard(index: number): void {
    this.#saves = discard(this.#saves, index);
  }

  /** Shows and counts the members as one word under the leader's name. @throws CallError */
  async merge(leader: number, members: readonly number[]): Promise<ChangeResult> {
    return this.#command(() => this.#client.call('words.merge', { ...this.#choice(), leader, members: [...members] }));
  }

  /** Takes a merged word apart. @throws CallError */
  async separate(leader: number): Promise<ChangeResult> {
    return this.#command(() => this.#client.call('words.separate', { ...this.#choice(), leader }));
  }

  /** Divides a word by the looks of its patches; takes a while. @throws CallError */
  async split(index: number): Promise<ChangeResult> {
    return this.#command(async () => {
      const job = await this.#client.start('words.split', { ...this.#choice(), index });
      return job.result;
    });
  }

  /** Puts a split word together again. @throws CallError */
  async rejoin(index: number): Promise<ChangeResult> {
    return this.#command(() => this.#client.call('words.rejoin', { ...this.#choice(), index }));
  }

  /** Takes the last action back. @throws CallError */
  async undo(): Promise<ChangeResult> {
    return this.#command(() => this.#client.call('history.undo', this.#choice()));
  }

  /** Does again what was taken back. @throws CallError */
  async redo(): Promise<ChangeResult> {
    return this.#command(() => this.#client.call('history.redo', this.#choice()));
  }

  #choice() {
    return { project: this.#project, runId: this.#list?.run.id ?? this.#runId };
  }

  async #command(send: () => Promise<ChangeResult>): Promise<ChangeResult> {
    // Sent before the window draws anything, so that both happen side by side; in turn when another is on its way.
    const turn = this.#waiting === 0 ? send() : this.#last.then(send);
    this.#waiting += 1;
    this.#last = turn.catch(() => undefined);
    try {
      const result = await turn;
      if (result.line !== null) this.#own = [...this.#own, result.line.sequence];
      this.#cards = withChanged(this.#cards, result.words);
      return result;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Another window, the command line, or this window changed something. */
  async #hear(change: EventOf<'journal'>): Promise<void> {
    if (change.project !== this.#project || this.#list === null) return;
    if (change.runId !== null && change.runId !== this.#list.run.id) return;
    // The answer of a command of ours may come after its event.
    await this.#last;
    if (this.#own.includes(change.line.sequence)) {
      this.#own = this.#own.filter((sequence) => sequence > change.line.sequence);
      return;
    }
    try {
      if (change.words !== null && change.words.length <= READ_SINGLY) {
        const details = await Promise.all(
          change.words.map((index) => this.#client.call('words.get', { ...this.#choice(), index })),
        );
        this.#cards = withChanged(
          this.#cards,
          details.map((detail) => detail.card),
        );
      } else {
        const list = await this.#client.call('words.list', this.#choice());
        this.#list = list;
        this.#cards = list.words;
      }
    } catch (error) {
      this.#error = asCallError(error);
    }
  }
}

/** The failure of a call, or of our own code on the way. */
export function asCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CallError({ code: 'internal', message, details: {} });
}
