/** One behaviour, three ways in: what a test does to a project, whichever carrier takes it there. */
import type { WordEdit } from '../../../preload/contract/index.ts';
import type { TinyWorld } from '../tiny-project.ts';

/** How an action was refused: the code, and the sentence that a person reads. */
export interface Refused {
  readonly code: string;
  readonly message: string;
}

/** A line of the history without its time. */
export interface Change {
  readonly sequence: number;
  readonly actor: string;
  readonly action: string;
}

/** What every carrier can do with one project. Refusals are thrown as `Refused`. */
export interface Hands {
  learn(): Promise<{ readonly preset: string; readonly wordCount: number; readonly status: string }>;
  /** Names of the newest run's words, by index. */
  names(): Promise<readonly (string | null)[]>;
  /** null when it had that name already. */
  rename(word: number, name: string): Promise<Change | null>;
  /** Everything else that can be said of a word; null when it is so already. */
  describe(word: number, said: Omit<WordEdit, 'index'>): Promise<Change | null>;
  /** null when they are merged so already. */
  merge(leader: number, members: readonly number[]): Promise<Change | null>;
  /** null when the word stands alone. */
  separate(leader: number): Promise<Change | null>;
  /** null when it is split already. */
  split(word: number): Promise<Change | null>;
  /** null when it is not split. */
  rejoin(word: number): Promise<Change | null>;
  undo(): Promise<Change>;
  redo(): Promise<Change>;
  /** Newest first. */
  history(): Promise<readonly Change[]>;
  /** Recomputes every hash. */
  verify(): Promise<boolean>;
  close(): Promise<void>;
}

/** A carrier, opened on a project. */
export type OpenHands = (world: TinyWorld, path: string) => Promise<Hands>;
