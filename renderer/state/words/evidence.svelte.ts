/** One word in depth: its detail, more patches on demand, what it reacts to, and what the model is without it. */
import type { CallError, PatchEvidence, Sensitivity, WordDetail } from '../../../preload/contract/index.ts';
import type { Client, JobHandle } from '../../transport/index.ts';
import { asCallError } from './words.svelte.ts';

/** Kinds of evidence, in the order of the tabs. */
export const EVIDENCE_TABS = ['pushed', 'top', 'random', 'counter'] as const;
export type EvidenceTab = (typeof EVIDENCE_TABS)[number];

/** Patches read at a time. */
const PAGE = 24;

interface Paged {
  readonly patches: readonly PatchEvidence[];
  /** null until it was asked. */
  readonly total: number | null;
}
const NOTHING: Paged = { patches: [], total: null };

/** Reads details as the cursor comes to rest. */
export class EvidenceState {
  readonly #client: Client;
  readonly #project: string;
  #runId: number | null = null;
  #index: number | null = $state(null);
  #detail: WordDetail | null = $state.raw(null);
  #error: CallError | null = $state.raw(null);
  #tab: EvidenceTab = $state('pushed');
  #pages: Readonly<Partial<Record<EvidenceTab, Paged>>> = $state.raw({});
  #isPaging = $state(false);
  #seed = 0;
  #sensitivity: Sensitivity | null = $state.raw(null);
  #sensitivityError: CallError | null = $state.raw(null);
  #job: JobHandle<Sensitivity> | null = $state.raw(null);

  constructor(client: Client, project: string) {
    this.#client = client;
    this.#project = project;
  }

  /** The word that is looked at. */
  get index(): number | null {
    return this.#index;
  }

  /** Detail of the word; null until read. */
  get detail(): WordDetail | null {
    return this.#detail?.card.index === this.#index ? this.#detail : null;
  }

  get error(): CallError | null {
    return this.#error;
  }

  get tab(): EvidenceTab {
    return this.#tab;
  }

  get isPaging(): boolean {
    return this.#isPaging;
  }

  get sensitivity(): Sensitivity | null {
    return this.#sensitivity;
  }

  get sensitivityError(): CallError | null {
    return this.#sensitivityError;
  }

  get isMeasuring(): boolean {
    return this.#job !== null;
  }

  /** Patches of the tab: the stored ones until more are asked for. */
  readonly patches: readonly PatchEvidence[] = $derived.by(() => {
    const paged = this.#pages[this.#tab]?.patches ?? [];
    return paged.length > 0 ? paged : (this.detail?.patches.filter((patch) => patch.kind === this.#tab) ?? []);
  });

  /** How many patches the tab has in all; null when that was not asked yet. */
  readonly total: number | null = $derived(this.#pages[this.#tab]?.total ?? null);

  readonly canPage: boolean = $derived(
    this.#tab !== 'pushed' && (this.total === null || this.patches.length < this.total),
  );

  /** Looks at a word. What was read of it is kept when it is the same. */
  async show(runId: number | null, index: number): Promise<void> {
    const isOther = index !== this.#index || runId !== this.#runId;
    if (isOther) {
      this.#runId = runId;
      this.#index = index;
      this.#pages = {};
      this.#sensitivity = null;
      this.#sensitivityError = null;
      void this.stopMeasuring();
    }
    try {
      const detail = await this.#client.call('words.get', { ...this.#choice(), index });
      if (index !== this.#index) return;
      this.#detail = detail;
      this.#error = null;
    } catch (error) {
      if (index === this.#index) this.#error = asCallError(error);
    }
  }

  /** Opens a tab; its patches are those stored with the run. */
  open(tab: EvidenceTab): void {
    this.#tab = tab;
  }

  /** The next tab, or the one before; around the end. */
  cycle(by: 1 | -1): void {
    const at = EVIDENCE_TABS.indexOf(this.#tab);
    this.#tab = EVIDENCE_TABS[(at + by + EVIDENCE_TABS.length) % EVIDENCE_TABS.length]!;
  }

  /** Another draw of random patches. */
  async drawAgain(): Promise<void> {
    this.#seed += 1;
    this.#pages = { ...this.#pages, random: NOTHING };
    await this.more();
  }

  /** Reads further patches of the tab. */
  async more(): Promise<void> {
    const [tab, index] = [this.#tab, this.#index];
    if (tab === 'pushed' || index === null || this.#isPaging) return;
    const before = this.#pages[tab] ?? NOTHING;
    this.#isPaging = true;
    try {
      const page = await this.#client.call('words.patches', {
        ...this.#choice(),
        index,
        kind: tab,
        offset: before.patches.length,
        limit: PAGE,
        seed: this.#seed,
      });
      if (index !== this.#index) return;
      this.#pages = { ...this.#pages, [tab]: { patches: [...before.patches, ...page.patches], total: page.total } };
    } catch (error) {
      if (index === this.#index) this.#error = asCallError(error);
    } finally {
      this.#isPaging = false;
    }
  }

  /** Colour or shape? Changes the pictures and looks what stays of the score. */
  async measure(): Promise<void> {
    const index = this.#index;
    if (index === null || this.#job !== null) return;
    this.#sensitivityError = null;
    try {
      const job = await this.#client.start('words.sensitivity', { ...this.#choice(), index });
      this.#job = job;
      const sensitivity = await job.result;
      if (index === this.#index) this.#sensitivity = sensitivity;
    } catch (error) {
      if (index === this.#index) this.#sensitivityError = asCallError(error);
    } finally {
      this.#job = null;
    }
  }

  /** Stops a measurement of a word that is not looked at any more. */
  async stopMeasuring(): Promise<void> {
    const job = this.#job;
    if (job === null) return;
    try {
      await job.cancel();
    } catch (error) {
      // It ended meanwhile: its result is of no use here.
      this.#sensitivityError = asCallError(error);
    }
  }

  #choice() {
    return { project: this.#project, runId: this.#runId };
  }
}
