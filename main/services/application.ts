/** The application as carriers see it: one call, one stream of events, pictures by address. */
import type { AnyEvent, FileKind, Reply, Role } from '../../preload/contract/index.ts';

/** Who calls; the carrier knows. */
export interface Caller {
  /** Name that goes into the journal. */
  readonly actor: string;
  readonly role: Role;
}

/** A picture to hand out. */
export interface Asset {
  readonly bytes: Uint8Array;
  readonly type: 'image/jpeg' | 'image/png' | 'image/svg+xml';
}

/** What only some carriers' surroundings can do. */
export interface Host {
  /** Asks with a native dialog; null: nothing was chosen. Absent where there are none. */
  readonly pick?: (kind: FileKind, suggestedName: string | undefined) => Promise<string | null>;
}

/** Everything a carrier needs. Carriers carry bytes and say who calls; they decide nothing. */
export interface Application {
  /**
   * Calls a procedure of the table. Checks name, role and input, runs it, checks its output. Never rejects: a failure is
   * a reply, one of ours included ('internal', logged with its stack).
   */
  call(name: string, input: unknown, caller: Caller): Promise<Reply>;
  /** @returns the way to stop listening */
  subscribe(listener: (event: AnyEvent) => void): () => void;
  /**
   * A picture by the address that the contract's `assets.ts` builds, without its leading 'assets/': 'p1/view/12?scale=2'.
   * undefined for an address that leads nowhere; the address is untrusted.
   */
  asset(address: string): Promise<Asset | undefined>;
  /** Sends every page somewhere: 'projects', 'open?path=...'. */
  navigate(to: string): void;
  /** Cancels jobs so that they can go on next time, closes projects, ends compute processes. */
  dispose(): Promise<void>;
}
