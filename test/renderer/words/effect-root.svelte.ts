/** An effect root for tests of state that watches: what a component is otherwise. */

/** @returns the way to end it */
export function effectRoot(run: () => void): () => void {
  return $effect.root(run);
}
