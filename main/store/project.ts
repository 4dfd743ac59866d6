/** What a project can be asked (ProjectReader) and told (ProjectWriter): two distinct types, so that reading code cannot write. */
import type { ChangeSet } from './changes.ts';
import type {
  ActivationRecord,
  BaseOutputRecord,
  CheckpointRecord,
  CompactActivationRecord,
  EvaluationRecord,
  HistogramRecord,
  ImageColumn,
  ImageCount,
  ImageFilter,
  ImageRecord,
  Json,
  JsonObject,
  LossPoint,
  ModelRecord,
  NewEvaluation,
  NewImage,
  NewModel,
  NewRun,
  NewThumbnail,
  NewWord,
  NewWordSplit,
  PatchKind,
  PatchRecord,
  ProjectRecord,
  RunRecord,
  ScoreRecord,
  Split,
  WordModelRecord,
  WordRecord,
  WordRemarks,
  WordSplitRecord,
  WordStatus,
} from './records.ts';

/** How an entry of the journal came about: 'record' = fact, not reversible; the others carry a change set. */
export type JournalKind = 'record' | 'change' | 'undo' | 'redo';

/** One entry of the journal. */
export interface JournalEntry {
  /** 1, 2, 3, ... without a gap. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly actor: string;
  /** What was done, such as 'word.rename'. */
  readonly action: string;
  readonly kind: JournalKind;
  /** For 'undo' and 'redo': the entry that is undone or done again. */
  readonly target: number | null;
  readonly payload: JsonObject;
  /** Empty for the first entry. */
  readonly previousHash: string;
  /** SHA-256(previousHash + canonical JSON of the other fields), lower-case hexadecimal. */
  readonly hash: string;
}

/** Newest entry of the journal: printed in every report. */
export interface JournalHead {
  readonly seq: number;
  readonly hash: string;
}

/** One check of `verify`, with the first broken thing it found. */
export interface VerifyCheck {
  /** 'schema', 'integrity', 'foreign-keys', 'journal', 'state', 'splits', 'facts', 'blobs', 'orphans'. */
  readonly name: string;
  readonly isOk: boolean;
  /** How many things were looked at. */
  readonly checked: number;
  /** Names the first broken thing; null when all is well. */
  readonly broken: string | null;
}

/** Result of `verify`. */
export interface VerifyReport {
  readonly isOk: boolean;
  readonly checks: readonly VerifyCheck[];
  /** The first broken thing of the first failed check; null when all is well. */
  readonly firstBroken: string | null;
  readonly journalHead: JournalHead;
}

/** Which words to list. */
export interface WordQuery {
  readonly runId: number;
  /** Default 0. */
  readonly offset?: number;
  /** Default 50. */
  readonly limit?: number;
  readonly status?: WordStatus;
  /** Only words whose name, note or tags hold this text, whatever its case. */
  readonly search?: string;
  /** Patches kept per word and kind; default 10, 0 for none. */
  readonly patchesPerKind?: number;
  /** Default: all kinds. */
  readonly patchKinds?: readonly PatchKind[];
}

/** One page of words, in the order of their index. */
export interface WordPage {
  /** Words that match, on all pages. */
  readonly total: number;
  readonly words: readonly (WordRecord & { readonly patches: readonly PatchRecord[] })[];
}

/** Reads settings, each a JSON value. Known keys: 'imageFolder' (absolute path that image paths start from). */
export interface SettingsReader {
  /** The value, or undefined when never set. */
  get(key: string): Json | undefined;
  all(): Readonly<Record<string, Json>>;
}

/** Reads base models. */
export interface ModelsReader {
  /** The project's present model, or undefined before one is imported. */
  current(): ModelRecord | undefined;
  /** @throws StoreError 'not-found' */
  get(modelId: number): ModelRecord;
  /** Logits of the base model, in the order asked for; undefined where not stored. */
  outputs(modelId: number, imageIds: readonly number[]): readonly (BaseOutputRecord | undefined)[];
  /** How many images have logits of this model. */
  outputCount(modelId: number): number;
}

/** Reads images. */
export interface ImagesReader {
  /** @throws StoreError 'not-found' */
  get(imageId: number): ImageRecord;
  byPath(path: string): ImageRecord | undefined;
  /** Images with this content, the original first. */
  bySha256(sha256: string): readonly ImageRecord[];
  /** In the order of imageId; `limit` default: all. */
  list(filter?: ImageFilter, page?: { readonly offset?: number; readonly limit?: number }): readonly ImageRecord[];
  /** Identifiers only, in order: cheap for 100,000 images. */
  ids(filter?: ImageFilter): readonly number[];
  counts(): readonly ImageCount[];
  /** JPEG bytes, or undefined when there is none. */
  thumbnail(imageId: number): Uint8Array | undefined;
  thumbnails(imageIds: readonly number[]): ReadonlyMap<number, Uint8Array>;
  /** SHA-256 over the content hashes of all 'ok' images, sorted: the identity of the data. */
  contentRoot(): string;
}

/** Reads runs and what they left. */
export interface RunsReader {
  /** @throws StoreError 'not-found' */
  get(runId: number): RunRecord;
  /** Newest first. */
  list(): readonly RunRecord[];
  /** The newest run that is done, or undefined. */
  latestDone(): RunRecord | undefined;
  losses(runId: number, name?: string): readonly LossPoint[];
  checkpoint(runId: number): CheckpointRecord | undefined;
  /** Checked against its hash. @throws StoreError 'corrupt' */
  wordModel(runId: number): WordModelRecord | undefined;
  /** Newest first. */
  evaluations(runId: number, split?: Split): readonly EvaluationRecord[];
}

/** Reads words and their patches. */
export interface WordsReader {
  /** @throws StoreError 'not-found' */
  get(runId: number, wordIndex: number): WordRecord;
  page(query: WordQuery): WordPage;
  patches(runId: number, wordIndex: number, kind?: PatchKind): readonly PatchRecord[];
  /** What people said about every word of a run, children included, in the order of their index: cheap for 1,000 words. */
  remarks(runId: number): readonly WordRemarks[];
  /** Every division of the run, also of words that were put together again. */
  splits(runId: number): readonly WordSplitRecord[];
  /** Patches of some words of a run, by word, kind and rank, at most `perKind` of each kind. */
  patchesOf(runId: number, wordIndices: readonly number[], perKind: number): readonly PatchRecord[];
  /** Journal entries that touched this word, newest first. */
  history(runId: number, wordIndex: number): readonly JournalEntry[];
}

/** Reads scores and activation maps of a run. */
export interface ActivationsReader {
  scores(runId: number, imageIds: readonly number[]): readonly (ScoreRecord | undefined)[];
  scoreCount(runId: number): number;
  /** Scores of the next images after one, in the order of imageId: page by page through all of them. */
  scorePage(runId: number, after: number, limit: number): readonly Omit<ScoreRecord, 'logits'>[];
  /** One word's score in the next images after one; a child of a split has none of its own. */
  wordScorePage(runId: number, wordIndex: number, after: number, limit: number): ImageColumn<Float32Array>;
  /** The strongest words of the next images after one, strongest first, `count` each (fewer where fewer were kept). */
  strongestPage(runId: number, after: number, limit: number, count: number): ImageColumn<readonly Uint16Array[]>;
  /** Maps of an image as they are stored, without making numbers of them. */
  compact(runId: number, imageId: number): CompactActivationRecord | undefined;
  /** Undefined until they were made. */
  histograms(runId: number): HistogramRecord | undefined;
  get(runId: number, imageId: number): ActivationRecord | undefined;
}

/** Reads the journal. */
export interface JournalReader {
  head(): JournalHead;
  /** Newest first; `limit` default 100; `before`: only entries older than this sequence number. */
  list(page?: { readonly limit?: number; readonly before?: number }): readonly JournalEntry[];
  /** All entries, oldest first, one at a time. */
  iterate(): IterableIterator<JournalEntry>;
  /** Recomputes the whole chain. @throws StoreError 'journal-broken' naming the first broken entry */
  verify(): JournalHead;
  /** The entry that `undo` would undo, or undefined. */
  undoable(): JournalEntry | undefined;
  /** The entry that `redo` would do again, or undefined. */
  redoable(): JournalEntry | undefined;
}

/** Everything a project can be asked. Every method throws StoreError ('corrupt', 'input-output', 'closed'). */
export interface ProjectReader {
  project(): ProjectRecord;
  /** Number of the newest migration applied. */
  schemaVersion(): number;
  readonly settings: SettingsReader;
  readonly models: ModelsReader;
  readonly images: ImagesReader;
  readonly runs: RunsReader;
  readonly words: WordsReader;
  readonly activations: ActivationsReader;
  readonly journal: JournalReader;
  /** Journal chain, SQLite's integrity, references, hashes of all blobs, orphans; reads the whole file. */
  verify(options?: { readonly onCheck?: (check: VerifyCheck) => void }): VerifyReport;
}

/** Writes settings. */
export interface SettingsWriter {
  /** Journalled. */
  set(actor: string, key: string, value: Json): void;
}

/** Writes base models. */
export interface ModelsWriter {
  /** Makes this the project's present model. Journalled. Returns modelId. */
  add(actor: string, model: NewModel): number;
  /** Logits of the base model for a batch of images; replaces earlier ones. Not journalled (recomputable). */
  saveOutputs(modelId: number, outputs: readonly BaseOutputRecord[]): void;
}

/** Writes images. */
export interface ImagesWriter {
  /**
   * Adds images in short transactions of at most 1,000, each journalled with a digest that `verify` recomputes.
   * A path that is stored already with the same content is left as it is. Returns the identifiers, in order.
   * @throws StoreError 'duplicate' when a path is stored with other content
   */
  add(actor: string, images: readonly NewImage[]): readonly number[];
  addThumbnails(thumbnails: readonly (NewThumbnail & { readonly imageId: number })[]): void;
  /** Assigns splits in short transactions, each journalled. */
  assignSplits(actor: string, assignments: readonly { readonly imageId: number; readonly split: Split }[]): void;
}

/** Writes runs and what they leave. */
export interface RunsWriter {
  /** Journalled. Returns runId. */
  plan(actor: string, run: NewRun): number;
  /** 'planned', 'failed', 'cancelled' or an interrupted 'running' -> 'running'. Journalled. */
  start(actor: string, runId: number): void;
  addLosses(runId: number, points: readonly LossPoint[]): void;
  /** Replaces the run's earlier checkpoint. */
  saveCheckpoint(runId: number, step: number, bytes: Uint8Array): void;
  /**
   * Adds words, and patches of words that were added, to the result of a running run, so that a large result can be
   * stored in short transactions. It counts from `finish` on; a run that is started again begins without them.
   */
  addResult(
    runId: number,
    part: { readonly words?: readonly NewWord[]; readonly patches?: readonly PatchRecord[] },
  ): void;
  /**
   * Stores the learned parameters, the words and patches that were not added before, and sets the run to 'done', in one
   * transaction; drops the checkpoint. Journalled with the hashes.
   */
  finish(
    actor: string,
    runId: number,
    result: {
      readonly wordModel: Uint8Array;
      readonly parameterHash: string;
      readonly words?: readonly NewWord[];
      readonly patches?: readonly PatchRecord[];
    },
  ): void;
  /** Keeps the checkpoint, so that the run can be resumed. Journalled. */
  fail(actor: string, runId: number, error: string): void;
  /** Keeps the checkpoint, so that the run can be resumed. Journalled. */
  cancel(actor: string, runId: number): void;
  /** Journalled, reversible. */
  setNotes(actor: string, runId: number, notes: string): void;
  /** Journalled. @throws StoreError 'value-refused' when the parameter hashes differ. Returns evaluationId. */
  addEvaluation(actor: string, evaluation: NewEvaluation): number;
}

/** What people may say about a word; absent fields stay as they are. */
export interface WordEdit {
  /** null takes the name away. At most 200 characters, no control characters; stored in NFC, trimmed. */
  readonly name?: string | null;
  readonly status?: WordStatus;
  /** At most 10,000 characters. */
  readonly note?: string;
  /** At most 50 tags of at most 100 characters each; stored sorted, without repetition. */
  readonly tags?: readonly string[];
  readonly isExcluded?: boolean;
}

/** Writes what people say about words; every call is one transaction, journalled and reversible. */
export interface WordsWriter {
  /** `undefined` when the word has this name already (then nothing is journalled). */
  rename(actor: string, runId: number, wordIndex: number, name: string | null): JournalEntry | undefined;
  /** Several fields in one step; `undefined` when nothing changed (then nothing is journalled). */
  edit(actor: string, runId: number, wordIndex: number, edit: WordEdit): JournalEntry | undefined;
  /** Edits of many words in one step, undone in one step; `undefined` when nothing changed. */
  editMany(
    actor: string,
    runId: number,
    edits: readonly { readonly wordIndex: number; readonly edit: WordEdit }[],
  ): JournalEntry | undefined;
  /**
   * Stores a division with its two children and shows them in the word's place, in one transaction. The children are
   * facts; only that they are shown is reversible. @throws StoreError 'duplicate' when the word was divided before
   */
  addSplit(actor: string, runId: number, split: NewWordSplit): JournalEntry;
  /** Replaces all patches of the run. Journalled with a digest that `verify` recomputes; not reversible. */
  savePatches(actor: string, runId: number, patches: readonly PatchRecord[]): void;
}

/** Writes scores and activation maps of a run; not journalled (recomputable). */
export interface ActivationsWriter {
  saveScores(runId: number, scores: readonly ScoreRecord[]): void;
  save(runId: number, activations: readonly ActivationRecord[]): void;
  saveHistograms(runId: number, histograms: HistogramRecord): void;
}

/** Writes entries of the journal that no other method writes. */
export interface JournalWriter {
  /** A fact worth keeping (export made, report written): not reversible. */
  record(actor: string, action: string, payload: JsonObject): JournalEntry;
  /** Any reversible change, cell by cell; `before` must be the present value. @throws StoreError 'undo-conflict' */
  change(actor: string, action: string, changes: ChangeSet, payload?: JsonObject): JournalEntry;
  /** Undoes the newest change that is not undone. @throws StoreError 'nothing-to-undo' | 'undo-conflict' */
  undo(actor: string): JournalEntry;
  /** Does the newest undone change again. @throws StoreError 'nothing-to-undo' | 'undo-conflict' */
  redo(actor: string): JournalEntry;
}

/**
 * Everything a project can be told. A method returns after its transaction is on the disk; when it throws
 * (StoreError 'disk-full', 'read-only', 'value-refused', ...) nothing of it was kept.
 */
export interface ProjectWriter {
  readonly settings: SettingsWriter;
  readonly models: ModelsWriter;
  readonly images: ImagesWriter;
  readonly runs: RunsWriter;
  readonly words: WordsWriter;
  readonly activations: ActivationsWriter;
  readonly journal: JournalWriter;
  /** Writes a verified copy that opens as it is. @throws StoreError 'backup-failed' | 'project-exists' */
  backup(targetPath: string): void;
}

/** A project opened for reading. */
export interface ReadonlyProject {
  readonly path: string;
  readonly read: ProjectReader;
  /** Idempotent. */
  close(): void;
}

/** A project opened for writing; at most one per file, on the whole machine. */
export interface Project extends ReadonlyProject {
  readonly write: ProjectWriter;
  /**
   * After the file was moved or deleted while it is open: takes into it what SQLite still keeps in the log at its old place,
   * where the moved file would miss it and another file of the old name would be taken for its owner. A disk that takes
   * nothing is logged.
   */
  settle(): void;
}
