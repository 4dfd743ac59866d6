/** One step of a form that asks the application something long: empty, under way, done or failed. */
import { CallError } from '../../preload/contract/index.ts';
import type { JobHandle } from '../transport/index.ts';

/** Where a step stands. */
export type StepState = 'empty' | 'running' | 'done' | 'failed';

/** Runs one job at a time; a newer one replaces an older one, whose late answer is then ignored. */
export class Step<T> {
  #state = $state<StepState>('empty');
  #value = $state.raw<T>();
  #error = $state.raw<CallError>();
  #jobId = $state<number>();
  #current: JobHandle<T> | undefined;
  /** Stands for the newest run; undefined when it was cancelled. */
  #token: symbol | undefined;

  get state(): StepState {
    return this.#state;
  }
  /** Of the newest run that is done; undefined otherwise. */
  get value(): T | undefined {
    return this.#value;
  }
  get error(): CallError | undefined {
    return this.#error;
  }
  /** Number of the running job. */
  get jobId(): number | undefined {
    return this.#jobId;
  }

  /** Starts anew; resolves when this run is over or replaced. Failures the user can act on are kept, others thrown. */
  async run(start: () => Promise<JobHandle<T>>): Promise<void> {
    this.cancel();
    this.#state = 'running';
    const token = Symbol('run');
    this.#token = token;
    try {
      const handle = await start();
      if (this.#token !== token) {
        await handle.cancel();
        return;
      }
      this.#current = handle;
      this.#jobId = handle.jobId;
      const value = await handle.result;
      if (this.#token !== token) return;
      this.#value = value;
      this.#state = 'done';
    } catch (error) {
      if (this.#token !== token) return;
      if (!(error instanceof CallError)) throw error;
      this.#error = error;
      this.#state = error.code === 'cancelled' ? 'empty' : 'failed';
    } finally {
      if (this.#token === token) {
        this.#current = undefined;
        this.#jobId = undefined;
      }
    }
  }

  /** Stops what runs and forgets what was there. */
  cancel(): void {
    const running = this.#current;
    this.#token = undefined;
    this.#current = undefined;
    this.#jobId = undefined;
    this.#value = undefined;
    this.#error = undefined;
    this.#state = 'empty';
    // The answer of a cancelled job arrives as its result's rejection, which the run above ignores.
    void running?.cancel();
  }
}
