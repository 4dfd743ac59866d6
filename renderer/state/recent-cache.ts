/** Answers kept by their question, the most recently used ones only. */

/** Keeps promises of answers; a failed one is forgotten, so that the question can be asked again. */
export class RecentCache<Key, Value> {
  readonly #limit: number;
  readonly #kept = new Map<Key, Promise<Value>>();

  /** @param limit answers kept, >= 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The kept answer, or a new one. */
  get(key: Key, ask: () => Promise<Value>): Promise<Value> {
    const known = this.#kept.get(key);
    if (known) {
      // A Map remembers the order of insertion: the least recently used one stays first.
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const asked = ask().catch((error: unknown) => {
      if (this.#kept.get(key) === asked) this.#kept.delete(key);
      throw error;
    });
    this.#kept.set(key, asked);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > this.#limit && !oldest.done) this.#kept.delete(oldest.value);
    return asked;
  }

  /** Forgets the answers whose question fits; all without a condition. */
  forget(fits: (key: Key) => boolean = () => true): void {
    for (const key of this.#kept.keys()) if (fits(key)) this.#kept.delete(key);
  }
}
