/** The journal of one project, newest first, page by page. */
import type { HistoryLine } from '../../preload/contract/index.ts';
import type { Client } from '../transport/index.ts';

/** Lines read at once. */
const PAGE = 60;

/** Follows one project's journal. */
export class HistoryState {
  readonly #client: Client;
  readonly #project: string;
  #lines: readonly HistoryLine[] | null = $state.raw(null);
  #undoable: HistoryLine | null = $state.raw(null);
  #redoable: HistoryLine | null = $state.raw(null);
  #hasMore = $state(false);

  constructor(client: Client, project: string) {
    this.#client = client;
    this.#project = project;
  }

  /** null until they were read. */
  get lines(): readonly HistoryLine[] | null {
    return this.#lines;
  }

  /** What undo would take back; null: nothing. */
  get undoable(): HistoryLine | null {
    return this.#undoable;
  }

  /** What redo would do again; null: nothing. */
  get redoable(): HistoryLine | null {
    return this.#redoable;
  }

  /** True when there are older lines. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Reads the newest page; pages that were read before and still join on are kept. @throws CallError */
  async load(): Promise<void> {
    const page = await this.#read();
    const oldest = page.lines.at(-1)?.sequence ?? 0;
    const kept = (this.#lines ?? []).filter(({ sequence }) => sequence < oldest);
    if (kept.length === 0) this.#hasMore = page.lines.length === PAGE;
    this.#lines = [...page.lines, ...kept];
    this.#undoable = page.undoable;
    this.#redoable = page.redoable;
  }

  /** Reads the next older page. @throws CallError */
  async loadMore(): Promise<void> {
    const before = this.#lines?.at(-1)?.sequence;
    if (before === undefined) return;
    const page = await this.#read(before);
    this.#hasMore = page.lines.length === PAGE;
    this.#lines = [...(this.#lines ?? []), ...page.lines];
  }

  /** Keeps up with changes made here or in another window. @returns the way to stop */
  follow(onfailure: (error: unknown) => void): () => void {
    return this.#client.on('journal', ({ project }) => {
      if (project === this.#project) this.load().catch(onfailure);
    });
  }

  #read(before?: number) {
    return this.#client.call('history.list', {
      project: this.#project,
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
  }
}
