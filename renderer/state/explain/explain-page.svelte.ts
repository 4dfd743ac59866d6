/** What the Explain page holds: explanations of the image in view, kept for a step back, and its curves. */
import type {
  Explanation,
  ImageChoice,
  Output,
  PerturbationCurves,
  ProjectKey,
} from '../../../preload/contract/index.ts';
import { CallError } from '../../../preload/contract/index.ts';
import type { Client, JobHandle } from '../../transport/index.ts';
import { RecentCache } from '../recent-cache.ts';
import { idOfImage } from './explain-query.ts';

/** Explanations kept: a few steps back and one ahead. 200 words' maps are about 30 kB. */
const KEPT_EXPLANATIONS = 24;

/** What is asked for. */
export interface Question {
  readonly project: ProjectKey;
  readonly image: ImageChoice;
  /** null: the base model's top class. */
  readonly classIndex: number | null;
  /** Class to compare with; null: none. */
  readonly versus: number | null;
}

/** What is shown. */
export interface Answer {
  readonly question: Question;
  readonly explanation: Explanation;
  /** The explanation of `versus`. */
  readonly other: Explanation | null;
}

/** Insertion and deletion of the image in view. */
export type CurvesStep =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly jobId: number | null }
  | { readonly state: 'done'; readonly curves: PerturbationCurves }
  | { readonly state: 'failed'; readonly error: unknown };

/** The page's explanations. */
export class ExplainPage {
  readonly #client: Client;
  readonly #kept = new RecentCache<string, Explanation>(KEPT_EXPLANATIONS);
  #question: Question | null = $state.raw(null);
  #answer: Answer | null = $state.raw(null);
  #error: unknown = $state.raw(null);
  #curves: CurvesStep = $state.raw({ state: 'none' });
  #job: JobHandle<Output<'explain.curves'>> | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The last question that was answered; another one may be on its way. */
  get answer(): Answer | null {
    return this.#answer;
  }

  /** Why the present question has no answer. */
  get error(): unknown {
    return this.#error;
  }

  /** True while the present question has neither answer nor error. */
  get isLoading(): boolean {
    return this.#question !== null && this.#error === null && this.#answer?.question !== this.#question;
  }

  /** Insertion and deletion. */
  get curves(): CurvesStep {
    return this.#curves;
  }

  /** Explains; of several questions the last counts. */
  async ask(question: Question): Promise<void> {
    this.#question = question;
    this.#error = null;
    this.#dropCurves();
    try {
      const [explanation, other] = await Promise.all([
        this.#explain(question.project, question.image, question.classIndex),
        question.versus === null ? null : this.#explain(question.project, question.image, question.versus),
      ]);
      if (this.#question === question) this.#answer = { question, explanation, other };
    } catch (error) {
      if (this.#question === question) this.#error = error;
    }
  }

  /** Asks again after a failure or a change of words. */
  async retry(): Promise<void> {
    this.#kept.forget();
    if (this.#question !== null) await this.ask({ ...this.#question });
  }

  /** Explains an image that is likely to be looked at next; a failure is told when it is. */
  prefetch(project: ProjectKey, image: ImageChoice): void {
    this.#explain(project, image, null).catch((error: unknown) => {
      if (!(error instanceof CallError)) throw error;
    });
  }

  /** Starts measuring insertion and deletion. */
  async measureCurves(): Promise<void> {
    const question = this.#question;
    if (question === null || this.#curves.state === 'running') return;
    this.#curves = { state: 'running', jobId: null };
    try {
      const { project, image, classIndex } = question;
      const job = await this.#client.start('explain.curves', {
        project,
        image,
        ...(classIndex === null ? {} : { classIndex }),
      });
      this.#job = job;
      if (this.#question !== question) return await job.cancel();
      this.#curves = { state: 'running', jobId: job.jobId };
      const curves = await job.result;
      if (this.#question === question) this.#curves = { state: 'done', curves };
    } catch (error) {
      if (this.#question !== question) return;
      const isCancelled = error instanceof CallError && error.code === 'cancelled';
      this.#curves = isCancelled ? { state: 'none' } : { state: 'failed', error };
    } finally {
      if (this.#question === question) this.#job = null;
    }
  }

  /** Stops measuring. @throws CallError */
  async cancelCurves(): Promise<void> {
    await this.#job?.cancel();
  }

  #dropCurves(): void {
    const job = this.#job;
    this.#job = null;
    this.#curves = { state: 'none' };
    // A measurement of an image that is no longer in view may have ended by itself meanwhile.
    job?.cancel().catch((error: unknown) => {
      if (!(error instanceof CallError)) throw error;
    });
  }

  #explain(project: ProjectKey, image: ImageChoice, classIndex: number | null): Promise<Explanation> {
    const key = `${project} ${idOfImage(image)} ${classIndex ?? ''}`;
    return this.#kept.get(key, () =>
      this.#client.call('explain.image', { project, image, ...(classIndex === null ? {} : { classIndex }) }),
    );
  }
}
