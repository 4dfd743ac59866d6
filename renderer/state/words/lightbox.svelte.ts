/** The image that is looked at large, and its neighbours. */
import type { PatchEvidence } from '../../../preload/contract/index.ts';

/** A row of patches, one of them open. */
export class LightboxState {
  #patches: readonly PatchEvidence[] = $state.raw([]);
  #at = $state(0);

  /** The open patch; null: closed. */
  get patch(): PatchEvidence | null {
    return this.#patches[this.#at] ?? null;
  }

  /** 1-based place of the open patch among so many. */
  get place(): { readonly number: number; readonly of: number } {
    return { number: this.#at + 1, of: this.#patches.length };
  }

  /** Opens one of these patches. */
  open(patches: readonly PatchEvidence[], at: number): void {
    this.#patches = patches;
    this.#at = at;
  }

  /** The next patch, or the one before; not around the ends. */
  move(by: 1 | -1): void {
    this.#at = Math.min(this.#patches.length - 1, Math.max(0, this.#at + by));
  }

  close(): void {
    this.#patches = [];
    this.#at = 0;
  }
}
