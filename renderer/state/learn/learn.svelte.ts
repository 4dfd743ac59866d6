/** Learning as the page shows it: what can be chosen, what runs, what every run became. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type {
  CurvePoint,
  DeviceReport,
  EvaluationReport,
  EventOf,
  Input,
  OpenProject,
  PresetSummary,
  PushedWord,
  RunSummary,
} from '../../../preload/contract/index.ts';
import type { Client } from '../../transport/index.ts';
import { Step } from '../step.svelte.ts';
import { withPushed } from './curves.ts';

/** Runs drawn into one chart at most: more lines than colours cannot be told apart. */
export const SHOWN_RUNS = 4;

type LearnInput = Input<'runs.learn'>;

/** One project's learning; `load` fills it, `dispose` ends its listening. */
export class LearnState {
  readonly project: OpenProject;
  readonly devices = new Step<DeviceReport>();
  readonly evaluation = new Step<EvaluationReport>();
  readonly #client: Client;
  readonly #stop: () => void;
  #presets = $state.raw<readonly PresetSummary[]>([]);
  #runs = $state.raw<readonly RunSummary[]>([]);
  #isLoaded = $state(false);
  #evaluatedRun = $state<number>();
  readonly #curves = new SvelteMap<number, readonly CurvePoint[]>();
  readonly #pushed = new SvelteMap<number, readonly PushedWord[]>();
  readonly #reports = new SvelteMap<number, EvaluationReport | null>();
  readonly #shown = new SvelteSet<number>();
  #presetName = $state<string>();
  #wordCount = $state<number>();
  seed = $state(1);
  target = $state<NonNullable<LearnInput['target']>>('base');
  device = $state<NonNullable<LearnInput['device']>>('auto');

  constructor(client: Client, project: OpenProject) {
    this.#client = client;
    this.project = project;
    this.#stop = client.on('run', (event) => {
      if (event.project === project.project) this.#receive(event);
    });
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }
  get presets(): readonly PresetSummary[] {
    return this.#presets;
  }
  /** Newest first. */
  get runs(): readonly RunSummary[] {
    return this.#runs;
  }
  get preset(): PresetSummary | undefined {
    const recommended = this.#presets.find(({ isRecommended }) => isRecommended) ?? this.#presets[0];
    return this.#presets.find(({ name }) => name === this.#presetName) ?? recommended;
  }
  /** The chosen number; the preset's own until one is chosen. */
  get wordCount(): number {
    return this.#wordCount ?? this.preset?.defaultWordCount ?? 0;
  }
  /** The run whose words are being learned, as far as this page was told. */
  get liveRun(): RunSummary | undefined {
    return this.#runs.find(({ status }) => status === 'running' || status === 'planned');
  }
  get evaluatedRun(): number | undefined {
    return this.evaluation.state === 'running' ? this.#evaluatedRun : undefined;
  }

  choosePreset(name: string): void {
    this.#presetName = name;
    this.#wordCount = undefined;
  }
  chooseWordCount(count: number): void {
    this.#wordCount = count;
  }
  curvesOf(runId: number): readonly CurvePoint[] {
    return this.#curves.get(runId) ?? [];
  }
  pushedOf(runId: number): readonly PushedWord[] {
    return this.#pushed.get(runId) ?? [];
  }
  /** undefined: not asked yet; null: not evaluated. */
  reportOf(runId: number): EvaluationReport | null | undefined {
    return this.#reports.get(runId);
  }
  isShown(runId: number): boolean {
    return this.#shown.has(runId);
  }
  /** Runs in the charts, oldest first. */
  get shownRuns(): readonly RunSummary[] {
    return this.#runs.filter(({ id }) => this.#shown.has(id)).toReversed();
  }

  /** Puts a run into the charts or takes it out; the oldest makes room. */
  async toggleShown(runId: number): Promise<void> {
    if (this.#shown.delete(runId)) return;
    const [oldest] = this.#shown;
    if (this.#shown.size >= SHOWN_RUNS && oldest !== undefined) this.#shown.delete(oldest);
    this.#shown.add(runId);
    await this.#readRun(runId);
  }

  async load(): Promise<void> {
    const { project } = this.project;
    const [presets] = await Promise.all([this.#client.call('runs.presets', { project }), this.readRuns()]);
    this.#presets = presets;
    const newest = this.liveRun ?? this.#runs.find(({ status }) => status === 'done');
    if (newest && this.#shown.size === 0) await this.toggleShown(newest.id);
    this.#isLoaded = true;
  }

  /** Reads the list of runs and the reports of those that are done. */
  async readRuns(): Promise<void> {
    const { project } = this.project;
    this.#runs = (await this.#client.call('runs.list', { project })).toSorted((a, b) => b.id - a.id);
    await Promise.all(this.#runs.filter(({ status }) => status === 'done').map(({ id }) => this.#readReport(id)));
  }

  async #readReport(runId: number): Promise<void> {
    if (this.#reports.get(runId)) return;
    const input = { project: this.project.project, runId, split: 'test' } as const;
    this.#reports.set(runId, await this.#client.call('runs.evaluation', input));
  }

  async #readRun(runId: number): Promise<void> {
    const input = { project: this.project.project, runId };
    const [curves, pushed] = await Promise.all([
      this.#client.call('runs.curves', input),
      this.#client.call('runs.pushed', input),
    ]);
    this.#curves.set(runId, curves);
    this.#pushed.set(runId, pushed);
  }

  /** Starts learning with what is chosen. @returns the job's number */
  async learn(): Promise<number> {
    const handle = await this.#client.start('runs.learn', {
      project: this.project.project,
      ...(this.preset === undefined ? {} : { preset: this.preset.name }),
      wordCount: this.wordCount,
      seed: this.seed,
      target: this.target,
      device: this.device,
    });
    // The bottom bar and the panel "Now" show how it ends; here only the list of runs follows.
    void handle.result.then(
      () => this.readRuns(),
      () => this.readRuns(),
    );
    return handle.jobId;
  }

  /** Learns on where a run was stopped: the same plan finds its checkpoint. */
  async goOn(run: RunSummary): Promise<number> {
    this.choosePreset(run.preset);
    this.chooseWordCount(run.wordCount);
    this.seed = run.seed;
    this.target = run.target;
    return this.learn();
  }

  async evaluate(runId: number): Promise<void> {
    this.#evaluatedRun = runId;
    const input = { project: this.project.project, runId, split: 'test' } as const;
    await this.evaluation.run(() => this.#client.start('runs.evaluate', input));
    if (this.evaluation.value) this.#reports.set(runId, this.evaluation.value);
  }

  async probeDevices(): Promise<void> {
    await this.devices.run(() => this.#client.start('runs.devices', {}));
  }

  #receive(event: EventOf<'run'>): void {
    const { runId } = event;
    if (event.kind === 'curves') {
      this.#curves.set(runId, [...this.curvesOf(runId), ...event.points]);
    } else if (event.kind === 'pushed') {
      this.#pushed.set(runId, withPushed(this.pushedOf(runId), event.words));
    }
    if (event.kind === 'ended' || !this.#runs.some(({ id }) => id === runId)) void this.#follow(runId);
  }

  /** A run that this page has not listed yet, or that ended: read the list again and show it. */
  async #follow(runId: number): Promise<void> {
    await this.readRuns();
    if (!this.#shown.has(runId)) await this.toggleShown(runId);
  }

  dispose(): void {
    this.#stop();
  }
}
