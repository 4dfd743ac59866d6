/** The new project as it is put together: model, images, preprocessing, place. Each step asks the application. */
import type {
  FolderInspection,
  Input,
  ModelInspection,
  PreprocessingProof,
  ProjectSummary,
} from '../../../preload/contract/index.ts';
import type { Client } from '../../transport/index.ts';
import { Step } from '../step.svelte.ts';
import { suggestedPath } from './suggested-path.ts';

/** Holds the choices; the page shows them. */
export class NewProjectState {
  readonly model = new Step<ModelInspection>();
  readonly folder = new Step<FolderInspection>();
  readonly proof = new Step<PreprocessingProof>();
  readonly creation = new Step<ProjectSummary>();
  readonly #client: Client;
  #modelPath = $state<string>();
  #labelsPath = $state<string>();
  #imagesFolder = $state<string>();
  #cut = $state<string>();
  #preprocess = $state<string>();
  #path = $state<string>();

  constructor(client: Client) {
    this.#client = client;
  }

  get modelPath(): string | undefined {
    return this.#modelPath;
  }
  get labelsPath(): string | undefined {
    return this.#labelsPath ?? this.model.value?.labelsPath ?? undefined;
  }
  get imagesFolder(): string | undefined {
    return this.#imagesFolder;
  }
  /** The chosen cut point; the model's own proposal until one is chosen. */
  get cut(): string | undefined {
    return this.#cut ?? this.model.value?.cutPoint;
  }
  /** The chosen preprocessing; what the proof chose until one is chosen. */
  get preprocess(): string | undefined {
    return this.#preprocess ?? this.proof.value?.chosen;
  }
  /** Where the project will be; suggested beside the images until chosen. */
  get path(): string {
    return this.#path ?? suggestedPath(this.#modelPath, this.#imagesFolder);
  }
  get canCreate(): boolean {
    return this.proof.state === 'done' && this.creation.state !== 'running' && this.path !== '';
  }

  async chooseModel(path: string): Promise<void> {
    this.#modelPath = path;
    this.#labelsPath = undefined;
    await this.#inspectModel();
  }

  async chooseLabels(path: string): Promise<void> {
    this.#labelsPath = path;
    await this.#inspectModel();
  }

  async #inspectModel(): Promise<void> {
    this.#cut = undefined;
    this.#preprocess = undefined;
    this.folder.cancel();
    this.proof.cancel();
    const modelPath = this.#modelPath;
    if (modelPath === undefined) return;
    await this.model.run(() => this.#client.start('projects.inspectModel', { modelPath, ...this.#labels }));
    if (this.model.state === 'done') await this.#inspectFolder();
  }

  async chooseFolder(path: string): Promise<void> {
    this.#imagesFolder = path;
    this.#preprocess = undefined;
    await this.#inspectFolder();
  }

  async #inspectFolder(): Promise<void> {
    const imagesFolder = this.#imagesFolder;
    const modelPath = this.#modelPath;
    this.proof.cancel();
    if (imagesFolder === undefined || modelPath === undefined || this.model.state !== 'done') return;
    const input = { modelPath, imagesFolder, ...this.#labels };
    await this.folder.run(() => this.#client.start('projects.inspectFolder', input));
    if (this.folder.state === 'done') await this.#prove(input);
  }

  async #prove(input: Input<'projects.provePreprocessing'>): Promise<void> {
    await this.proof.run(() => this.#client.start('projects.provePreprocessing', input));
  }

  /** Tries one preprocessing alone, so that its predictions on the samples can be seen. */
  async choosePreprocess(name: string): Promise<void> {
    if (this.#modelPath === undefined || this.#imagesFolder === undefined) return;
    this.#preprocess = name;
    await this.#prove({
      modelPath: this.#modelPath,
      imagesFolder: this.#imagesFolder,
      ...this.#labels,
      preprocess: name,
    });
  }

  chooseCut(tensor: string): void {
    this.#cut = tensor;
  }

  choosePath(path: string): void {
    this.#path = path;
  }

  /** Makes the project; its summary is in `creation` afterwards. */
  async create(): Promise<void> {
    const modelPath = this.#modelPath;
    const imagesFolder = this.#imagesFolder;
    if (modelPath === undefined || imagesFolder === undefined) return;
    const { cut, preprocess, path } = this;
    await this.creation.run(() =>
      this.#client.start('projects.create', {
        path,
        modelPath,
        imagesFolder,
        ...this.#labels,
        ...(cut === undefined ? {} : { cut }),
        ...(preprocess === undefined ? {} : { preprocess }),
      }),
    );
  }

  get #labels(): { labelsPath?: string } {
    return this.#labelsPath === undefined ? {} : { labelsPath: this.#labelsPath };
  }
}
