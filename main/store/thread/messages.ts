/** What the reading thread can be asked, and what it answers. */
import type { JournalHead, VerifyReport } from '../project.ts';
import type { StoreErrorCode, StoreErrorDetails } from '../errors.ts';

/** What became of the journal's chain. */
export interface JournalCheck {
  readonly head: JournalHead;
  /** The first broken entry, in words; null when the chain is whole. */
  readonly broken: string | null;
}

/**
 * All usable images as columns of equal length, in the order of their identifiers; every array has a buffer of its own.
 * Classes are -1 where unknown.
 */
export interface ProjectColumns {
  readonly ids: Int32Array<ArrayBuffer>;
  /** 0 train, 1 validation, 2 test, 255 none. */
  readonly splits: Uint8Array<ArrayBuffer>;
  readonly labels: Int16Array<ArrayBuffer>;
  /** Top class of the present base model. */
  readonly basePredictions: Int16Array<ArrayBuffer>;
  /** Softmax probability of that class, 0..1; NaN where unknown. */
  readonly baseConfidences: Float32Array<ArrayBuffer>;
  /** Top class of the run's word model, as it was stored when the run was described; -1 without a run. */
  readonly wordPredictions: Int16Array<ArrayBuffer>;
  /** Paths relative to the image folder, one a line. */
  readonly names: string;
}

/** Scores of some words in all usable images, in the order of their identifiers. */
export interface WordScores {
  readonly ids: Int32Array<ArrayBuffer>;
  /** One column a word, in the order asked for; NaN where an image has no scores. */
  readonly columns: readonly Float32Array<ArrayBuffer>[];
  /** Median over the images of the tenth strongest word's score: from here on a word counts as present. NaN without scores. */
  readonly presentFrom: number;
}

/** By name: what goes in and what comes out. */
export interface Readings {
  readonly verify: { readonly input: { readonly path: string }; readonly output: VerifyReport };
  readonly verifyJournal: { readonly input: { readonly path: string }; readonly output: JournalCheck };
  readonly backUp: {
    readonly input: { readonly path: string; readonly targetPath: string };
    readonly output: { readonly path: string; readonly sizeBytes: number };
  };
  readonly imageColumns: {
    readonly input: { readonly path: string; readonly runId: number | undefined };
    readonly output: ProjectColumns;
  };
  readonly wordScores: {
    readonly input: { readonly path: string; readonly runId: number; readonly words: readonly number[] };
    readonly output: WordScores;
  };
}

export type ReadingName = keyof Readings;

/** Main thread -> reading thread. */
export interface ReadingRequest {
  readonly id: number;
  readonly name: ReadingName;
  readonly input: Readings[ReadingName]['input'];
}

/** Reading thread -> main thread. */
export type ReadingReply =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly refusal: StoreRefusal }
  | { readonly id: number; readonly bug: string };

/** A StoreError as plain data. */
export interface StoreRefusal {
  readonly code: StoreErrorCode;
  readonly message: string;
  readonly details: StoreErrorDetails;
}
