/** The project in view: its facts and its health, for the bars. */
import type {
  HistoryLine,
  OpenProject,
  ProjectHealth,
  ProjectSummary,
  RunSummary,
} from '../../preload/contract/index.ts';
import type { Client } from '../transport/index.ts';

/** Follows one project at a time. */
export class CurrentProject {
  readonly #client: Client;
  #project: OpenProject | null = $state.raw(null);
  #summary: ProjectSummary | null = $state.raw(null);
  #health: ProjectHealth | null = $state.raw(null);
  #lastLine: HistoryLine | null = $state.raw(null);

  constructor(client: Client) {
    this.#client = client;
    client.on('journal', ({ project, line }) => {
      if (project === this.#project?.project) this.#lastLine = line;
    });
    client.on('run', (event) => {
      if (event.kind === 'ended' && event.project === this.#project?.project) void this.refresh();
    });
  }

  /** null on pages that belong to no project. */
  get project(): OpenProject | null {
    return this.#project;
  }

  /** null until it was read. */
  get summary(): ProjectSummary | null {
    return this.#summary;
  }

  /** null until it was read. */
  get health(): ProjectHealth | null {
    return this.#health;
  }

  /** When something was last kept; null: nothing yet. */
  get savedAt(): string | null {
    return this.#lastLine?.at ?? this.#health?.lastSavedAt ?? null;
  }

  /** The newest finished run; null: nothing is learned yet. */
  get run(): RunSummary | null {
    return this.#summary?.runs.filter((run) => run.status === 'done').sort((a, b) => b.id - a.id)[0] ?? null;
  }

  /** Turns to another project, or to none. */
  show(project: OpenProject | null): void {
    if (project?.project === this.#project?.project) return;
    this.#project = project;
    this.#summary = null;
    this.#health = null;
    this.#lastLine = null;
    void this.refresh();
  }

  /** Reads facts and health again; what cannot be read stays unknown, the page itself tells why. */
  async refresh(): Promise<void> {
    const project = this.#project?.project;
    if (project === undefined) return;
    const [summary, health] = await Promise.allSettled([
      this.#client.call('projects.summary', { project }),
      this.#client.call('projects.health', { project }),
    ]);
    if (this.#project?.project !== project) return;
    if (summary.status === 'fulfilled') this.#summary = summary.value;
    if (health.status === 'fulfilled') this.#health = health.value;
  }
}
