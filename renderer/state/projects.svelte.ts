/** Open and recent projects. */
import type { OpenProject, RecentProject } from '../../preload/contract/index.ts';
import type { Client } from '../transport/index.ts';

/** Projects, kept by events. */
export class ProjectsState {
  readonly #client: Client;
  #opened: readonly OpenProject[] = $state.raw([]);
  #recent: readonly RecentProject[] | null = $state.raw(null);

  constructor(client: Client) {
    this.#client = client;
    client.on('projects', (opened) => (this.#opened = opened));
  }

  /** Projects that are open. */
  get opened(): readonly OpenProject[] {
    return this.#opened;
  }

  /** Projects opened before, newest first; null until they were read. */
  get recent(): readonly RecentProject[] | null {
    return this.#recent;
  }

  /** Reads the list of recent projects. @throws CallError */
  async loadRecent(): Promise<void> {
    this.#recent = await this.#client.call('projects.recent', {});
  }

  /** Opens a project, or gives the handle it has. @throws CallError */
  async open(path: string): Promise<OpenProject> {
    const project = await this.#client.call('projects.open', { path });
    this.#opened = [...this.#opened.filter((known) => known.project !== project.project), project];
    return project;
  }

  /** Closes a project; its file stays. @throws CallError */
  async close(project: OpenProject): Promise<void> {
    await this.#client.call('projects.close', { project: project.project });
    this.#opened = this.#opened.filter((known) => known.project !== project.project);
  }

  /** Takes a project off the list; its file stays. @throws CallError */
  async forget(path: string): Promise<void> {
    this.#recent = await this.#client.call('projects.forget', { path });
  }
}
