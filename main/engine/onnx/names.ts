/** Hands out readable unique names: the hint itself first, then hint_1, hint_2, ... */

/** Names already given out, and how far each hint has counted. */
export class NamePool {
  readonly #taken = new Set<string>();
  readonly #counters = new Map<string, number>();

  /** Marks a name as used; true when it was free. */
  take(name: string): boolean {
    if (this.#taken.has(name)) return false;
    this.#taken.add(name);
    return true;
  }

  /** A free name made from the hint, marked as used. */
  fresh(hint: string): string {
    if (this.take(hint)) return hint;
    for (let count = (this.#counters.get(hint) ?? 0) + 1; ; count++) {
      const name = `${hint}_${count}`;
      if (!this.take(name)) continue;
      this.#counters.set(hint, count);
      return name;
    }
  }
}
