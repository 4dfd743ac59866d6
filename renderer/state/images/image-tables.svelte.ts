/** The open projects' image columns, word scores and words, read once and shared by the pages. */
import { createContext } from 'svelte';
import type { ProjectKey, WordList } from '../../../preload/contract/index.ts';
import type { Client } from '../../transport/index.ts';
import { RecentCache } from '../recent-cache.ts';
import type { WordScores } from './image-filter.ts';
import type { ImageTable } from './image-table.ts';
import { createImageTable } from './image-table.ts';

/** Projects whose columns are kept: 100,000 images are about 20 MB. */
const KEPT_PROJECTS = 3;
/** Score columns kept: 100,000 images are 400 kB each. */
const KEPT_SCORES = 16;

/** Reads and keeps; a failed reading is tried again when it is asked for again. */
export class ImageTables {
  readonly #client: Client;
  readonly #tables = new RecentCache<ProjectKey, ImageTable>(KEPT_PROJECTS);
  readonly #words = new RecentCache<ProjectKey, WordList>(KEPT_PROJECTS);
  /** By 'p1 12': project and word. */
  readonly #scores = new RecentCache<string, WordScores>(KEPT_SCORES);
  #version = $state(0);

  constructor(client: Client) {
    this.#client = client;
    client.on('run', (event) => {
      if (event.kind === 'ended') this.forget(event.project);
    });
    client.on('journal', ({ project }) => {
      // Names, and scores of merged and split words; the images themselves stay.
      this.#words.forget((key) => key === project);
      this.#scores.forget((key) => key.startsWith(`${project} `));
    });
  }

  /** Grows when something that was read is no longer true: read again then. */
  get version(): number {
    return this.#version;
  }

  /** All images of a project. @throws CallError */
  table(project: ProjectKey): Promise<ImageTable> {
    return this.#tables.get(project, async () =>
      createImageTable(await this.#client.call('images.columns', { project })),
    );
  }

  /** The words of the newest run. @throws CallError */
  words(project: ProjectKey): Promise<WordList> {
    return this.#words.get(project, () => this.#client.call('words.list', { project }));
  }

  /** One word's scores in every image. @throws CallError */
  wordScores(project: ProjectKey, index: number): Promise<WordScores> {
    return this.#scores.get(`${project} ${index}`, () => this.#client.call('images.wordScores', { project, index }));
  }

  /** Reads everything of a project again when it is asked for. */
  forget(project: ProjectKey): void {
    this.#tables.forget((key) => key === project);
    this.#words.forget((key) => key === project);
    this.#scores.forget((key) => key.startsWith(`${project} `));
    this.#version++;
  }
}

/** The images that all pages share; provided by App.svelte. */
export const [getImageTables, provideImageTables] = createContext<ImageTables>();
