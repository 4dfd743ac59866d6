/** SHA-256 of bytes and text, the one hash of the project. */
import { createHash } from 'node:crypto';

/** Lower-case hexadecimal SHA-256 of bytes, or of a text in UTF-8. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Hashes content that comes in parts, without holding it all. */
export interface RunningHash {
  update(part: Uint8Array | string): void;
  /** Lower-case hexadecimal; the hash cannot be used afterwards. */
  digest(): string;
}

/** A SHA-256 to be fed part by part. */
export function runningSha256(): RunningHash {
  const hash = createHash('sha256');
  return { update: (part) => void hash.update(part), digest: () => hash.digest('hex') };
}
