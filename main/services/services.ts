/** The actions of the application one by one, as the command line calls them; the window goes through application.ts. */
import type {
  Assessment,
  AttributionReport,
  EvaluationReport,
  Explanation,
  HistoryLine,
  ProjectSummary,
  RunSummary,
  Split,
  WordEdit,
  WordSheet,
} from '../../preload/contract/index.ts';
import type { DeviceChoice } from '../jobs/index.ts';
import type { Hooks } from './context.ts';

/** What a new project is made of. */
export interface NewProjectOptions {
  readonly modelPath: string;
  /** Text file, one class name a line; default: `<model>.labels.txt` beside the model, else "class 0", "class 1", ... */
  readonly labelsPath?: string;
  readonly imagesFolder: string;
  /** Folder of PNG masks under the same relative paths as the images; default: `masks` beside the splits, if there. */
  readonly masksFolder?: string;
  /** Name of a preset, or path of a JSON file. Default: the presets are tried on sample images and the best is taken. */
  readonly preprocess?: string;
  /** Tensor at the cut point; default: the last spatial feature map. */
  readonly cut?: string;
}

/** What to learn. */
export interface LearnRequest {
  /** Default 'evidence'. */
  readonly preset?: string;
  /** Default: the preset's. */
  readonly wordCount?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Default 'base'. */
  readonly target?: 'base' | 'top' | 'labels';
  /** Default 'auto'. */
  readonly device?: DeviceChoice;
}

/** Which run to look at; default: the newest one that is done. */
export interface RunChoice {
  readonly runId?: number;
}

/** What to attribute, and with how much. */
export interface AttributeOptions extends RunChoice {
  /** Names of ATTRIBUTION_METHODS. Default: all. */
  readonly methods?: readonly string[];
  /** Class whose logit is explained. Default: the base model's top class. */
  readonly className?: string;
  /** Images that LIME and KernelSHAP may each ask about. Default 400. */
  readonly samples?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** One check of `verify`. */
export interface VerifyLine {
  readonly name: string;
  readonly isOk: boolean;
  readonly checked: number;
  /** The first broken thing; null when all is well. */
  readonly broken: string | null;
}

/** Result of `verify`. */
export interface VerifyResult {
  readonly isOk: boolean;
  readonly checks: readonly VerifyLine[];
  readonly journalHead: string;
}

/** One execution provider as the doctor found it. */
export interface ProviderLine {
  readonly provider: string;
  readonly available: boolean;
  readonly working: boolean;
  readonly stepMs: number | null;
  readonly differenceToCpu: number | null;
  readonly reason: string | null;
}

/** What the doctor found. */
export interface DoctorReport {
  readonly appVersion: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly providers: readonly ProviderLine[];
  /** What `--device auto` would take, and why. */
  readonly chosen: string;
  readonly reason: string;
}

/** How well the demo's words match the truth that was drawn. */
export interface DemoReport {
  readonly folder: string;
  readonly projectPath: string;
  readonly sheetPath: string;
  readonly baseAccuracy: Assessment;
  readonly evaluation: EvaluationReport;
  /** Share of the words' map energy inside true parts, beside what an even map would have. */
  readonly energyInParts: Assessment;
  /** The word that carries the planted shortcut, or null when none does. */
  readonly shortcut: {
    readonly wordIndex: number;
    readonly className: string;
    /** Share of its top patches that touch the sticker, 0..1. */
    readonly share: number;
    readonly energyInSticker: number;
    /** What an even map would have there. */
    readonly stickerShare: number;
  } | null;
  /** How far the base model itself leans on the shortcut, on fresh images. */
  readonly reliance: {
    /** The class whose images carry the sticker. */
    readonly className: string;
    /** Share of its own images without the sticker that are recognised. */
    readonly recognisedWithout: Assessment;
    /** Share of other classes' images called by its name with the sticker pasted in; chance: without the sticker. */
    readonly misledWith: Assessment;
  };
  readonly seconds: number;
}

/** A line of the journal for programs: what it says in words, and the cells it changed. */
export interface JournalLine extends HistoryLine {
  /** Empty for an entry that cannot be taken back. */
  readonly changes: readonly {
    readonly table: string;
    /** Of a word: run and index. */
    readonly key: readonly number[];
    readonly column: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
}

/** The actions. Every method throws EngineError, StoreError, FileError or JobError for what the user can act on. */
export interface Services {
  /** Makes a project: reads the model, proves the preprocessing on samples, imports the images. */
  createProject(path: string, options: NewProjectOptions, hooks?: Hooks): Promise<ProjectSummary>;
  summarize(path: string): Promise<ProjectSummary>;
  /** Extracts what is missing, learns (or resumes the interrupted run with the same request), stores words and patches. */
  learn(path: string, request: LearnRequest, hooks?: Hooks): Promise<RunSummary>;
  /** Measures a run on a split and keeps the report. Default split: 'test'. */
  evaluate(
    path: string,
    options: RunChoice & { readonly split?: Split; readonly withoutControls?: boolean },
    hooks?: Hooks,
  ): Promise<EvaluationReport>;
  words(path: string, options?: RunChoice): Promise<WordSheet>;
  /** Writes the contact sheet into a folder; returns the path of its index.html. */
  writeContactSheet(path: string, folder: string, options?: RunChoice, hooks?: Hooks): Promise<string>;
  explain(
    path: string,
    imagePath: string,
    options?: RunChoice & { readonly className?: string },
    hooks?: Hooks,
  ): Promise<Explanation>;
  /** Explains and writes one self-contained HTML file. */
  writeExplanation(
    path: string,
    imagePath: string,
    htmlPath: string,
    options?: RunChoice & { readonly className?: string },
    hooks?: Hooks,
  ): Promise<Explanation>;
  /** Attributes one logit by several methods; a method that the model does not allow is listed with the reason. */
  attribute(path: string, imagePath: string, options?: AttributeOptions, hooks?: Hooks): Promise<AttributionReport>;
  /** Attributes and writes one self-contained HTML file with the maps. */
  writeAttributions(
    path: string,
    imagePath: string,
    htmlPath: string,
    options?: AttributeOptions,
    hooks?: Hooks,
  ): Promise<AttributionReport>;
  /** @param word index of the word as shown to people */
  rename(path: string, word: number, name: string, options?: RunChoice): Promise<HistoryLine | null>;
  /** Says something of words, in one step; null when nothing changed. Leaving out a merged word leaves out its group. */
  editWords(path: string, edits: readonly WordEdit[], options?: RunChoice): Promise<HistoryLine | null>;
  /** States that words mean the same; null when they are merged so already. */
  mergeWords(
    path: string,
    leader: number,
    members: readonly number[],
    options?: RunChoice,
  ): Promise<HistoryLine | null>;
  /** Takes merged words apart; null for a word that stands alone. */
  separateWords(path: string, leader: number, options?: RunChoice): Promise<HistoryLine | null>;
  /** Divides a word in two by the looks of its patches; null when it is divided already. */
  splitWord(path: string, word: number, options?: RunChoice, hooks?: Hooks): Promise<HistoryLine | null>;
  /** Puts a divided word together again; null when it is not divided. */
  rejoinWord(path: string, word: number, options?: RunChoice): Promise<HistoryLine | null>;
  undo(path: string): Promise<HistoryLine>;
  redo(path: string): Promise<HistoryLine>;
  /** Newest first. */
  history(path: string, limit?: number): Promise<readonly JournalLine[]>;
  exportOnnx(
    path: string,
    outputPath: string,
    options?: RunChoice,
    hooks?: Hooks,
  ): Promise<{ readonly sizeBytes: number; readonly sha256: string; readonly inputName: string }>;
  verify(path: string, hooks?: Hooks): Promise<VerifyResult>;
  doctor(hooks?: Hooks): Promise<DoctorReport>;
  demo(folder: string | undefined, hooks?: Hooks): Promise<DemoReport>;
  /** Ends the compute process. */
  dispose(): Promise<void>;
}
