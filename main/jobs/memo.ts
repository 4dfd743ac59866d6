/** What a compute process keeps between jobs: a few costly things by name, the one not used for longest goes first. */

/** Something that holds memory of a device until it is let go of. */
export interface Kept {
  dispose(): Promise<void>;
}

/**
 * The thing of a name, made when it is not there. Whoever gets it does not dispose of it.
 * @param key names everything the thing depends on, by content
 * @throws whatever `make` throws; nothing is kept then
 */
export type Memo = <Value extends Kept>(key: string, make: () => Promise<Value>) => Promise<Value>;

/** Two projects open side by side, with one thing each that explains and one that measures. */
const KEPT_COUNT = 4;

/**
 * Nothing is kept yet. Jobs run one at a time, so that nothing in use is let go of as long as a job asks for fewer things
 * than are kept.
 */
export function createMemo(limit = KEPT_COUNT): Memo {
  const kept = new Map<string, Kept>();
  return async <Value extends Kept>(key: string, make: () => Promise<Value>) => {
    const known = kept.get(key);
    kept.delete(key);
    // A key stands for one kind of value: it names it.
    const value = (known as Value | undefined) ?? (await make());
    kept.set(key, value);
    for (const [oldest, item] of kept) {
      if (kept.size <= limit) break;
      kept.delete(oldest);
      await item.dispose();
    }
    return value;
  };
}
